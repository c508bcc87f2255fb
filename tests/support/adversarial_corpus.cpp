// The envelopes around the records of adversarial_record.cpp.
#include "support/adversarial_corpus.hpp"

#include <algorithm>
#include <array>

#include "support/encodings.hpp"

namespace trailbell::test {

std::string adversarial_corpus::encoded(const std::string& inner) {
  return quoted(base64(one_in(2) ? gzip(inner) : inner));
}

// What a message may carry.
std::string adversarial_corpus::inner_text() {
  switch (below(4)) {
    case 0:
      return records_document();
    case 1:
      return event_bridge();
    case 2:
      return log_subscription();
    default:
      return record();
  }
}

std::string adversarial_corpus::records_document() {
  members all{{"Records", array(several_records(layout_))}};
  if (one_in(20)) {
    all[0].second = array({record(), "17", "null", record(), "\"CreatePolicy\"", "[]", record()});
  }
  if (one_in(20)) {
    all[0].second = "[" + space() + "]";
  }
  if (one_in(6)) {
    all.emplace_back("note", hostile_value(0));
  }
  if (one_in(6)) {
    all.emplace_back("eventName", quoted("CreatePolicy"));
  }
  if (one_in(2)) {
    std::shuffle(all.begin(), all.end(), random_);
  }
  return object(all);
}

std::string adversarial_corpus::log_subscription() {
  std::vector<std::string> events;
  for (const std::string& r : several_records(layout::compact)) {
    events.push_back(
        object({{"id", quoted("3")}, {"timestamp", "1772600767000"}, {"message", quoted(r)}}));
  }
  return object({{"messageType", quoted("DATA_MESSAGE")},
                 {"owner", quoted("111122223333")},
                 {"logGroup", quoted("CloudTrail/CreatePolicy")},
                 {"subscriptionFilters", array({quoted("all")})},
                 {"logEvents", array(events)}});
}

std::string adversarial_corpus::event_bridge() {
  return object({{"version", quoted("0")},
                 {"id", quoted("CreatePolicy")},
                 {"detail-type", quoted("AWS API Call via CloudTrail")},
                 {"source", quoted("aws.iam")},
                 {"detail", record_in(layout_)}});
}

std::string adversarial_corpus::lookup_events() {
  std::vector<std::string> events;
  for (const std::string& r : several_records(layout::compact)) {
    events.push_back(object({{"EventId", quoted("1")},
                             {"EventName", quoted("CreatePolicy")},
                             {"CloudTrailEvent", quoted(r)}}));
  }
  return object({{"Events", array(events)}, {"NextToken", quoted("CreatePolicy")}});
}

std::string adversarial_corpus::sqs_messages() {
  std::vector<std::string> messages(1 + below(4));
  for (std::string& m : messages) {
    m = object(
        {{"MessageId", quoted("1")}, {"Body", quoted(one_in(3) ? sns_message() : inner_text())}});
  }
  return one_in(2) ? messages.front() : object({{"Messages", array(messages)}});
}

std::string adversarial_corpus::sns_message() {
  return object({{"Type", quoted("Notification")},
                 {"TopicArn", quoted("arn:aws:sns:us-east-1:111122223333:t")},
                 {"Message", quoted(inner_text())}});
}

std::string adversarial_corpus::stream_messages() {
  std::vector<std::string> messages(1 + below(4));
  const bool kinesis = one_in(2);
  for (std::string& m : messages) {
    const std::string data = encoded(inner_text());
    m = kinesis ? object({{"kinesis", object({{"partitionKey", quoted("k")}, {"data", data}})},
                          {"eventSource", quoted("aws:kinesis")}})
                : object({{"recordId", quoted("r")}, {"data", data}});
  }
  return object({{kinesis ? "Records" : "records", array(messages)}});
}

std::string adversarial_corpus::no_records() {
  switch (below(6)) {
    case 0:
      return object({{"messageType", quoted("CONTROL_MESSAGE")}, {"logEvents", "[]"}});
    case 1:
      return object(
          {{"Type", quoted("SubscriptionConfirmation")}, {"Message", quoted("CreatePolicy")}});
    case 2:
      return object({{"digestStartTime", quoted("2026-03-04T05:06:07Z")},
                     {"digestS3Object", quoted("k")},
                     {"digestPublicKeyFingerprint", quoted("f")}});
    case 3:
      return object({{"Records", array({object({{"eventVersion", quoted("2.1")},
                                                {"eventSource", quoted("aws:s3")},
                                                {"eventName", quoted("ObjectCreated:Put")},
                                                {"s3", object({{"bucket", "{}"}})}})})}});
    case 4:
      return object({{"s3Bucket", quoted("b")}, {"s3ObjectKey", array({quoted("CreatePolicy")})}});
    default:
      return object({{"Records", "[]"}});
  }
}

// Lines of all shapes in one object.
adversarial_object adversarial_corpus::mixture() {
  std::vector<std::string> lines(2 + below(6));
  for (std::string& line : lines) {
    switch (below(6)) {
      case 0:
        line = records_document();
        break;
      case 1:
        line = no_records();
        break;
      case 2:
        line = sqs_messages();
        break;
      case 3:
        line = array(several_records(layout::compact));
        break;
      case 4:
        line = R"({"hello":"CreatePolicy"})";
        break;
      default:
        line = record();
    }
  }
  return {"mixture", lines_of(lines), false};
}

std::string adversarial_corpus::joined(const std::vector<std::string>& records) {
  std::string text;
  for (const std::string& r : records) {
    text += r + (one_in(3) ? "" : line_end());
  }
  return text;
}

adversarial_object adversarial_corpus::next() {
  const bool on_lines = one_in(2);
  layout_ = on_lines ? (one_in(2) ? layout::compact : layout::spaced)
                     : pick(std::array{layout::compact, layout::spaced, layout::pretty});
  adversarial_object made;
  switch (below(11)) {
    case 0:
      made = {"record lines", lines_of(several_records(on_lines ? layout_ : layout::compact))};
      break;
    case 1:
      made = {"bare array", array(several_records(layout_))};
      break;
    case 2:
      made = {"records back to back", joined(several_records(layout_))};
      break;
    case 3:
      made = {"log subscription", log_subscription()};
      break;
    case 4:
      made = {"event bridge",
              on_lines ? lines_of({event_bridge(), event_bridge()}) : event_bridge()};
      break;
    case 5:
      made = {"lookup events", lookup_events()};
      break;
    case 6:
      made = {"sqs", on_lines ? lines_of({sqs_messages(), sqs_messages()}) : sqs_messages()};
      break;
    case 7:
      made = {"streams", stream_messages()};
      break;
    case 8:
      if (one_in(4)) {
        made = {"no records", no_records()};
        break;
      }
      made = {"sns", sns_message()};
      break;
    case 9:
      if (on_lines) {
        made = mixture();
        break;
      }
      [[fallthrough]];
    default:
      made = {"records document",
              on_lines ? lines_of({records_document(), records_document()}) : records_document()};
  }
  if (one_in(12)) {
    made.text.insert(0, "\xef\xbb\xbf");
  }
  return made;
}

}  // namespace trailbell::test

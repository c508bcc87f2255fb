#include "support/adversarial_corpus.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell::test {
namespace {

constexpr std::array near_misses{"GetPolicy",
                                 "ListPolicies",
                                 "createpolicy",
                                 "CreatePolicyX",
                                 "XCreatePolicy",
                                 "CreatePolicy ",
                                 "PutRolePolicyVersion",
                                 "DeletePolicyVersio",
                                 "CreatePolicyversion",
                                 "PutBucketPolicy",
                                 "AttachPolicy",
                                 "UpdateRolePolicy",
                                 "Policy",
                                 "DetachRolePolicies",
                                 "",
                                 "AssumeRole",
                                 "PutObject",
                                 "ConsoleLogin",
                                 "DescribeInstances",
                                 "GetRolePolicy"};

// Pieces that look like structure, like names, or like the end of something.
constexpr std::array hostile_pieces{"\"eventName\":\"CreatePolicy\"",
                                    "CreatePolicy",
                                    "\"PutRolePolicy\"",
                                    "Insight\"",
                                    "AwsCloudTrailInsight",
                                    "{",
                                    "}",
                                    "]",
                                    "\"",
                                    "\\",
                                    "\\\\",
                                    "\\\"",
                                    "\\u0050olicy",
                                    "\n",
                                    "\r\n{",
                                    "\t",
                                    "\x7f",
                                    "\xc3\xa9",
                                    "\xf0\x9f\x98\x80",
                                    "\xe2\x80\xae",
                                    "Policy\"",
                                    "},{",
                                    "a long stretch of ordinary text that fills most of a block.",
                                    "arn:aws:iam::aws:policy/AdministratorAccess"};

void append_utf16_escape(unsigned unit, bool upper, std::string& out) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), upper ? "\\u%04X" : "\\u%04x", unit);
  out += text.data();
}

unsigned utf8_length(unsigned char first) {
  return first < 0x80U ? 1 : first < 0xe0U ? 2 : first < 0xf0U ? 3 : 4;
}

char32_t utf8_value(const std::string& text, std::size_t at, unsigned length) {
  const auto first = static_cast<unsigned char>(text[at]);
  char32_t value = length == 1 ? first : first & (0x7fU >> length);
  for (unsigned i = 1; i < length; ++i) {
    value = value << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
  }
  return value;
}

}  // namespace

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string base64(const std::string& bytes) {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out.push_back(i + k <= bytes.size() ? alphabet[bits >> (18 - 6 * k) & 63U] : '=');
    }
  }
  return out;
}

// ---- spelling ----------------------------------------------------------------------------------

std::string adversarial_corpus::space() {
  switch (layout_) {
    case layout::compact:
      return "";
    case layout::spaced:
      return std::string(below(3), one_in(4) ? '\t' : ' ');
    case layout::pretty:
      break;
  }
  return one_in(5)
             ? ""
             : (one_in(8) ? "\r\n" : "\n") + std::string(static_cast<std::size_t>(indent_), ' ');
}

std::string adversarial_corpus::line_end() {
  return one_in(6) ? "\r\n" : "\n";
}

// A JSON string. Any character may come escaped; those that must, do.
std::string adversarial_corpus::quoted(const std::string& text) {
  const bool all_escaped = one_in(40);
  const bool some_escaped = one_in(8);
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const unsigned length = utf8_length(static_cast<unsigned char>(text[at]));
    const char32_t value = utf8_value(text, at, length);
    const char c = text[at];
    if (all_escaped || (some_escaped && one_in(6)) || value < 0x20) {
      if (value >= 0x10000) {
        append_utf16_escape(0xd800U + ((value - 0x10000U) >> 10U), one_in(2), out);
        append_utf16_escape(0xdc00U + ((value - 0x10000U) & 0x3ffU), one_in(2), out);
      } else if (c == '\n' && one_in(2)) {
        out += "\\n";
      } else {
        append_utf16_escape(value, one_in(2), out);
      }
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '/' && one_in(4)) {
      out += "\\/";
    } else {
      out += text.substr(at, length);
    }
    at += length;
  }
  return out + '"';
}

std::string adversarial_corpus::object(const members& all) {
  std::string out = "{";
  indent_ += 2;
  for (std::size_t i = 0; i < all.size(); ++i) {
    out += (i == 0 ? "" : ",") + space();
    out += quoted(all[i].first);
    out += (layout_ == layout::compact ? "" : space()) + ":" + space() + all[i].second;
    out += layout_ == layout::spaced ? space() : "";
  }
  indent_ -= 2;
  return out + space() + "}";
}

std::string adversarial_corpus::array(const std::vector<std::string>& elements) {
  std::string out = "[";
  for (std::size_t i = 0; i < elements.size(); ++i) {
    out += (i == 0 ? "" : ",") + space() + elements[i] + space();
  }
  return out + space() + "]";
}

// ---- records -----------------------------------------------------------------------------------

std::string adversarial_corpus::hostile_text() {
  std::string text;
  const std::uint64_t pieces = one_in(50) ? 400 : below(6);
  for (std::uint64_t i = 0; i < pieces; ++i) {
    text += pick(hostile_pieces);
  }
  if (one_in(20)) {
    text.append(below(80), '\\');
  }
  return text;
}

std::string adversarial_corpus::hostile_value(int depth) {
  switch (below(depth > 4 ? 4 : 7)) {
    case 0:
      return quoted(hostile_text());
    case 1:
      return one_in(2) ? "true" : "false";
    case 2:
      return one_in(2) ? "null" : std::to_string(below(1'000'000));
    case 3:
      return quoted(std::string{pick(detect::iam_policy_events)});
    case 4:
      return array({hostile_value(depth + 1), hostile_value(depth + 1)});
    case 5:
      return "{}";
    default:
      return object({{"eventName", quoted(std::string{pick(detect::iam_policy_events)})},
                     {"Records", array({"{}", hostile_value(depth + 1)})},
                     {"eventType", quoted("AwsCloudTrailInsight")},
                     {"eventID", hostile_value(depth + 1)}});
  }
}

std::string adversarial_corpus::policy_document() {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:CreatePolicy",)"
         R"("Resource":"*","eventName":"CreatePolicy"}]})";
}

std::string adversarial_corpus::identity() {
  return object(
      {{"type", quoted("AssumedRole")},
       {"arn", quoted("arn:aws:sts::111122223333:assumed-role/Admin/alice")},
       {"sessionContext", object({{"attributes", object({{"mfaAuthenticated", quoted("false")}})},
                                  {"eventName", quoted("DeletePolicy")}})}});
}

std::string adversarial_corpus::parameters() {
  members all{{"policyDocument", quoted(policy_document())},
              {"policyArn", quoted("arn:aws:iam::aws:policy/ReadOnlyAccess")}};
  if (one_in(3)) {
    all.emplace_back("eventName", quoted(event_name()));
  }
  if (one_in(3)) {
    all.emplace_back(hostile_text(), hostile_value(0));
  }
  if (one_in(500)) {
    std::string deep;
    for (int i = 0; i < 200; ++i) {
      deep += i % 2 == 0 ? R"({"eventName":)" : "[";
    }
    deep += "\"CreatePolicy\"";
    for (int i = 199; i >= 0; --i) {
      deep += i % 2 == 0 ? '}' : ']';
    }
    all.emplace_back("deep", deep);
  }
  if (one_in(3000)) {
    all.emplace_back("large", quoted(std::string(300'000, 'x') + "\"CreatePolicy\""));
  }
  std::shuffle(all.begin(), all.end(), random_);
  return object(all);
}

std::string adversarial_corpus::event_name() {
  return one_in(3) ? std::string{pick(detect::iam_policy_events)} : std::string{pick(near_misses)};
}

// Members that repeat, are of other types than documented, or are nobody's.
void adversarial_corpus::add_oddities(members& all) {
  if (one_in(12)) {
    all.emplace_back("eventName", quoted(event_name()));
  }
  if (one_in(20)) {
    all.emplace_back("eventName",
                     pick(std::array{"null", "17", "{}", "[\"CreatePolicy\"]", "\"\""}));
  }
  if (one_in(20)) {
    all.emplace_back("eventID", pick(std::array{"null", "17", "{\"a\":\"CreatePolicy\"}"}));
  }
  if (one_in(6)) {
    all.emplace_back("insightDetails", object({{"eventName", quoted("CreatePolicy")},
                                               {"insightType", quoted("ApiCallRateInsight")}}));
  }
  if (one_in(25)) {
    all.emplace_back("eventType", quoted("AwsCloudTrailInsight"));
  }
  if (one_in(25)) {
    all.emplace_back("eventCategory", quoted(one_in(2) ? "Insight" : "Management"));
  }
  if (one_in(4)) {
    all.emplace_back("additionalEventData", hostile_value(0));
  }
}

std::string adversarial_corpus::record_in(layout how) {
  const layout before = std::exchange(layout_, how);
  members all{{"eventVersion", quoted("1.08")},
              {"userIdentity", identity()},
              {"eventTime", quoted("2026-03-04T05:06:07Z")},
              {"eventSource", quoted(one_in(8) ? "s3.amazonaws.com" : "iam.amazonaws.com")},
              {"eventName", quoted(event_name())},
              {"awsRegion", quoted("us-east-1")},
              {"userAgent", quoted(hostile_text())},
              {"requestParameters", parameters()},
              {"responseElements", one_in(2) ? "null" : hostile_value(0)},
              {"eventID", quoted("id-" + std::to_string(random_()))}};
  if (one_in(12)) {
    all.erase(all.begin() + 9);
  }
  if (one_in(30)) {
    all.erase(all.begin() + 4);
  }
  add_oddities(all);
  if (one_in(2)) {
    std::shuffle(all.begin(), all.end(), random_);
  }
  std::string text = object(all);
  layout_ = before;
  return text;
}

std::string adversarial_corpus::record() {
  return record_in(one_in(3) ? layout::spaced : layout::compact);
}

std::vector<std::string> adversarial_corpus::several_records(layout how) {
  std::vector<std::string> records(1 + below(one_in(10) ? 120 : 12));
  for (std::string& r : records) {
    r = record_in(how);
  }
  return records;
}

std::string adversarial_corpus::lines_of(const std::vector<std::string>& lines) {
  std::string text = one_in(10) ? line_end() : "";
  for (const std::string& line : lines) {
    text += (one_in(20) ? " " : "") + line + (one_in(20) ? " " : "") + line_end();
    text += one_in(20) ? line_end() : "";
  }
  if (one_in(3)) {
    text.resize(text.find_last_not_of("\r\n") + 1);
  }
  return text;
}

// ---- envelopes ---------------------------------------------------------------------------------

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

#include "trailbell/consume/notification.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "aws/json.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::consume {
namespace {

constexpr std::string_view validation_text = "CloudTrail validation message.";

// As HTML forms encode: S3's own keys. A space is a plus, whatever else is no letter %xx.
std::string decode_form(std::string_view text) {
  std::string spaced{text};
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return aws::decode_percent(spaced);
}

std::string_view text_in(json_value object, std::string_view member) {
  const auto found = object.find(member);
  return found && found->is(json_kind::text) ? found->text() : std::string_view{};
}

std::optional<json_value> object_in(json_value object, std::string_view member) {
  const auto found = object.find(member);
  return found && found->is(json_kind::object) ? found : std::nullopt;
}

std::optional<std::uint64_t> size_in(json_value object) {
  const auto found = object.find("size");
  if (!found || !found->is(json_kind::number)) {
    return std::nullopt;
  }
  const std::string_view digits = found->text();
  std::uint64_t size = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  return failed == std::errc{} && end == digits.data() + digits.size() ? std::optional{size}
                                                                       : std::nullopt;
}

class reader {
 public:
  void read(std::string_view text, int depth) {
    if (depth > limits::envelope_depth_max) {
      fail("it is wrapped in too many messages");
      return;
    }
    if (trimmed(text, " \t\r\n") == validation_text) {
      note(notice::validation);
      return;
    }
    const result<json_tree> parsed = aws::parse_json(text);
    if (!parsed) {
      fail("it is no JSON");
      return;
    }
    read_value(parsed.value().root(), depth);
  }

  notification take() { return std::move(found_); }

 private:
  void read_value(json_value value, int depth) {
    if (depth > limits::envelope_depth_max) {
      fail("it is wrapped in too many messages");
    } else if (value.is(json_kind::array)) {
      read_each(value, depth);
    } else if (value.is(json_kind::object)) {
      read_object(value, depth);
    } else {
      fail("it is no JSON object");
    }
  }

  void read_each(json_value array, int depth) {
    if (array.size() == 0) {
      note(notice::other);
    }
    for (const json_value one : array) {
      read_value(one, depth + 1);
    }
  }

  void read_object(json_value object, int depth) {
    if (const auto s3 = object_in(object, "s3")) {
      read_s3_event(object, *s3);
    } else if (object.find("s3ObjectKey")) {
      read_trail_message(object);
    } else if (!text_in(object, "detail-type").empty()) {
      read_bus_event(object);
    } else if (text_in(object, "Event") == "s3:TestEvent") {
      note(notice::test);
    } else if (!text_in(object, "eventName").empty() && !text_in(object, "eventSource").empty()) {
      found_.has_records = true;
    } else if (is_wrapper(object)) {
      read_wrapper(object, depth);
    } else if (const auto all = object.find("Records"); all && all->is(json_kind::array)) {
      read_each(*all, depth);
    } else if (const auto shown = object.find("Messages"); shown && shown->is(json_kind::array)) {
      read_each(*shown, depth);
    } else {
      fail("it is no notification of S3, EventBridge or CloudTrail");
    }
  }

  static bool is_wrapper(json_value object) {
    return !text_in(object, "Type").empty() || object_in(object, "Sns") ||
           !text_in(object, "MessageId").empty() || !text_in(object, "messageId").empty() ||
           (!text_in(object, "topic").empty() && !text_in(object, "value").empty());
  }

  void read_wrapper(json_value object, int depth) {
    const std::string_view type = text_in(object, "Type");
    if (const auto sns = object_in(object, "Sns")) {
      read_value(*sns, depth + 1);
    } else if (type == "Notification") {
      if (!time_) {
        time_ = parse_rfc3339(text_in(object, "Timestamp"));
      }
      read(text_in(object, "Message"), depth + 1);
    } else if (type == "SubscriptionConfirmation" || type == "UnsubscribeConfirmation") {
      note(notice::confirmation);
    } else if (!type.empty()) {
      fail("it is an SNS message of another type");
    } else {
      for (const std::string_view member : {"Body", "body", "value"}) {
        if (const std::string_view inner = text_in(object, member); !inner.empty()) {
          read(inner, depth + 1);
          return;
        }
      }
      fail("it is a message without a body");
    }
  }

  // One element of S3's or MinIO's "Records". AWS: another major version may mean anything, a
  // higher minor version only adds.
  void read_s3_event(json_value event, json_value s3) {
    const std::string_view version = text_in(event, "eventVersion");
    if (!version.empty() && version.substr(0, version.find('.')) != "2") {
      fail("it is an event of S3 of another major version");
      return;
    }
    std::string_view name = text_in(event, "eventName");
    name.remove_prefix(name.starts_with("s3:") ? 3 : 0);
    if (!name.starts_with("ObjectCreated:")) {
      note_event(name, name.starts_with("ObjectRemoved:"));
      return;
    }
    announce_from(event, s3, {"eTag", "awsRegion", "eventTime", true});
  }

  void read_bus_event(json_value event) {
    const std::string_view type = text_in(event, "detail-type");
    if (type.ends_with(" via CloudTrail")) {
      found_.has_records = true;
      return;
    }
    if (text_in(event, "source") != "aws.s3") {
      fail("it is an event of EventBridge of another source than S3");
      return;
    }
    if (type != "Object Created") {
      note_event(type, type == "Object Deleted");
      return;
    }
    announce_from(event, object_in(event, "detail"), {"etag", "region", "time", false});
  }

  // What S3 and EventBridge call the same.
  struct event_words {
    std::string_view etag, region, time;
    bool encodes_keys;
  };

  // `said` has the bucket and the object.
  void announce_from(json_value event, std::optional<json_value> said, const event_words& words) {
    const auto bucket = said ? object_in(*said, "bucket") : std::nullopt;
    const auto object = said ? object_in(*said, "object") : std::nullopt;
    announced_object one;
    if (bucket && object) {
      const std::string_view key = text_in(*object, "key");
      one.bucket = text_in(*bucket, "name");
      one.key = words.encodes_keys ? decode_form(key) : std::string{key};
      one.etag = text_in(*object, words.etag);
      one.bytes = size_in(*object);
    }
    one.region = text_in(event, words.region);
    one.event_ns = parse_rfc3339(text_in(event, words.time));
    announce(std::move(one));
  }

  // CloudTrail's; AWS Config tells of its own files in the same words.
  void read_trail_message(json_value message) {
    if (text_in(message, "messageType").starts_with("Configuration")) {
      note(notice::other);
      return;
    }
    const json_value keys = *message.find("s3ObjectKey");
    const auto add = [&](json_value key) {
      announced_object one;
      one.bucket = text_in(message, "s3Bucket");
      one.key = key.is(json_kind::text) ? key.text() : std::string_view{};
      announce(std::move(one));
    };
    if (!keys.is(json_kind::array)) {
      add(keys);
      return;
    }
    if (keys.size() == 0) {
      note(notice::other);
    }
    for (const json_value key : keys) {
      add(key);
    }
  }

  void note_event(std::string_view name, bool removed) {
    if (name.empty()) {
      fail("it is an event of S3 without a name");
    } else {
      note(removed ? notice::removed : notice::other);
    }
  }

  void announce(announced_object one) {
    if (one.bucket.empty() || one.key.empty()) {
      fail("it announces an object without a bucket or a key");
    } else if (one.key.ends_with('/')) {
      note(notice::marker);
    } else if (one.key.find("/CloudTrail-Digest/") != std::string::npos) {
      note(notice::digest);
    } else if (one.key.find("/CloudTrail-Insight/") != std::string::npos) {
      note(notice::insight);
    } else {
      std::erase(one.etag, '"');
      one.event_ns = one.event_ns ? one.event_ns : time_;
      found_.objects.push_back(std::move(one));
    }
  }

  void note(notice kind) { ++found_.notices[static_cast<std::size_t>(kind)]; }
  void fail(const char* why) {
    if (found_.fault.empty()) {
      found_.fault = why;
    }
  }

  notification found_;
  std::optional<std::int64_t> time_;  // of the outermost message that has one
};

}  // namespace

notification read_notification(std::string_view body) {
  reader one;
  one.read(body, 1);
  return one.take();
}

}  // namespace trailbell::consume

#include "support/record_oracle.hpp"

#include <zlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell::test {
namespace {

using nlohmann::json;

std::string text_at(const json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

bool array_at(const json& object, const char* key) {
  return object.contains(key) && object[key].is_array();
}

bool object_at(const json& object, const char* key) {
  return object.contains(key) && object[key].is_object();
}

std::string decode_base64(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '=') {
      break;
    }
    bits = bits << 6U | static_cast<unsigned>(alphabet.find(c));
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<char>(bits >> held & 0xffU));
    }
  }
  return out;
}

class oracle {
 public:
  oracle_result result;

  void text(const std::string& all) {
    std::istringstream in{all.starts_with("\xef\xbb\xbf") ? all.substr(3) : all};
    bool any = false;
    while (in >> std::ws && in.peek() != EOF) {
      json value;
      try {
        in >> value;
      } catch (const json::exception&) {
        result.valid = false;
        return;
      }
      any = true;
      top(value);
    }
    if (!any) {
      ++result.tally.skipped.empty;
    }
  }

 private:
  void top(const json& value) {
    if (value.is_array()) {
      if (value.empty()) {
        ++result.tally.skipped.empty;
      }
      for (const json& element : value) {
        element.is_object() ? object(element, 'u') : reject();
      }
    } else if (value.is_object()) {
      object(value, 'u');
    } else {
      ++result.tally.unrecognised;
    }
  }

  void reject() {
    ++result.tally.records;
    ++result.tally.rejected;
  }

  void record(const json& r) {
    if (text_at(r, "eventType") == "AwsCloudTrailInsight" ||
        text_at(r, "eventCategory") == "Insight") {
      ++result.tally.skipped.insight;
      return;
    }
    const std::string name = text_at(r, "eventName");
    const auto& sixteen = detect::iam_policy_events;
    if (std::find(sixteen.begin(), sixteen.end(), name) != sixteen.end()) {
      const bool has_id = r.contains("eventID") && r["eventID"].is_string();
      result.matches.push_back({result.tally.records, name,
                                has_id ? std::optional{text_at(r, "eventID")} : std::nullopt});
    }
    ++result.tally.records;
  }

  static bool marked(const json& o) {
    return o.contains("eventName") || o.contains("eventSource") || o.contains("eventVersion");
  }

  static bool own_record(const json& o) {
    const std::string source = text_at(o, "eventSource");
    return marked(o) && !source.starts_with("aws:") && !source.starts_with("minio:");
  }

  static bool notification(const json& o) {
    return (object_at(o, "s3") && o.contains("eventSource")) ||
           text_at(o, "Event") == "s3:TestEvent" ||
           (o.contains("s3Bucket") && o.contains("s3ObjectKey"));
  }

  // An object whose members say nothing is: 'u' unrecognised, 'r' a record, 'x' rejected.
  void object(const json& o, char otherwise) {
    const std::string type = text_at(o, "Type");
    const bool envelope =
        array_at(o, "Records") && !o["Records"].empty() && o["Records"][0].is_object();
    if (o.contains("eventName") && own_record(o) && !envelope) {
      record(o);
    } else if (text_at(o, "messageType") == "CONTROL_MESSAGE" ||
               type == "SubscriptionConfirmation" || type == "UnsubscribeConfirmation") {
      ++result.tally.skipped.control;
    } else if (array_at(o, "Records")) {
      elements(o["Records"], 'r');
    } else if (notification(o)) {
      ++result.tally.skipped.notification;
    } else if (own_record(o)) {
      record(o);
    } else if (!wrapper(o)) {
      stray(o, otherwise);
    }
  }

  void elements(const json& array, char otherwise) {
    if (array.empty()) {
      ++result.tally.skipped.empty;
    }
    for (const json& element : array) {
      element.is_object() ? object(element, otherwise) : reject();
    }
  }

  bool wrapper(const json& o) {
    for (const char* key : {"logEvents", "Events", "records", "Messages", "events"}) {
      if (array_at(o, key)) {
        elements(o[key], 'x');
        return true;
      }
    }
    if (o.contains("detail-type") && object_at(o, "detail")) {
      detail(o);
      return true;
    }
    if (o.contains("digestS3Object") && o.contains("digestPublicKeyFingerprint")) {
      ++result.tally.skipped.digest;
      return true;
    }
    for (const char* key : {"awslogs", "Sns", "kinesis"}) {
      if (object_at(o, key)) {
        object(o[key], 'x');
        return true;
      }
    }
    for (const char* key : {"CloudTrailEvent", "Body", "body", "Message", "message"}) {
      if (o.contains(key) && o[key].is_string()) {
        nested(text_at(o, key));
        return true;
      }
    }
    for (const char* key : {"data", "Data"}) {
      if (o.contains(key) && o[key].is_string()) {
        const std::string bytes = decode_base64(text_at(o, key));
        nested(bytes.starts_with("\x1f\x8b") ? gunzip(bytes) : bytes);
        return true;
      }
    }
    return false;
  }

  void detail(const json& o) {
    if (own_record(o["detail"])) {
      record(o["detail"]);
    } else if (text_at(o, "detail-type").starts_with("Object ")) {
      ++result.tally.skipped.notification;
    } else {
      ++result.tally.unrecognised;
    }
  }

  void nested(const std::string& inner) {
    if (inner == "CloudTrail validation message.") {
      ++result.tally.skipped.control;
    } else if (const std::size_t at = inner.find_first_not_of(" \t\r\n"); at == std::string::npos) {
      ++result.tally.skipped.empty;
    } else if (inner[at] == '{' || inner[at] == '[') {
      text(inner);
    } else {
      reject();
    }
  }

  void stray(const json& o, char otherwise) {
    if (marked(o) || otherwise == 'r') {
      record(o);
    } else if (otherwise == 'x') {
      reject();
    } else {
      ++result.tally.unrecognised;
    }
  }
};

}  // namespace

oracle_result ask_oracle(std::string_view text) {
  oracle asked;
  asked.text(std::string{text});
  return asked.result;
}

std::string gunzip(std::string_view bytes) {
  std::string out;
  std::string piece(1U << 16U, '\0');
  z_stream stream{};
  inflateInit2(&stream, 16 + MAX_WBITS);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  int outcome = Z_OK;
  while (outcome == Z_OK || (outcome == Z_STREAM_END && stream.avail_in > 0)) {
    if (outcome == Z_STREAM_END) {
      inflateReset(&stream);
    }
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    outcome = ::inflate(&stream, Z_NO_FLUSH);
    out.append(piece, 0, piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (outcome != Z_STREAM_END) {
    throw std::runtime_error{"test data is no gzip"};
  }
  return out;
}

}  // namespace trailbell::test

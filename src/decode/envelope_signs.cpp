#include "decode/envelope_signs.hpp"

#include <algorithm>
#include <string>

#include "decode/json_text.hpp"

namespace trailbell::decode {
namespace {

constexpr auto sign_count = static_cast<std::size_t>(sign::count_);

constexpr std::array<std::string_view, sign_count> names{"Body",
                                                         "CloudTrailEvent",
                                                         "Data",
                                                         "Event",
                                                         "Events",
                                                         "Message",
                                                         "Messages",
                                                         "Records",
                                                         "Sns",
                                                         "Type",
                                                         "awslogs",
                                                         "body",
                                                         "data",
                                                         "detail",
                                                         "detail-type",
                                                         "digestPublicKeyFingerprint",
                                                         "digestS3Object",
                                                         "eventName",
                                                         "eventSource",
                                                         "eventVersion",
                                                         "events",
                                                         "kinesis",
                                                         "logEvents",
                                                         "message",
                                                         "messageType",
                                                         "payload",
                                                         "records",
                                                         "s3",
                                                         "s3Bucket",
                                                         "s3ObjectKey",
                                                         "topic",
                                                         "value"};
static_assert(std::is_sorted(names.begin(), names.end()));

}  // namespace

std::optional<sign> sign_named(std::string_view member) noexcept {
  const auto found = std::lower_bound(names.begin(), names.end(), member);
  if (found == names.end() || *found != member) {
    return std::nullopt;
  }
  return static_cast<sign>(found - names.begin());
}

signs::signs(std::string_view object) {
  std::string scratch;
  broken_ = each_json_member(object, [&](std::string_view key, std::string_view value) {
    if (const std::optional<sign> found = sign_named(json_string_text(key, scratch))) {
      values_[static_cast<std::size_t>(*found)] = value;
    }
  });
}

bool signs::is_record() const {
  return (has(sign::event_name) || has(sign::event_version) || has(sign::event_source)) &&
         !begins(sign::event_source, "aws:") && !begins(sign::event_source, "minio:");
}

bool signs::begins(sign which, std::string_view text) const {
  std::string scratch;
  return is(which, '"') && json_string_text(at(which), scratch).starts_with(text);
}

bool signs::says(sign which, std::string_view text) const {
  return is(which, '"') && json_string_is(at(which), text);
}

}  // namespace trailbell::decode

// envelope_signs: the members of an object that tell what it is.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace trailbell::decode {

// In the order of their names in bytes.
enum class sign : std::size_t {
  body,
  cloud_trail_event,
  data_kinesis,
  event,
  events,
  message,
  messages,
  records,
  sns,
  type,
  aws_logs,
  body_lambda,
  data,
  detail,
  detail_type,
  digest_fingerprint,
  digest_object,
  event_name,
  event_source,
  event_version,
  events_filtered,
  kinesis,
  log_events,
  message_log,
  message_type,
  payload,
  records_firehose,
  s3,
  s3_bucket,
  s3_object_key,
  topic,
  value,
  count_
};

[[nodiscard]] std::optional<sign> sign_named(std::string_view member) noexcept;

// What an object holds under each of these names: of a name that repeats, the last. Borrows the
// object.
class signs {
 public:
  explicit signs(std::string_view object);

  [[nodiscard]] std::string_view at(sign which) const noexcept {
    return values_[static_cast<std::size_t>(which)];
  }
  [[nodiscard]] bool has(sign which) const noexcept { return !at(which).empty(); }
  [[nodiscard]] bool is(sign which, char first) const noexcept {
    return at(which).starts_with(first);
  }
  // Lambda's and S3's own messages bear eventSource too: "aws:sqs", "aws:s3", "minio:s3".
  [[nodiscard]] bool is_record() const;
  [[nodiscard]] bool begins(sign which, std::string_view text) const;
  [[nodiscard]] bool says(sign which, std::string_view text) const;
  // What is wrong with a member; null where nothing is.
  [[nodiscard]] const char* broken() const noexcept { return broken_; }

 private:
  std::array<std::string_view, static_cast<std::size_t>(sign::count_)> values_{};
  const char* broken_ = nullptr;
};

}  // namespace trailbell::decode

// notification: the objects that a message announces. Pure.
//
// Known by content, whatever wraps it (SNS, an SQS message as the API or Lambda shows it, a Kafka
// record of MinIO's): S3's event (keys are form-encoded), EventBridge's Object Created and
// CloudTrail's own message (keys as they are), with one object or several. Every other message that
// these senders are known to send is counted by its kind and announces nothing. A key is judged by
// three things only: /CloudTrail-Digest/, /CloudTrail-Insight/ and a slash at its end.
//
// Sources: Amazon S3 User Guide, "Event message structure", "Using EventBridge"; AWS CloudTrail
// User Guide, "Configuring Amazon SNS notifications"; Amazon SNS Developer Guide, "Parsing message
// formats".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/model/announced_status.hpp"

namespace trailbell::consume {

struct announced_object {
  std::string bucket, key;
  std::string etag;                      // without quotes; empty: nobody says
  std::string region;                    // of the bucket; empty: nobody says
  std::optional<std::uint64_t> bytes;    // as stored
  std::optional<std::int64_t> event_ns;  // since 1970: when it was stored, or announced
};

// What is recognised and announces no object that holds records: in the order of notice_names.
enum class notice : std::uint8_t {
  test,          // S3's test event
  validation,    // CloudTrail's, when a trail is made or changed
  confirmation,  // of a subscription to SNS; nobody visits its link
  removed,       // an object is gone
  other,         // any other event of S3 or EventBridge; a list without anything
  digest,        // an object: a digest file
  insight,       // an object: Insights events
  marker,        // an object: a folder's name
};
static_assert(static_cast<std::size_t>(notice::marker) + 1 == notice_names.size());

struct notification {
  std::vector<announced_object> objects;
  std::array<std::uint64_t, notice_names.size()> notices{};  // by notice
  bool has_records = false;  // CloudTrail's own stand in the message: it is to be decoded itself
  // Why a part of it is no notification, or all of it; empty: everything was understood. What is in
  // `objects` is to be read all the same.
  std::string fault;

  [[nodiscard]] std::uint64_t count(notice kind) const noexcept {
    return notices[static_cast<std::size_t>(kind)];
  }
};

[[nodiscard]] notification read_notification(std::string_view body);

}  // namespace trailbell::consume

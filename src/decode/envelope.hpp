// envelope: what one complete JSON value is, and the records inside it.
//
// Classified by content alone. The shapes and their sources: CloudWatch Logs "Real-time processing
// of log data with subscriptions"; EventBridge "Events from AWS services"; CloudTrail LookupEvents
// API; SQS ReceiveMessage; SNS "Parsing message formats"; Kinesis GetRecords and the Lambda event
// formats; S3 "Event message structure"; CloudTrail "Digest file structure".
#pragma once

#include <cstdint>
#include <string_view>

#include "decode/walk.hpp"

namespace trailbell::decode {

// What an object is whose members say nothing: that depends on where it stands.
enum class stray {
  unrecognised,  // on its own, or in a bare array
  record,        // in a `Records` array
  rejected,      // in the messages of a wrapper
};

// Arrays whose elements are walked one by one, however large the array.
enum class array_kind {
  records,     // "Records": CloudTrail's own, or S3, SQS, SNS and Kinesis as Lambda sees them
  bare,        // a top-level array
  log_events,  // "logEvents", "events": each with a record as the text of `message`
  wrapped,     // "Events" of LookupEvents, "records" of Firehose, "Messages" of SQS
};

// The kind of the array that a member of this name (with its quotes) holds.
[[nodiscard]] std::optional<array_kind> streamable_array(std::string_view key);

// True where `object` is a record on its own: it has a top-level eventName, eventSource or
// eventVersion, and is none of the envelopes.
[[nodiscard]] bool is_bare_record(std::string_view object);

// From the '{' of a bare record to the end of its first member's name: records that begin alike are
// taken for records. Empty where that member is broken, or names something that an envelope has.
[[nodiscard]] std::string_view prefix_of(std::string_view object);

// True where an element of a `Records` array is a message that holds records or names objects.
[[nodiscard]] bool is_wrapped(std::string_view element);

// Counts and reads whatever is in `value`, a complete object.
void walk_value(walk& state, std::string_view value, std::uint64_t offset, stray otherwise,
                int depth);

// Text that came inside a string: JSON in any form, after base64 and gzip where `encoded`.
void walk_nested(walk& state, std::string_view text, std::uint64_t offset, bool encoded, int depth);

}  // namespace trailbell::decode

// Where in the input something stood.
#pragma once

#include <cstdint>
#include <string>

namespace trailbell {

enum class source_kind : std::uint8_t { file, s3, kafka };

// An object: what is read, inflated and decoded as a whole.
struct object_position {
  source_kind source = source_kind::file;
  std::string name;            // path ("-" is standard input); key; topic
  std::string bucket;          // of S3; empty: a message, whose name is "sqs:QUEUE/ID"
  std::int32_t partition = 0;  // of Kafka
  std::int64_t offset = 0;     // of Kafka

  bool operator==(const object_position&) const = default;
};

// For people and for quarantine names: `path`, `s3://bucket/key`, `topic[partition]@offset`.
[[nodiscard]] std::string to_string(const object_position& place);

}  // namespace trailbell

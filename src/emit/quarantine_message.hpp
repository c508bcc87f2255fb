// What could not be read, as messages for a Kafka topic. Knows no producer. Pure, but that a file
// which failed is read.
//
// One message is one piece: its bytes as they are, under a key made of its position (so that a
// repeat takes the place of the first where the topic is compacted), with headers that say where
// they were, what is wrong and when it was found. What is larger than a message may be becomes
// several, each with a key of its own and its number; what is larger than
// limits::quarantine_topic_bytes_max is cut there, which a header says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailbell/emit/quarantine.hpp"

namespace trailbell::emit {

// README.md of this folder lists the headers.
struct quarantine_message {
  std::string key;
  std::string value;
  std::vector<std::pair<std::string_view, std::string>> headers;
};

struct quarantine_messages {
  std::vector<quarantine_message> parts;  // one, or as many as it takes
  bool is_cut = false;                    // some of the bytes are in none of them
};

// `message_bytes_max`: of key, value, headers and what a protocol adds. `now_ns`: since 1970.
[[nodiscard]] quarantine_messages messages_of(const quarantine_entry& entry,
                                              std::size_t message_bytes_max, std::int64_t now_ns);

}  // namespace trailbell::emit

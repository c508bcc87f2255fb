// The two answers of Splunk's collector that matter, each an object of a fixed shape. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace trailbell::emit {

// Of {"text":"Success","code":0,"ackId":7}: 7.
[[nodiscard]] std::optional<std::uint64_t> ack_id_of(std::string_view answer);

// Of {"acks":{"7":true}}: whether 7 is true.
[[nodiscard]] bool is_acked(std::string_view answer, std::uint64_t id);

}  // namespace trailbell::emit

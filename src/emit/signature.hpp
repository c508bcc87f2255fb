// The signature of a webhook's request: see webhook_sink.hpp. Pure. Source: RFC 2104, FIPS 180-4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trailbell::emit {

// "t=TIME,v1=HEX"
[[nodiscard]] std::string sign(std::string_view key, std::int64_t time_s, std::string_view body);

}  // namespace trailbell::emit

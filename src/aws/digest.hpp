// Digests, and what AWS makes of them. Pure. Source: FIPS 180-4, RFC 2104.
#pragma once

#include <string>
#include <string_view>

namespace trailbell::aws {

[[nodiscard]] std::string hex_of(std::string_view bytes);  // lower case
[[nodiscard]] std::string sha256(std::string_view text);   // 32 bytes
[[nodiscard]] std::string sha1(std::string_view text);     // 20 bytes; of file names, no secrets
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace trailbell::aws

// Digests, and what AWS makes of them. Pure. Source: FIPS 180-4, RFC 2104.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace trailbell::aws {

[[nodiscard]] std::string hex_of(std::string_view bytes);  // lower case
// Of either case. Nothing where it is none.
[[nodiscard]] std::optional<std::string> bytes_of_hex(std::string_view text);
[[nodiscard]] std::string sha256(std::string_view text);  // 32 bytes
[[nodiscard]] std::string sha1(std::string_view text);    // 20 bytes; of file names, no secrets
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

// SHA-256 of bytes that come piece by piece.
class sha256_sum {
 public:
  sha256_sum();
  ~sha256_sum();
  sha256_sum(const sha256_sum&) = delete;
  sha256_sum& operator=(const sha256_sum&) = delete;

  void add(std::string_view bytes);
  // 32 bytes; the next add() begins anew.
  [[nodiscard]] std::string finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::aws

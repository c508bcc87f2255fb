#include "aws/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "trailbell/base/ensure.hpp"

namespace trailbell::aws {
namespace {

using digest = std::array<unsigned char, 32>;

std::string bytes_of(const digest& made) {
  return {made.begin(), made.end()};
}

}  // namespace

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(digits[byte >> 4U]);
    out.push_back(digits[byte & 0xfU]);
  }
  return out;
}

std::string sha256(std::string_view text) {
  digest made{};
  unsigned size = 0;
  ensure(EVP_Digest(text.data(), text.size(), made.data(), &size, EVP_sha256(), nullptr) == 1,
         "SHA-256");
  return bytes_of(made);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  digest made{};
  unsigned size = 0;
  ensure(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(),
              &size) != nullptr,
         "HMAC");
  return bytes_of(made);
}

}  // namespace trailbell::aws

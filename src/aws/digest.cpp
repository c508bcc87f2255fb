#include "aws/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "trailbell/base/ensure.hpp"

namespace trailbell::aws {
namespace {

using digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string bytes_of(const digest& made, unsigned size) {
  return {made.begin(), made.begin() + size};
}

std::string digest_of(std::string_view text, const EVP_MD* algorithm) {
  digest made{};
  unsigned size = 0;
  ensure(EVP_Digest(text.data(), text.size(), made.data(), &size, algorithm, nullptr) == 1,
         "a digest can be made");
  return bytes_of(made, size);
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
  return digest_of(text, EVP_sha256());
}

std::string sha1(std::string_view text) {
  return digest_of(text, EVP_sha1());
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  digest made{};
  unsigned size = 0;
  ensure(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(),
              &size) != nullptr,
         "HMAC");
  return bytes_of(made, size);
}

}  // namespace trailbell::aws

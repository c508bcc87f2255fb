#include "aws/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "trailbell/base/ensure.hpp"
#include "trailbell/base/text.hpp"

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

std::optional<std::string> bytes_of_hex(std::string_view text) {
  const auto digit = [](char c) -> unsigned {
    return is_digit(c)            ? static_cast<unsigned>(c - '0')
           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10
                                  : 16;
  };
  if (text.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const unsigned high = digit(fold_ascii(text[i]));
    const unsigned low = digit(fold_ascii(text[i + 1]));
    if (high > 15 || low > 15) {
      return std::nullopt;
    }
    bytes.push_back(static_cast<char>(high << 4U | low));
  }
  return bytes;
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

struct sha256_sum::state {
  std::unique_ptr<EVP_MD, void (*)(EVP_MD*)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                                       EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};

  void begin() {
    ensure(EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr) == 1, "SHA-256");
  }
};

sha256_sum::sha256_sum() : state_{std::make_unique<state>()} {
  state_->begin();
}
sha256_sum::~sha256_sum() = default;

void sha256_sum::add(std::string_view bytes) {
  ensure(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1, "SHA-256");
}

std::string sha256_sum::finish() {
  digest made{};
  unsigned size = 0;
  ensure(EVP_DigestFinal_ex(state_->context.get(), made.data(), &size) == 1, "SHA-256");
  state_->begin();
  return bytes_of(made, size);
}

}  // namespace trailbell::aws

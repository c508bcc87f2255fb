#include "aws/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "trailbell/base/ensure.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

// OpenSSL looks algorithms up by their names, which takes longer than to use them on little text:
// each is looked up once, and each thread has its own contexts.
using algorithm = std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)>;
using digest_context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using mac = std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)>;
using mac_context = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

std::string digest_of(std::string_view text, const EVP_MD* of) {
  thread_local const digest_context context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned size = 0;
  ensure(EVP_DigestInit_ex2(context.get(), of, nullptr) == 1 &&
             EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
             EVP_DigestFinal_ex(context.get(), made.data(), &size) == 1,
         "a digest can be made");
  return {made.begin(), made.begin() + size};
}

mac_context open_hmac() {
  static const mac hmac{EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free};
  mac_context context{EVP_MAC_CTX_new(hmac.get()), EVP_MAC_CTX_free};
  std::string name = "SHA256";
  const OSSL_PARAM digest[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
      OSSL_PARAM_construct_end()};
  ensure(context != nullptr && EVP_MAC_CTX_set_params(context.get(), digest) == 1,
         "HMAC can be made");
  return context;
}

}  // namespace

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
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
  static const algorithm of{EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
  return digest_of(text, of.get());
}

std::string sha1(std::string_view text) {
  static const algorithm of{EVP_MD_fetch(nullptr, "SHA1", nullptr), EVP_MD_free};
  return digest_of(text, of.get());
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  thread_local const mac_context context = open_hmac();
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  std::size_t size = 0;
  ensure(EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                      nullptr) == 1 &&
             EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()),
                            text.size()) == 1 &&
             EVP_MAC_final(context.get(), made.data(), &size, made.size()) == 1,
         "HMAC");
  return {made.begin(), made.begin() + static_cast<std::ptrdiff_t>(size)};
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
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned size = 0;
  ensure(EVP_DigestFinal_ex(state_->context.get(), made.data(), &size) == 1, "SHA-256");
  state_->begin();
  return {made.begin(), made.begin() + size};
}

}  // namespace trailbell::aws

#include "trailbell/emit/fingerprint.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "trailbell/base/ensure.hpp"

namespace trailbell::emit {
namespace {

constexpr std::size_t fingerprint_bytes = 16;

class sha256 {
 public:
  // Fetched once: EVP_sha256() looks the algorithm up anew for every digest.
  sha256() : algorithm_{EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free} {}

  void begin() {
    ensure(EVP_DigestInit_ex(context_.get(), algorithm_.get(), nullptr) == 1, "SHA-256");
  }

  void add(std::string_view text) {
    ensure(EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1, "SHA-256");
  }

  std::array<unsigned char, 32> finish() {
    std::array<unsigned char, 32> digest{};
    ensure(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1, "SHA-256");
    return digest;
  }

 private:
  std::unique_ptr<EVP_MD, void (*)(EVP_MD*)> algorithm_;
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

constexpr std::string_view nul{"\0", 1};

sha256& begun() {
  thread_local sha256 hash;  // keeps its context, which costs as much as a digest
  hash.begin();
  return hash;
}

std::string text_of(const std::array<unsigned char, 32>& digest) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  text.reserve(fingerprint_bytes * 2);
  for (std::size_t i = 0; i < fingerprint_bytes; ++i) {
    text.push_back(hex[digest[i] >> 4U]);
    text.push_back(hex[digest[i] & 0xfU]);
  }
  return text;
}

}  // namespace

std::string fingerprint(std::string_view rule_id, const record_fields& fields) {
  sha256& hash = begun();
  hash.add(rule_id);
  hash.add(nul);
  hash.add(fields.event_id.value_or(fields.raw));
  if (fields.addendum) {
    hash.add(nul);
    hash.add("addendum");
  }
  return text_of(hash.finish());
}

std::string group_fingerprint(std::string_view last,
                              std::span<const std::pair<std::string, std::string>> group) {
  if (group.empty()) {
    return std::string{last};
  }
  sha256& hash = begun();
  hash.add(last);
  for (const auto& [field, value] : group) {
    hash.add(nul);
    hash.add(value);
  }
  return text_of(hash.finish());
}

}  // namespace trailbell::emit

// A key like one of CloudTrail's, and the digests of a trail that are signed with it.
#pragma once

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aws/digest.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/integrity/digest_check.hpp"

namespace trailbell::integrity::test {

class signer {
 public:
  signer() : key_{EVP_RSA_gen(2048), EVP_PKEY_free} {}

  // PKCS #1
  [[nodiscard]] std::string der() const {
    unsigned char* bytes = nullptr;
    const int size = i2d_PublicKey(key_.get(), &bytes);
    std::string out{bytes, bytes + size};
    OPENSSL_free(bytes);
    return out;
  }
  // SubjectPublicKeyInfo, which is another form.
  [[nodiscard]] std::string spki() const {
    unsigned char* bytes = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &bytes);
    std::string out{bytes, bytes + size};
    OPENSSL_free(bytes);
    return out;
  }
  [[nodiscard]] std::string sign(std::string_view text) const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free};
    std::size_t size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size());
    std::string out(size, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                   text.size());
    return aws::hex_of(out);
  }

 private:
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
};

inline const signer& the_aws() {
  static const signer one;
  return one;
}

inline constexpr std::int64_t minute_ns = 60'000'000'000;
inline constexpr std::int64_t hour_ns = 60 * minute_ns;
inline const std::int64_t begin_ns = *parse_rfc3339("2026-03-04T00:30:00Z");

inline std::string compact(std::int64_t ns, bool seconds) {
  std::string out;
  for (const char c : format_rfc3339(ns).substr(0, seconds ? 19 : 16)) {
    out += c == '-' || c == ':' ? "" : std::string{c};
  }
  return out + "Z";
}

// A trail of one region that writes into evidence of S3, an hour at a time.
class trail {
 public:
  explicit trail(evidence& into, std::string region = "us-east-1")
      : into_{into}, region_{std::move(region)} {
    if (into_.listed.empty()) {
      into_.listed.emplace_back("b", "");
    }
  }

  found_log& log(std::int64_t ns) {
    const std::string sum = aws::hex_of(aws::sha256(std::to_string(count_)));
    found_log one;
    one.where = {source_kind::s3,
                 "AWSLogs/1/CloudTrail/" + region_ + "/2026/03/04/1_CloudTrail_" + region_ + "_" +
                     compact(ns, false) + "_" + std::to_string(count_++) + ".json.gz",
                 "b"};
    one.hash = sum;
    return into_.logs.emplace_back(one);
  }

  // Of the next hour, with log files of its tenth and twentieth minute.
  found_digest& hour(bool chained = true) {
    digest_document made;
    for (const std::int64_t at : {10, 20}) {
      const found_log& one = log(now_ns_ + at * minute_ns);
      made.logs.push_back({"b", one.where.name, one.hash, "SHA-256"});
    }
    return digest(std::move(made), chained);
  }

  found_digest& digest(digest_document made, bool chained = true) {
    made.start_ns = now_ns_;
    made.end_ns = now_ns_ + hour_ns;
    made.end_time = format_rfc3339(made.end_ns);
    made.bucket = "b";
    made.key = "AWSLogs/1/CloudTrail-Digest/" + region_ + "/2026/03/04/1_CloudTrail-Digest_" +
               region_ + "_main_us-east-1_" + compact(made.end_ns, true) + ".json.gz";
    made.fingerprint = "f";
    made.algorithm = "SHA256withRSA";
    if (chained && last_ != nullptr) {
      made.previous = named_object{"b", last_->document->key, last_->hash, "SHA-256"};
      made.previous_signature = last_->signature;
    }
    found_digest one;
    one.where = {source_kind::s3, made.key, "b"};
    one.hash = aws::hex_of(aws::sha256(made.key + made.end_time));
    one.signature = the_aws().sign(string_to_sign(made, one.hash));
    one.document = std::move(made);
    now_ns_ += hour_ns;
    last_ = &into_.digests.emplace_back(std::move(one));
    return *last_;
  }

  void pass(std::int64_t ns) { now_ns_ += ns; }
  [[nodiscard]] std::int64_t now_ns() const { return now_ns_; }

 private:
  evidence& into_;
  std::string region_;
  std::int64_t now_ns_ = begin_ns;
  found_digest* last_ = nullptr;
  int count_ = 0;
};

inline key_ring keys_of(const signer& one) {
  return key_ring{public_keys{{"f", one.der()}}};
}

}  // namespace trailbell::integrity::test

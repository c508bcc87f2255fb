// digest_document: what one of CloudTrail's digest files says.
//
// A value. Pure. Source: AWS CloudTrail User Guide, "CloudTrail digest file structure", "Custom
// implementations of CloudTrail log file integrity validation".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"

namespace trailbell::integrity {

// An object that a digest names, with the sum of its inflated bytes.
struct named_object {
  std::string bucket, key;
  std::string hash;       // hex, in lower case
  std::string algorithm;  // "SHA-256"
};

struct digest_document {
  std::string end_time;  // as it is written, for so it is signed
  std::int64_t start_ns = 0, end_ns = 0;
  std::string bucket, key;  // where it says that it is
  std::string fingerprint;  // of the key that signed it
  std::string algorithm;    // "SHA256withRSA"
  std::optional<named_object> previous;
  std::optional<std::string> previous_signature;  // hex
  std::vector<named_object> logs;
};

// `text` is inflated. Errors: not_text, with what is missing or wrong.
[[nodiscard]] result<digest_document> read_digest(std::string_view text);

// What AWS signs. `hash`: of the digest's inflated bytes, hex in lower case.
[[nodiscard]] std::string string_to_sign(const digest_document& of, std::string_view hash);

}  // namespace trailbell::integrity

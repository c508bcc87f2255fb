// public_keys: the keys by which AWS's signatures are checked.
//
// CloudTrail has keys of its own in each region, and others every month; a digest names its key by
// a fingerprint. Values; thread-safety: const members from any number of threads. Source: AWS
// CloudTrail API Reference, ListPublicKeys.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::integrity {

// By fingerprint, in lower case: DER of a PKCS #1 RSAPublicKey.
using public_keys = std::map<std::string, std::string, std::less<>>;

// JSON as `aws cloudtrail list-public-keys` prints it; a list, or one key, by itself too. Errors:
// not_text, with what is wrong.
[[nodiscard]] result<public_keys> read_public_keys(std::string_view json);

// Where keys are looked up: in a list for all regions, else in the region's own.
class key_ring {
 public:
  key_ring() = default;
  explicit key_ring(public_keys of_all_regions) : all_{std::move(of_all_regions)} {}
  // An error: they could not be had, and why.
  void add(std::string region, result<public_keys> keys) {
    regions_.insert_or_assign(std::move(region), std::move(keys));
  }

  // nullptr: there is no such key. Errors: whether there is one is not known.
  [[nodiscard]] result<const std::string*> find(std::string_view region,
                                                std::string_view fingerprint) const;

 private:
  std::optional<public_keys> all_;
  std::map<std::string, result<public_keys>, std::less<>> regions_;
};

}  // namespace trailbell::integrity

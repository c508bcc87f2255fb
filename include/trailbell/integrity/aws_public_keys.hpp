// aws_public_keys: CloudTrail's public keys, asked of a region. Needs cloudtrail:ListPublicKeys.
//
// Blocking. Thread-safety: none. Source: AWS CloudTrail API Reference, ListPublicKeys.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "trailbell/aws/service_client.hpp"
#include "trailbell/aws/settings.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/integrity/public_keys.hpp"

namespace trailbell::integrity {

struct key_asking {
  const aws::settings& config;   // outlives the call
  aws::credentials_source& who;  // the same
  std::string endpoint_url{};    // empty: as the settings have it
  const std::atomic<bool>* stop = nullptr;
  log_function log{};
};

// Those that signed between these times, of the Unix epoch in seconds. Errors: what AWS answered,
// and the permission that is missing.
[[nodiscard]] result<public_keys> ask_public_keys(const key_asking& with, const std::string& region,
                                                  std::int64_t from_s, std::int64_t to_s);

}  // namespace trailbell::integrity

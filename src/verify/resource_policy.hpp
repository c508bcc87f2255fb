// What a resource's policy says of one request: topics and keys. A part of IAM's language: what is
// not understood makes the answer unknown, never a guess.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trailbell/verify/inventory.hpp"

namespace trailbell::verify {

enum class permission : std::uint8_t { allowed, refused, unknown };

// An AWS service asks on behalf of a resource of `account`.
struct service_request {
  std::string_view service;     // cloudwatch.amazonaws.com
  std::string_view action;      // sns:Publish
  std::string_view resource;    // the ARN of what the policy is of
  std::string_view source_arn;  // of the alarm
  std::string_view account;
  bool account_counts = false;  // the account's own principals stand for the service
};

[[nodiscard]] permission permission_of(std::string_view policy, const service_request& request);

// `*` and `?`, as in policies. `ignore_case`: of ASCII letters.
[[nodiscard]] bool matches_wildcard(std::string_view pattern, std::string_view text,
                                    bool ignore_case = false) noexcept;

}  // namespace trailbell::verify

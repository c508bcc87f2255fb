// endpoint: where a service of AWS is asked. Pure. Source: AWS, "Service endpoints", "FIPS",
// "Dual-stack"; partitions as the SDKs list them.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::aws {

struct endpoint_wish {
  std::string service;  // as in the host's name: "sqs", "portal.sso"
  std::string region;   // "eu-central-1", "us-gov-west-1", "cn-north-1"
  bool fips = false;
  bool dual_stack = false;
  std::string url;  // another place than AWS's; it wins over all of these
};

// "https://sqs.eu-central-1.amazonaws.com", without a path; `url` without the slash at its end.
// Errors: usage, a region that is none; FIPS or dual-stack beside a URL.
[[nodiscard]] result<std::string> endpoint_of(const endpoint_wish& wish);

// "aws", "aws-cn", "aws-us-gov", ...: of a region that is not known "aws".
[[nodiscard]] std::string_view partition_of(std::string_view region) noexcept;

// A host's label: what may stand in a name without changing where it leads.
[[nodiscard]] bool is_region(std::string_view text) noexcept;

}  // namespace trailbell::aws

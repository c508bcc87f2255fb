// What S3 refused, and what that means for who asked. Pure.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/aws/s3_client.hpp"
#include "trailbell/aws/service_client.hpp"

namespace trailbell::aws {

enum class s3_action : std::uint8_t { get, list, put };

struct s3_subject {
  s3_action action;
  std::string bucket, key;  // of a listing: its prefix
  std::string partition;    // "aws-cn"
};

[[nodiscard]] s3_failure failure_of(const service_failure& failed, const s3_subject& subject);

// Where the bucket is, as an answer says that sent us elsewhere; empty: it does not.
[[nodiscard]] std::string region_said(const service_failure& failed);

}  // namespace trailbell::aws

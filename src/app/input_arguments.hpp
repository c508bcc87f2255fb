// What commands that read archives are told about their input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/aws_options.hpp"

namespace trailbell::app {

struct input_arguments {
  std::vector<std::string> paths;
  std::string from, to;        // empty: open
  std::optional<int> threads;  // none: as many as cores
  std::optional<std::int64_t> max_object_bytes;
  aws_arguments aws;
  std::optional<int> s3_requests;
  bool verify_digests = false;
  std::string public_keys;  // file; empty: CloudTrail is asked
};

}  // namespace trailbell::app

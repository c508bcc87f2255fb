// notices_answer: what S3 answers to GetBucketNotificationConfiguration, as the JSON that AWS's
// SDKs make of it. Pure. Source: Amazon S3 API Reference.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::aws {

// Errors: not_text, where it is no XML or answers another call; they show nothing of it.
[[nodiscard]] result<std::string> notices_answer(std::string_view xml);

}  // namespace trailbell::aws

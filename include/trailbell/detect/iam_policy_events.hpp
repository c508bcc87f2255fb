// The sixteen IAM policy changes that CIS AWS Foundations wants watched (1.2.0 section 3.4, 1.3 to
// 5.0 section 4.4, 6.0 and 7.0 section 5.4). This is the only list; every other copy is compared
// with it by a test.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace trailbell::detect {

// In the order of the benchmark's own pattern.
inline constexpr std::array<std::string_view, 16> iam_policy_events{
    "DeleteGroupPolicy",   "DeleteRolePolicy",    "DeleteUserPolicy",  "PutGroupPolicy",
    "PutRolePolicy",       "PutUserPolicy",       "CreatePolicy",      "DeletePolicy",
    "CreatePolicyVersion", "DeletePolicyVersion", "AttachRolePolicy",  "DetachRolePolicy",
    "AttachUserPolicy",    "DetachUserPolicy",    "AttachGroupPolicy", "DetachGroupPolicy",
};

}  // namespace trailbell::detect

// What links say: words, ages, and commands for a POSIX shell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

[[nodiscard]] std::string shell_quoted(std::string_view text);
// `9 days`, `3 hours`, `12 minutes`; `not even a minute`.
[[nodiscard]] std::string duration_text(std::int64_t ns);
// 1, 0.5, 1e-07
[[nodiscard]] std::string number_text(double value);

// ` (not asked)`, ` was denied: AccessDenied...`: behind the name of a call.
[[nodiscard]] std::string ending_text(const listing& of);
// How a call ended whose answer is wanted, and what to allow where it was denied.
[[nodiscard]] std::string dark_text(std::string_view call, std::string_view iam_action,
                                    const listing& of);
// Of a listing that is not complete: undetermined, with what is missing and the IAM action.
[[nodiscard]] chain_link cannot_tell(link_kind link, std::string resource, std::string_view call,
                                     std::string_view iam_action, const listing& of);

[[nodiscard]] inline chain_link present(link_kind link, std::string resource, std::string reason) {
  return {link, verdict::present, std::move(resource), std::move(reason), "", lack::none};
}
[[nodiscard]] inline chain_link undetermined(link_kind link, std::string resource,
                                             std::string reason) {
  return {link, verdict::undetermined, std::move(resource), std::move(reason), "", lack::none};
}
[[nodiscard]] inline chain_link missing(link_kind link, std::string resource, std::string reason,
                                        std::string remedy, lack lacks = lack::none) {
  return {link, verdict::missing, std::move(resource), std::move(reason), std::move(remedy), lacks};
}

}  // namespace trailbell::verify

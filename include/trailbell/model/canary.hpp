// canary: a synthetic record that `trailbell verify --canary` sends through a pipeline.
//
// It has the name of an IAM policy change, and an eventSource that no service of AWS has and none
// can get (`.invalid`, RFC 2606). CloudTrail writes eventSource, not whoever makes a call: no call
// makes a canary, and a real change cannot be passed off as one without rewriting the log itself.
// So it needs no secret; and it alerts like anything else, but with a label. deploy/canary.md.
#pragma once

#include <cstddef>
#include <string_view>

#include "trailbell/model/alert.hpp"

namespace trailbell {

inline constexpr std::string_view canary_source = "canary.trailbell.invalid";
inline constexpr std::string_view canary_id_prefix = "trailbell-canary-";  // 32 hex digits follow

// Event ids that a batch is asked for, and that are shown afterwards.
inline constexpr std::size_t canaries_a_batch_max = 100;
inline constexpr std::size_t canaries_shown_max = 100;

// Whether an alert is of a canary: source and id, to the letter. Whatever else is a real one; so is
// an alert of several records, whichever came last.
[[nodiscard]] bool is_canary(const alert& what) noexcept;

}  // namespace trailbell

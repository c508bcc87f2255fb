// The closing summary of a replay: as one JSON object for programs, as text for a person. Pure.
#pragma once

#include <string>

#include "trailbell/model/replay_totals.hpp"

namespace trailbell::observe {

[[nodiscard]] std::string summary_json(const replay_totals& totals);
[[nodiscard]] std::string summary_text(const replay_totals& totals);

// `1.07 GB`, `66 KB`: three digits, powers of ten.
[[nodiscard]] std::string human_bytes(double bytes);
// `12,345,678`
[[nodiscard]] std::string human_count(std::uint64_t count);

}  // namespace trailbell::observe

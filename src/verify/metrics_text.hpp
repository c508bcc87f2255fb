// Prometheus' text format, as far as a few series are looked for in it. Source: Prometheus,
// "Exposition formats".
#pragma once

#include <optional>
#include <string_view>

namespace trailbell::verify {

// The sum over all series of that name whose labels contain `labels`, `source="s3"`; nothing where
// there is none.
[[nodiscard]] std::optional<double> sum_of_series(std::string_view text, std::string_view name,
                                                  std::string_view labels = {});
// The largest of them.
[[nodiscard]] std::optional<double> largest_series(std::string_view text, std::string_view name,
                                                   std::string_view labels = {});

}  // namespace trailbell::verify

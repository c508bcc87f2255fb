#include "verify/metrics_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace trailbell::verify {
namespace {

std::optional<double> value_of(std::string_view text) {
  double value = 0;
  const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
  return got.ec == std::errc{} && std::isfinite(value) ? std::optional{value} : std::nullopt;
}

template <class Look>
void each_series(std::string_view text, std::string_view name, std::string_view labels, Look look) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with(name)) {
      continue;
    }
    const std::string_view rest = line.substr(name.size());
    const std::size_t blank = rest.rfind(' ');
    const bool same = rest.starts_with('{') || rest.starts_with(' ');
    if (!same || blank == std::string_view::npos ||
        rest.substr(0, blank).find(labels) == std::string_view::npos) {
      continue;
    }
    if (const std::optional<double> value = value_of(rest.substr(blank + 1))) {
      look(*value);
    }
  }
}

}  // namespace

std::optional<double> sum_of_series(std::string_view text, std::string_view name,
                                    std::string_view labels) {
  std::optional<double> sum;
  each_series(text, name, labels, [&](double value) { sum = sum.value_or(0) + value; });
  return sum;
}

std::optional<double> largest_series(std::string_view text, std::string_view name,
                                     std::string_view labels) {
  std::optional<double> most;
  each_series(text, name, labels,
              [&](double value) { most = std::max(most.value_or(value), value); });
  return most;
}

}  // namespace trailbell::verify

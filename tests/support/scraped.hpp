// scraped: metrics in Prometheus' text format, by series as they are written.
#pragma once

#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace trailbell {

class scraped {
 public:
  explicit scraped(const std::string& text) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && line.front() != '#') {
        const std::size_t blank = line.rfind(' ');
        const bool fresh =
            series_.emplace(line.substr(0, blank), std::stod(line.substr(blank + 1))).second;
        if (!fresh) {
          throw std::runtime_error{"twice: " + line};
        }
      }
    }
  }

  [[nodiscard]] double at(const std::string& series) const {
    const auto found = series_.find(series);
    return found == series_.end() ? throw std::runtime_error{"missing: " + series} : found->second;
  }
  [[nodiscard]] double sum(std::string_view name) const {
    double total = 0;
    each(name, [&](double value) { total += value; });
    return total;
  }
  [[nodiscard]] int count(std::string_view name) const {
    int total = 0;
    each(name, [&](double) { ++total; });
    return total;
  }

 private:
  template <class Visit>
  void each(std::string_view name, Visit visit) const {
    for (const auto& [series, value] : series_) {
      if (series.substr(0, series.find('{')) == name) {
        visit(value);
      }
    }
  }

  std::map<std::string, double> series_;
};

}  // namespace trailbell

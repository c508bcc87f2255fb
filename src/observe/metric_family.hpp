// metric_family: one metric name, and its series by the values of its labels.
//
// Thread-safety: none beyond prometheus-cpp's. Ownership: the registry owns what it hands out.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace trailbell::observe {

struct metric_text {
  const char* name;
  std::vector<const char*> labels;
  const char* help;
};

// Label values have to be UTF-8: what is not becomes U+FFFD.
[[nodiscard]] std::string label_text(std::string_view value);

template <class Metric>
class metric_family {
 public:
  metric_family(prometheus::Registry& registry, const metric_text& text)
      : family_{builder().Name(text.name).Help(text.help).Register(registry)},
        labels_{text.labels} {}

  // The series with these values of the labels, in their order; made where there is none yet.
  template <class... Arguments>
  Metric& of(std::initializer_list<std::string_view> values, Arguments&&... arguments) {
    prometheus::Labels labels;
    auto label = labels_.begin();
    for (const std::string_view value : values) {
      labels.emplace(*label++, label_text(value));
    }
    return family_.Add(labels, std::forward<Arguments>(arguments)...);
  }

  void remove(Metric* series) { family_.Remove(series); }

 private:
  static auto builder() {
    if constexpr (std::is_same_v<Metric, prometheus::Counter>) {
      return prometheus::BuildCounter();
    } else if constexpr (std::is_same_v<Metric, prometheus::Gauge>) {
      return prometheus::BuildGauge();
    } else {
      return prometheus::BuildHistogram();
    }
  }

  prometheus::Family<Metric>& family_;
  std::vector<const char*> labels_;
};

}  // namespace trailbell::observe

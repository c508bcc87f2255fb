// metric_series: the metrics of the service as one value that is added to and collected.
//
// Thread-safety: none; its owner keeps the threads apart.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "observe/announced_series.hpp"
#include "observe/metric_texts.hpp"
#include "observe/process_metrics.hpp"
#include "trailbell/observe/prometheus_meter.hpp"

namespace trailbell::observe {

class metric_series {
 public:
  explicit metric_series(const prometheus_options& options);

  void add(std::string_view source, const batch_counts& counts, std::int64_t now_ns);
  void add_delivery(std::string_view sink, std::string_view outcome, std::uint64_t alerts,
                    double seconds);
  void set_lags(std::span<const partition_lag> lags);
  void add_group_events(const group_events& more);
  void set_ready(std::string_view part, std::string_view not_ready);
  void set_verdict(std::string_view control, std::string_view verdict);
  void set_links(std::string_view control,
                 std::span<const std::pair<std::string_view, std::string_view>> verdicts);
  [[nodiscard]] const std::vector<std::pair<std::string, std::int64_t>>& canaries() const noexcept {
    return last_canaries_;
  }
  void set_verify_time(std::int64_t now_ns);
  void add_quarantine_cut(std::uint64_t pieces);
  void set_in_flight_bytes(std::uint64_t bytes);
  void set_rules(std::span<const std::string> ids);
  void add_reload_failure();
  void add_transaction(std::string_view outcome);
  void set_announced(const announced_status& status);

  [[nodiscard]] std::vector<prometheus::MetricFamily> collect();

 private:
  using counter = prometheus::Counter;
  using gauge = prometheus::Gauge;
  using histogram = prometheus::Histogram;

  // What every batch touches, found once.
  struct source_series {
    std::array<counter*, 3> records;  // matched, passed, rejected
    std::array<counter*, 2> bytes;    // read, inflated
    std::array<counter*, 2> objects;  // read, failed
    std::array<counter*, 6> skipped;  // in the order of its kinds
    gauge* last_progress;
  };
  source_series make_source(std::string_view name);
  source_series& source_of(std::string_view name);
  void make_sink(std::string_view name);
  void make_rule(std::string_view id);
  void add_findings(const batch_counts& counts);

  prometheus::Registry registry_;
  metric_family<counter> records_{registry_, metric_texts::records};
  metric_family<counter> bytes_{registry_, metric_texts::bytes};
  metric_family<counter> objects_{registry_, metric_texts::objects};
  metric_family<counter> skipped_{registry_, metric_texts::skipped};
  announced_series announced_{registry_};
  metric_family<counter> policy_changes_{registry_, metric_texts::policy_changes};
  metric_family<counter> changes_by_actor_{registry_, metric_texts::changes_by_actor};
  metric_family<counter> findings_{registry_, metric_texts::findings};
  metric_family<counter> alerts_{registry_, metric_texts::alerts};
  metric_family<counter> suppressed_{registry_, metric_texts::suppressed};
  metric_family<counter> quarantined_{registry_, metric_texts::quarantined};
  metric_family<counter> quarantine_cut_{registry_, metric_texts::quarantine_cut};
  metric_family<counter> deliveries_{registry_, metric_texts::deliveries};
  metric_family<histogram> delivery_seconds_{registry_, metric_texts::delivery_seconds};
  metric_family<histogram> event_age_{registry_, metric_texts::event_age};
  metric_family<gauge> last_progress_{registry_, metric_texts::last_progress};
  metric_family<gauge> lag_{registry_, metric_texts::lag};
  metric_family<counter> rebalances_{registry_, metric_texts::rebalances};
  metric_family<counter> duplicates_{registry_, metric_texts::duplicates};
  metric_family<gauge> ready_{registry_, metric_texts::ready};
  metric_family<gauge> in_flight_{registry_, metric_texts::in_flight};
  metric_family<gauge> rules_loaded_{registry_, metric_texts::rules_loaded};
  metric_family<counter> reload_failures_{registry_, metric_texts::reload_failures};
  metric_family<counter> transactions_{registry_, metric_texts::transactions};
  metric_family<gauge> verdicts_{registry_, metric_texts::verdicts};
  metric_family<gauge> link_verdicts_{registry_, metric_texts::link_verdicts};
  metric_family<counter> canaries_{registry_, metric_texts::canaries};
  metric_family<gauge> verify_time_{registry_, metric_texts::verify_time};
  metric_family<gauge> build_info_{registry_, metric_texts::build_info};

  process_metrics process_;

  std::vector<std::string> event_names_, sinks_, parts_;
  std::map<std::string, source_series, std::less<>> sources_;
  std::vector<std::pair<std::string, std::int64_t>> last_canaries_;
  std::map<std::pair<std::string, std::int32_t>, gauge*> lags_;
};

}  // namespace trailbell::observe

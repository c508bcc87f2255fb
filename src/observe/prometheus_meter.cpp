#include "trailbell/observe/prometheus_meter.hpp"

#include <prometheus/text_serializer.h>

#include <mutex>

#include "observe/metric_series.hpp"

namespace trailbell::observe {

struct prometheus_meter::state {
  explicit state(const prometheus_options& options) : series{options} {}

  std::mutex mutex;
  metric_series series;
};

prometheus_meter::prometheus_meter(const prometheus_options& options)
    : state_{std::make_unique<state>(options)} {}

prometheus_meter::~prometheus_meter() = default;

void prometheus_meter::add(std::string_view source, const batch_counts& counts,
                           std::int64_t now_ns) {
  const std::lock_guard lock{state_->mutex};
  state_->series.add(source, counts, now_ns);
}

void prometheus_meter::add_delivery(std::string_view sink, std::string_view outcome,
                                    std::uint64_t alerts, double seconds) {
  const std::lock_guard lock{state_->mutex};
  state_->series.add_delivery(sink, outcome, alerts, seconds);
}

void prometheus_meter::set_lags(std::span<const partition_lag> lags) {
  const std::lock_guard lock{state_->mutex};
  state_->series.set_lags(lags);
}

void prometheus_meter::add_group_events(const group_events& more) {
  const std::lock_guard lock{state_->mutex};
  state_->series.add_group_events(more);
}

void prometheus_meter::set_ready(std::string_view part, std::string_view not_ready) {
  const std::lock_guard lock{state_->mutex};
  state_->series.set_ready(part, not_ready);
}

void prometheus_meter::set_in_flight_bytes(std::uint64_t bytes) {
  const std::lock_guard lock{state_->mutex};
  state_->series.set_in_flight_bytes(bytes);
}

void prometheus_meter::set_rules(std::span<const std::string> ids) {
  const std::lock_guard lock{state_->mutex};
  state_->series.set_rules(ids);
}

void prometheus_meter::add_reload_failure() {
  const std::lock_guard lock{state_->mutex};
  state_->series.add_reload_failure();
}

void prometheus_meter::add_transaction(std::string_view outcome) {
  const std::lock_guard lock{state_->mutex};
  state_->series.add_transaction(outcome);
}

void prometheus_meter::set_verdict(std::string_view control, std::string_view verdict) {
  const std::lock_guard lock{state_->mutex};
  state_->series.set_verdict(control, verdict);
}

void prometheus_meter::set_links(
    std::string_view control,
    std::span<const std::pair<std::string_view, std::string_view>> verdicts) {
  const std::lock_guard lock{state_->mutex};
  state_->series.set_links(control, verdicts);
}

std::vector<std::pair<std::string, std::int64_t>> prometheus_meter::canaries() {
  const std::lock_guard lock{state_->mutex};
  return state_->series.canaries();
}

void prometheus_meter::set_verify_time(std::int64_t now_ns) {
  const std::lock_guard lock{state_->mutex};
  state_->series.set_verify_time(now_ns);
}

void prometheus_meter::set_announced(const announced_status& status) {
  const std::lock_guard lock{state_->mutex};
  state_->series.set_announced(status);
}

void prometheus_meter::add_quarantine_cut(std::uint64_t pieces) {
  const std::lock_guard lock{state_->mutex};
  state_->series.add_quarantine_cut(pieces);
}

std::string prometheus_meter::scrape() {
  // Only the numbers are copied under the lock: making text of them takes longer.
  std::vector<prometheus::MetricFamily> families;
  {
    const std::lock_guard lock{state_->mutex};
    families = state_->series.collect();
  }
  return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace trailbell::observe

// prometheus_meter: the metrics of the service in Prometheus' text format.
//
// Every series whose labels are known beforehand is there at 0 from the start, so that a rate over
// its first increment is right. Batches are added as a whole and a scrape sees none by halves:
// records = matched + passed + rejected and findings = alerts + suppressed hold in each.
//
// Thread-safety: any thread, scrape() too; add() and scrape() exclude each other. Ownership: copies
// all options. Labels are what the configuration and the rules name, never a record's content; a
// source, sink or reason that is not known is counted as "other".
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailbell/observe/meter.hpp"

namespace trailbell::observe {

struct prometheus_options {
  std::string version, commit, simd;  // of trailbell_build_info
  std::vector<std::string> sources;   // "kafka", "file", "s3": those that run
  std::vector<std::string> sinks;     // unique names of sinks
  std::vector<std::string> parts;     // that are ready or are not
  // The names that batch_counts::policy_changes has indices into.
  std::span<const std::string_view> event_names;
  bool transactions = false;    // alerts are stored in some
  std::int64_t started_ns = 0;  // since 1970: what counts as progress until there is some
};

class prometheus_meter final : public meter {
 public:
  explicit prometheus_meter(const prometheus_options& options);
  ~prometheus_meter() override;

  void add(std::string_view source, const batch_counts& counts, std::int64_t now_ns) override;
  void add_delivery(std::string_view sink, std::string_view outcome, std::uint64_t alerts,
                    double seconds) override;
  void set_lags(std::span<const partition_lag> lags) override;
  void add_group_events(const group_events& more) override;
  void set_in_flight_bytes(std::uint64_t bytes) override;
  void set_rules(std::span<const std::string> ids) override;
  void add_reload_failure() override;
  void add_transaction(std::string_view outcome) override;
  void set_announced(const announced_status& status) override;

  // One of the parts is ready, where nothing says why it is not.
  void set_ready(std::string_view part, std::string_view not_ready);

  // What verify says of a control: "present", "missing" or "undetermined"; empty: nothing yet.
  void set_verdict(std::string_view control, std::string_view verdict);
  // The same of one of its links: "trail", "alarm". Links that are not named here for a control
  // are none of its chain.
  void set_links(std::string_view control,
                 std::span<const std::pair<std::string_view, std::string_view>> verdicts);
  // When it was last asked, since 1970.
  void set_verify_time(std::int64_t now_ns);

  // The last canaries that were acknowledged, the oldest first: event id, ns since 1970.
  [[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> canaries();

  // So many pieces went to quarantine, and not whole.
  void add_quarantine_cut(std::uint64_t pieces);

  // All metrics now, as text/plain; version=0.0.4.
  [[nodiscard]] std::string scrape();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::observe

// scan: a record in, its findings out. Sits between the decoder and the rules in every lane.
//
// Thread-safety: none; one lane each.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trailbell/decode/decoder.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/rule_selector.hpp"
#include "trailbell/detect/rule_set.hpp"
#include "trailbell/model/alert.hpp"
#include "trailbell/model/loss.hpp"

namespace trailbell::pipeline {

// A loss that owns its bytes.
struct owned_loss {
  loss_kind kind;
  std::uint64_t offset, record;
  std::string bytes, reason;
};

struct scan_options {
  std::shared_ptr<const detect::rule_set> rules;  // alerts show its labels: outlives them
  std::optional<std::int64_t> from_ns, to_ns;     // event time, half-open
  bool keep_record = false;                       // alerts carry the record's bytes
  bool keep_lost_bytes = false;                   // losses carry theirs
};

// What came out since the last take().
struct findings {
  std::vector<alert> alerts;
  std::vector<owned_loss> losses;
  std::uint64_t matched = 0;
  std::size_t bytes = 0;  // roughly, of the alerts and losses

  [[nodiscard]] bool empty() const noexcept { return alerts.empty() && losses.empty(); }
};

class scan final : public decode::record_visitor {
 public:
  explicit scan(scan_options options) : options_{std::move(options)}, selector_{*options_.rules} {}

  bool on_record(const record_fields& fields, std::uint64_t record) override;
  void on_loss(const loss& lost) override;

  [[nodiscard]] const findings& pending() const noexcept { return found_; }
  [[nodiscard]] findings take() {
    findings taken = std::exchange(found_, {});
    found_.alerts.reserve(taken.alerts.size());  // the next will be as many, roughly
    return taken;
  }

 private:
  [[nodiscard]] bool in_time(const record_fields& fields) const;
  bool is_json(const record_fields& fields);
  // The record as a tree; where it is no sound JSON, as much of it as could be read.
  const json_tree& tree_of(const record_fields& fields);
  alert make_alert(const rule_label& rule, const detect::rule_match& match,
                   const record_fields& fields, std::uint64_t record);
  void take_feeds(const detect::correlation_plan::role& role, severity level);
  void take_waiting(const record_fields& fields, std::uint64_t record, bool only_finding);

  scan_options options_;
  findings found_;
  detect::rule_selector selector_;
  struct {
    std::vector<alert_feed> feeds;
    std::vector<std::uint32_t> reached;
  } counts_;  // what the record counts for, with others
  decode::json_reader reader_;
  json_tree tree_;
  std::optional<bool> is_json_;  // of the record that is looked at
};

}  // namespace trailbell::pipeline

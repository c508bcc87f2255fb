// THE HOT PATH, seen whole.
//
// The simple idea: decode a record, ask every rule, build an alert where one holds. At 10 GB/s that
// idea may be applied to one record in a hundred only, so it is split where the cost is:
//  1. The rules say what they can ever hold for (literal_probe). decode/scan_kernel_body.hpp passes
//     over the text once, counts every record exactly, and finds those few places. Nothing else
//     looks at the other records: they are counted, and passed.
//  2. The records behind the places are decoded by simdjson, projected to the fields that rules and
//     alerts read (decode/record_cursor.cpp).
//  3. Here: each rule decides on the decoded fields. The name look-up is one multiplication and one
//     compare (detect/event_matcher.cpp). Only a record that matches costs an allocation: its alert
//     owns what it says, because it leaves this thread.
// bench/README.md has what each rung is worth, and the oracle that all of them must agree with.
#include "trailbell/pipeline/scan.hpp"

#include <utility>

#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/alert_builder.hpp"

namespace trailbell::pipeline {
namespace {

constexpr std::size_t alert_bytes_typical = 2048;

}  // namespace

bool scan::on_record(const record_fields& fields, std::uint64_t record) {
  bool matched = false;
  for (const detect::rule* const rule : options_.rules) {
    const std::optional<severity> level = rule->evaluate(fields);
    if (!level) {
      continue;
    }
    if (!in_time(fields)) {
      return true;  // read, and out of the range that was asked for: passed
    }
    matched = true;
    alert made = emit::build_alert(rule->label, *level, fields);
    made.record = record;
    if (options_.keep_record) {
      made.raw = fields.raw;
    }
    made.own_texts();
    found_.bytes += alert_bytes_typical + made.raw.value_or("").size();
    found_.alerts.push_back(std::move(made));
  }
  found_.matched += matched ? 1 : 0;
  return matched;
}

void scan::on_loss(const loss& lost) {
  owned_loss owned{lost.kind, lost.offset, lost.record, {}, lost.reason};
  if (options_.keep_lost_bytes) {
    owned.bytes = lost.bytes;
  }
  found_.bytes += owned.bytes.size() + owned.reason.size() + sizeof owned;
  found_.losses.push_back(std::move(owned));
}

bool scan::in_time(const record_fields& fields) const {
  if (!options_.from_ns && !options_.to_ns) {
    return true;
  }
  const std::optional<std::int64_t> time =
      fields.event_time ? parse_rfc3339(*fields.event_time) : std::nullopt;
  return time && (!options_.from_ns || *time >= *options_.from_ns) &&
         (!options_.to_ns || *time < *options_.to_ns);
}

}  // namespace trailbell::pipeline

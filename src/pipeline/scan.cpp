// THE HOT PATH, seen whole.
//
// The simple idea: decode a record, ask every rule, build an alert where one holds. At 10 GB/s that
// idea may be applied to one record in a hundred only, so it is split where the cost is:
//  1. The rules say what they can ever hold for. decode/scan_kernel_body.hpp passes over the text
//     once, counts every record exactly, and finds the few places where that stands: the built-in
//     rule has a literal_probe of its own, others are looked for by their event names and a few
//     texts (detect/scan_probe). Texts that are too many for it are found by a prefilter beside it
//     (literal_finder). Nothing else looks at the other records: they are counted, and passed.
//  2. The records behind the places are decoded by simdjson, projected to the fields that rules and
//     alerts read: nearly all in one go along its index (decode/plain_record.cpp), odd ones with
//     care (decode/record_cursor.cpp).
//  3. Here: the rules that want this eventName or eventSource decide (detect/rule_set.cpp). The
//     built-in one reads the decoded fields alone: one multiplication and one compare
//     (detect/event_matcher.cpp). Patterns are asked about the fields too (detect/quick_pattern);
//     only where those do not tell is the record read as a tree, once for all of them. Only a
//     record that matches costs an allocation: its alert owns what it says, because it leaves this
//     thread.
// bench/README.md has what each rung is worth, and the oracle that all of them must agree with.
#include "trailbell/pipeline/scan.hpp"

#include <algorithm>
#include <utility>

#include "trailbell/base/limits.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/alert_builder.hpp"
#include "trailbell/emit/fingerprint.hpp"
#include "trailbell/pipeline/field_tree.hpp"

namespace trailbell::pipeline {
bool scan::on_record(const record_fields& fields, std::uint64_t record) {
  const detect::rule_set& rules = *options_.rules;
  is_json_.reset();
  bool matched = false;  // some rule holds
  bool found = false;    // and that is a finding: not only a match that counts towards others
  counts_.feeds.clear();
  counts_.reached.clear();
  const json_tree* tree = nullptr;
  for (const std::uint32_t index : selector_.select(fields)) {
    const detect::compiled_rule& rule = *rules.rules()[index];
    detect::field_verdict verdict;
    if (tree == nullptr) {
      verdict = rule.decide(fields);
    }
    if (tree == nullptr && !verdict.known && rule.reads_json()) {
      tree = &tree_of(fields);
    }
    const std::optional<detect::rule_match> match =
        verdict.known ? verdict.match : rule.evaluate({fields, tree});
    if (!match) {
      continue;
    }
    if (!in_time(fields)) {
      return true;  // read, and out of the range that was asked for: passed
    }
    matched = true;
    const detect::correlation_plan::role& role = rules.correlations().of(index);
    if (match->suppressed_by ? !role.silent : role.alone) {
      found = true;
      found_.alerts.push_back(make_alert(rule.info().label(), *match, fields, record));
    }
    if (!match->suppressed_by && !role.feeds.empty()) {
      tree = &tree_of(fields);
      take_feeds(role, match->level);
    }
  }
  found_.matched += found ? 1 : 0;
  if (!counts_.feeds.empty()) {
    take_waiting(fields, record, !found);
  }
  return matched;
}

void scan::take_feeds(const detect::correlation_plan::role& role, severity level) {
  const std::size_t before = counts_.feeds.size();
  detect::append_feeds(role, tree_, counts_.feeds);
  for (std::size_t i = before; i < counts_.feeds.size(); ++i) {
    counts_.feeds[i].level = level;
  }
  for (const std::uint32_t node : role.reached) {
    if (std::find(counts_.reached.begin(), counts_.reached.end(), node) == counts_.reached.end()) {
      counts_.reached.push_back(node);
    }
  }
}

// One for the record, whatever it counts for; with the fingerprint of each alert that it may
// become.
void scan::take_waiting(const record_fields& fields, std::uint64_t record, bool only_finding) {
  const detect::rule_set& rules = *options_.rules;
  alert made = make_alert({}, {}, fields, record);
  made.burst = std::make_unique<alert_burst>();
  for (const std::uint32_t node : counts_.reached) {
    const std::string_view id = rules.correlations().nodes()[node].label.id;
    made.burst->fingerprints.emplace_back(node, emit::fingerprint(id, fields));
  }
  made.burst->feeds = std::move(counts_.feeds);
  made.burst->only_finding = only_finding;
  found_.alerts.push_back(std::move(made));
}

alert scan::make_alert(const rule_label& rule, const detect::rule_match& match,
                       const record_fields& fields, std::uint64_t record) {
  alert made = emit::build_alert(rule, match.level, fields);
  made.suppressed_by_rule = match.suppressed_by.has_value();
  made.record = record;
  if (options_.keep_record) {
    made.raw = fields.raw;
    made.raw_is_json = is_json(fields);
  }
  made.own_texts();
  found_.bytes += limits::alert_bytes_typical + made.raw.value_or("").size();
  return made;
}

// Whether it is JSON; read once, however often that is asked.
bool scan::is_json(const record_fields& fields) {
  if (!is_json_) {
    is_json_ = reader_.read(fields.raw, tree_);
  }
  return *is_json_;
}

const json_tree& scan::tree_of(const record_fields& fields) {
  if (!is_json(fields)) {
    build_tree(fields, tree_);
  }
  return tree_;
}

void scan::on_loss(const loss& lost) {
  if (lost.kind == loss_kind::rest && !options_.keep_lost_bytes) {
    return;
  }
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

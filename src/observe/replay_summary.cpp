#include "trailbell/observe/replay_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "trailbell/base/text.hpp"

namespace trailbell::observe {
namespace {

using table = named_counts;

std::string table_json(const table& counts) {
  std::string text = "{";
  for (const auto& [key, count] : counts) {
    text += text.size() > 1 ? "," : "";
    append_json_text(key, text);
    text += fmt::format(":{}", count);
  }
  return text + "}";
}

std::string time_json(const std::optional<std::string>& time) {
  std::string text;
  time ? append_json_text(*time, text) : void(text = "null");
  return text;
}

double per_second(double amount, double seconds) {
  return seconds > 0 ? amount / seconds : 0;
}

// The largest counts of a table, a line each.
void append_table(const char* title, const table& counts, std::size_t lines_max, std::string& out) {
  std::vector<std::pair<std::uint64_t, std::string>> sorted;
  for (const auto& [key, count] : counts) {
    sorted.emplace_back(count, key);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (sorted.empty()) {
    return;
  }
  out += fmt::format("  {}\n", title);
  for (std::size_t i = 0; i < std::min(lines_max, sorted.size()); ++i) {
    out += fmt::format("  {:>14}  ", human_count(sorted[i].first));
    append_printable(sorted[i].second, out);
    out.push_back('\n');
  }
  if (sorted.size() > lines_max) {
    out += fmt::format("  {:>14}  and {} more\n", "...", sorted.size() - lines_max);
  }
}

void append_line(const char* name, const std::string& value, std::string& out) {
  out += fmt::format("  {:<10} {}\n", name, value);
}

std::string skipped_text(const skipped_tally& skipped) {
  const std::array<std::pair<const char*, std::uint64_t>, 5> kinds{{
      {"digest", skipped.digest},
      {"insight", skipped.insight},
      {"control", skipped.control},
      {"notification", skipped.notification},
      {"empty", skipped.empty},
  }};
  std::string text;
  for (const auto& [name, count] : kinds) {
    if (count > 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", human_count(count), name);
    }
  }
  return text;
}

std::string integrity_json(const std::optional<integrity_totals>& totals) {
  return totals ? fmt::format(",\"integrity\":{{\"verdict\":\"{}\",{}}}", totals->verdict(),
                              to_json_members(*totals))
                : "";
}

}  // namespace

std::string human_bytes(double bytes) {
  constexpr std::array<const char*, 6> units{"B", "KB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < units.size()) {
    bytes /= 1000;
    ++unit;
  }
  const int decimals = unit == 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}", bytes, decimals, units[unit]);
}

std::string human_count(std::uint64_t count) {
  const std::string digits = std::to_string(count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) {
      text.push_back(',');
    }
    text.push_back(digits[i]);
  }
  return text;
}

std::string summary_json(const replay_totals& t) {
  const skipped_tally& skipped = t.decoded.skipped;
  return fmt::format(
      "{{\"objects\":{},\"objects_failed\":{},\"objects_done_before\":{},\"bytes_read\":{},\"bytes_"
      "inflated\":{},"
      "\"records\":{},\"matched\":{},\"passed\":{},\"rejected\":{},\"unrecognised\":{},"
      "\"findings\":{},\"alerts\":{},\"suppressed\":{},"
      "\"suppressed_by\":{{\"dedup\":{},\"rule\":{}}},"
      "\"thresholds\":{{\"untimed\":{},\"evicted\":{}}},"
      "\"skipped\":{{\"digest\":{},\"insight\":{},\"control\":{},\"notification\":{},\"empty\":{}}}"
      ","
      "\"by_rule\":{},\"by_event_name\":{},\"by_actor\":{},\"by_account\":{},"
      "\"first_match_time\":{},\"last_match_time\":{},\"interrupted\":{},\"seconds\":{:.6f},"
      "\"records_per_second\":{:.0f},\"bytes_per_second\":{:.0f}{}}}\n",
      t.objects, t.objects_failed, t.objects_done_before, t.bytes_read, t.bytes_inflated,
      t.decoded.records, t.matched, t.passed(), t.decoded.rejected, t.decoded.unrecognised,
      t.findings, t.alerts, t.suppressed, t.suppressed_by_dedup, t.suppressed_by_rule,
      t.threshold_untimed, t.threshold_evicted, skipped.digest, skipped.insight, skipped.control,
      skipped.notification, skipped.empty, table_json(t.by_rule), table_json(t.by_event_name),
      table_json(t.by_actor), table_json(t.by_account), time_json(t.first_match_time),
      time_json(t.last_match_time), t.interrupted, t.seconds,
      per_second(static_cast<double>(t.decoded.records), t.seconds),
      per_second(static_cast<double>(t.bytes_inflated), t.seconds), integrity_json(t.integrity));
}

std::string summary_text(const replay_totals& t) {
  constexpr std::size_t lines_max = 10;
  std::string out = t.interrupted ? "\nStopped before the end. So far:\n" : "\n";
  append_line(
      "objects",
      human_count(t.objects) +
          (t.objects_failed > 0 ? fmt::format(", {} FAILED", human_count(t.objects_failed)) : "") +
          (t.objects_done_before > 0
               ? fmt::format("; {} more were done before", human_count(t.objects_done_before))
               : ""),
      out);
  append_line("bytes",
              fmt::format("{} read, {} inflated", human_bytes(double(t.bytes_read)),
                          human_bytes(double(t.bytes_inflated))),
              out);
  append_line(
      "records",
      fmt::format("{} = {} matched + {} passed + {} rejected", human_count(t.decoded.records),
                  human_count(t.matched), human_count(t.passed()), human_count(t.decoded.rejected)),
      out);
  if (t.decoded.unrecognised > 0) {
    append_line("not known", human_count(t.decoded.unrecognised) + " JSON values are no CloudTrail",
                out);
  }
  if (t.decoded.skipped.total() > 0) {
    append_line("skipped", skipped_text(t.decoded.skipped), out);
  }
  append_line("findings",
              fmt::format("{} = {} alerts + {} suppressed", human_count(t.findings),
                          human_count(t.alerts), human_count(t.suppressed)),
              out);
  if (t.threshold_untimed + t.threshold_evicted > 0) {
    append_line("stateful",
                fmt::format("{} records without a time, {} forgotten for lack of room",
                            human_count(t.threshold_untimed), human_count(t.threshold_evicted)),
                out);
  }
  append_line("time",
              fmt::format("{:.3f} s, {}/s, {} records/s", t.seconds,
                          human_bytes(per_second(double(t.bytes_inflated), t.seconds)),
                          human_count(static_cast<std::uint64_t>(
                              per_second(double(t.decoded.records), t.seconds)))),
              out);
  if (t.first_match_time && t.last_match_time) {
    std::string span;
    append_printable(*t.first_match_time + " to " + *t.last_match_time, span);
    append_line("matches", span, out);
  }
  if (t.by_rule.size() > 1) {
    append_table("by rule", t.by_rule, 20, out);
  }
  append_table("by event name", t.by_event_name, 16, out);
  append_table("by actor", t.by_actor, lines_max, out);
  append_table("by account", t.by_account, lines_max, out);
  return out;
}

}  // namespace trailbell::observe

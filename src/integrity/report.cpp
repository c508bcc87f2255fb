#include <algorithm>
#include <string>

#include "trailbell/base/json_members.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/integrity/digest_check.hpp"

namespace trailbell::integrity {
namespace {

void count_member(std::string_view key, std::uint64_t value, std::string& out) {
  append_member(key, out);
  out += std::to_string(value);
}

void begin_element(std::string& out) {
  out += out.ends_with('[') ? "{" : ",{";
}

void append_span(std::int64_t from_ns, std::int64_t to_ns, std::string& out) {
  append_text_member("from", format_rfc3339(from_ns), out);
  append_text_member("to", format_rfc3339(to_ns), out);
}

void append_chain(const chain_summary& chain, std::string& out) {
  begin_element(out);
  append_text_member("account_id", chain.account, out);
  append_text_member("region", chain.region, out);
  append_text_member("trail", chain.trail, out);
  append_member("backfill", out);
  out += chain.backfill ? "true" : "false";
  append_span(chain.from_ns, chain.to_ns, out);
  count_member("digests", chain.digests, out);
  append_member("gaps", out);
  out.push_back('[');
  for (const auto& [from_ns, to_ns] : chain.gaps) {
    begin_element(out);
    append_span(from_ns, to_ns, out);
    out.push_back('}');
  }
  out += "]}";
}

std::string printable(std::string_view text) {
  std::string out;
  append_printable(text, out);
  return out;
}

void append_count(std::uint64_t count, const char* what, std::string& out) {
  if (count > 0) {
    out += std::string{out.empty() ? "" : ", "} + std::to_string(count) + " " + what;
  }
}

std::string chain_text(const chain_summary& chain) {
  std::string out = printable(chain.account + " " + chain.region + " " + chain.trail) +
                    (chain.backfill ? " (backfill)" : "") + ": " + std::to_string(chain.digests) +
                    (chain.digests == 1 ? " digest, " : " digests, ") +
                    format_rfc3339(chain.from_ns) + " to " + format_rfc3339(chain.to_ns) + "\n";
  for (const auto& [from_ns, to_ns] : chain.gaps) {
    out += "  no digest from " + format_rfc3339(from_ns) + " to " + format_rfc3339(to_ns) +
           ": logging, or the validation of its files, was off\n";
  }
  return out;
}

std::string digests_text(const integrity_totals& totals) {
  std::string counts;
  append_count(totals.digests.valid, "valid", counts);
  append_count(totals.digests.invalid, "INVALID", counts);
  append_count(totals.digests.missing, "MISSING", counts);
  append_count(totals.digests.unchecked, "not checked", counts);
  return "digests    " + (counts.empty() ? "none" : counts) + "\n";
}

std::string logs_text(const integrity_totals& totals) {
  std::string counts;
  append_count(totals.logs.valid, "valid", counts);
  append_count(totals.logs.invalid, "INVALID", counts);
  append_count(totals.logs.missing, "MISSING", counts);
  append_count(totals.logs.unnamed, "NAMED BY NO DIGEST", counts);
  append_count(totals.logs.unchecked, "not checked", counts);
  append_count(totals.logs.newer, "newer than the digests", counts);
  return "log files  " + (counts.empty() ? "none" : counts) + "\n";
}

}  // namespace

std::string to_json(const digest_report& report) {
  std::string out = "{\"schema\":1";
  append_text_member("verdict", report.totals.verdict(), out);
  out += "," + to_json_members(report.totals);
  append_member("chains", out);
  out.push_back('[');
  for (const chain_summary& chain : report.chains) {
    append_chain(chain, out);
  }
  out.push_back(']');
  append_member("findings", out);
  out.push_back('[');
  for (const finding& one : report.findings) {
    begin_element(out);
    append_text_member("finding", name_of(one.what), out);
    append_text_member("verdict", is_failure(one.what) ? "invalid" : "undetermined", out);
    append_text_member("object", one.object, out);
    append_text_member("reason", one.reason, out);
    out.push_back('}');
  }
  out.push_back(']');
  count_member("findings_left_out", report.left_out, out);
  append_list_member("notes", report.notes, out);
  return out + "}\n";
}

std::string to_text(const digest_report& report) {
  std::string out;
  for (const chain_summary& chain : report.chains) {
    out += chain_text(chain);
  }
  out += out.empty() ? "" : "\n";
  for (const finding& one : report.findings) {
    std::string what{name_of(one.what)};
    std::replace(what.begin(), what.end(), '_', ' ');
    out += std::string{is_failure(one.what) ? "INVALID  " : "?        "} + what + "  " +
           printable(one.object) + "\n         " + printable(one.reason) + "\n";
  }
  if (report.left_out > 0) {
    out += "and " + std::to_string(report.left_out) + " more\n";
  }
  for (const std::string& note : report.notes) {
    out += "note     " + printable(note) + "\n";
  }
  out += report.findings.empty() && report.notes.empty() ? "" : "\n";
  return out + digests_text(report.totals) + logs_text(report.totals) + "verdict    " +
         std::string{report.totals.verdict()} + "\n";
}

}  // namespace trailbell::integrity

#include "trailbell/integrity/digest_check.hpp"

#include <array>

#include "integrity/digest_judge.hpp"
#include "integrity/log_judge.hpp"
#include "trailbell/base/ensure.hpp"

namespace trailbell::integrity {
namespace {

constexpr std::int64_t day_ns = 24 * 3600 * std::int64_t{1'000'000'000};

struct fault_name {
  fault what;
  std::string_view name;
  bool failure;
};

constexpr std::array<fault_name, 19> faults{{
    {fault::digest_damaged, "digest_damaged", true},
    {fault::digest_moved, "digest_moved", true},
    {fault::signature_missing, "signature_missing", true},
    {fault::signature_wrong, "signature_wrong", true},
    {fault::key_unknown, "key_unknown", true},
    {fault::chain_broken, "chain_broken", true},
    {fault::digest_missing, "digest_missing", true},
    {fault::log_changed, "log_changed", true},
    {fault::log_damaged, "log_damaged", true},
    {fault::log_missing, "log_missing", true},
    {fault::log_unnamed, "log_unnamed", true},
    {fault::signature_absent, "signature_absent", false},
    {fault::keys_unavailable, "keys_unavailable", false},
    {fault::algorithm_unknown, "algorithm_unknown", false},
    {fault::unreadable, "unreadable", false},
    {fault::log_unproven, "log_unproven", false},
    {fault::log_uncovered, "log_uncovered", false},
    {fault::log_elsewhere, "log_elsewhere", false},
    {fault::no_digest, "no_digest", false},
}};

constexpr bool are_in_order() {
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (static_cast<std::size_t>(faults[i].what) != i) {
      return false;
    }
  }
  return true;
}
static_assert(are_in_order());

const fault_name& entry_of(fault what) noexcept {
  return faults[static_cast<std::size_t>(what)];
}

}  // namespace

std::string_view name_of(fault what) noexcept {
  return entry_of(what).name;
}

bool is_failure(fault what) noexcept {
  return entry_of(what).failure;
}

bool time_range::is_near(std::int64_t ns) const noexcept {
  return (!from_ns || ns + day_ns >= *from_ns) && (!to_ns || ns - day_ns < *to_ns);
}

integrity_state digest_report::of(const object_position& place) const {
  const auto known = logs.find(to_string(place));
  return known == logs.end() ? integrity_state::unverified : known->second;
}

std::set<std::string> regions_of(const evidence& found) {
  std::set<std::string> regions;
  for (const found_digest& one : found.digests) {
    if (one.document && is_at(one.where, one.document->bucket, one.document->key)) {
      regions.insert(parse_object_name(one.document->key).region);
    }
  }
  regions.erase("");
  return regions;
}

digest_report check_digests(const evidence& found, const key_ring& keys, const time_range& range) {
  digest_report report;
  const judged_digests digests = judge_digests(found, keys, range, report);
  judge_logs(found, digests, range, report);
  for (const auto& [path, problem] : found.unread) {
    add_finding(report, fault::unreadable, path, problem.message);
  }
  if (found.interrupted) {
    add_finding(report, fault::unreadable, "PATH", "stopped on request before all was read");
  }
  if (report.totals.digests.found == 0) {
    add_finding(report, fault::no_digest, "PATH",
                "there is no digest of that time in it: name the folder that has both "
                "CloudTrail-Digest and CloudTrail, AWSLogs/ACCOUNT");
  }
  return report;
}

}  // namespace trailbell::integrity

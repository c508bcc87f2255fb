// Any text as an inventory: every problem has a place; what is read has a verdict whose links say
// why, and a report that is JSON.
#include <cstdint>
#include <string>
#include <utility>

#include "fuzz/require.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/verify/inventory_file.hpp"
#include "trailbell/verify/remediation.hpp"
#include "trailbell/verify/report.hpp"

using namespace trailbell;
using test::require;

namespace {

// Small, so that proofs take no time; the chain does not care.
const verify::control& one_name() {
  static const verify::control control = [] {
    auto pattern = detect::filter_pattern::parse("{ $.eventName = PutRolePolicy }");
    detect::coverage_control records = detect::control_of(std::move(pattern.value()));
    return verify::control{"fuzzed", "A control", "{ $.eventName = PutRolePolicy }",
                           std::move(records), verify::scope_of("cis-4.4")};
  }();
  return control;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  const auto read = verify::read_inventory("f.json", text);
  if (!read) {
    require(!read.failure().all.empty(), "refused without a reason");
    for (const file_problem& problem : read.failure().all) {
      require(problem.at.line >= 1 && problem.at.column >= 1, "a problem without a place");
      require(!problem.what.empty(), "a problem that says nothing");
    }
    return 0;
  }
  const verify::inventory& of = read.value();
  verify::chain_report report{of.account_id, of.taken_at, {verify_chain(of, one_name())}};
  const verify::control_verdict& got = report.controls.front();
  require(!got.links.empty(), "a verdict without a link");
  require((got.broken() == nullptr) == (got.is == verify::verdict::present),
          "the verdict is not that of a link");
  for (const verify::chain_link& link : got.links) {
    require(!link.reason.empty(), "a link that says nothing");
  }
  json_tree tree;
  require(decode::json_reader{}.read(verify::to_json(report), tree), "the report is no JSON");
  (void)verify::to_text(report);
  (void)verify::to_junit(report);
  for (const auto form : {verify::remediation_form::cli, verify::remediation_form::cloudformation,
                          verify::remediation_form::terraform}) {
    require(!verify::remediation_of(of, report.controls, form).empty(), "nothing is said");
  }
  return 0;
}

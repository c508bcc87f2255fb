// A pattern, and further ones behind line breaks: whatever they are, a witness lies in the domain
// and no pattern matches it, nor does one that names a covered event; and proofs have no internal
// error.
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/require.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/coverage.hpp"
#include "trailbell/detect/filter_pattern.hpp"

using namespace trailbell;
using test::require;

namespace {

std::vector<detect::filter_pattern> patterns_in(std::string_view text) {
  std::vector<detect::filter_pattern> patterns;
  while (!text.empty() && patterns.size() < 3) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto pattern = detect::filter_pattern::parse(text.substr(0, end))) {
      patterns.push_back(std::move(pattern.value()));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return patterns;
}

detect::record_shape domain() {
  detect::record_shape shape = detect::cloudtrail_record();
  for (const auto& [name, value] : detect::find_coverage_control("cis-4.4")->fixed) {
    require(detect::fix_member(shape, name, value), "a member that records lack: " + name);
  }
  return shape;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const detect::record_shape shape = domain();
  const std::vector<detect::filter_pattern> patterns =
      patterns_in({reinterpret_cast<const char*>(data), size});
  if (patterns.empty()) {
    return 0;
  }
  const detect::coverage_control& control = *detect::find_coverage_control("cis-4.4");
  const detect::coverage_answer answer = covers(control, patterns);
  require(!answer.reason.starts_with("internal error"), answer.reason);
  const bool told = answer.grade != detect::coverage_grade::undetermined;
  require(answer.witness.has_value() == (told && answer.grade != detect::coverage_grade::full),
          "a witness where there is none, or none where there is one");
  if (answer.witness) {
    decode::json_reader reader;
    json_tree tree;
    require(reader.read(*answer.witness, tree), "no JSON: " + *answer.witness);
    require(fits(shape, tree.root()), "outside the domain: " + *answer.witness);
    for (const detect::filter_pattern& pattern : patterns) {
      require(!pattern.matches({*answer.witness, &tree}), "it matches: " + *answer.witness);
    }
    const std::string name{tree.root().find("eventName")->text()};
    for (const std::string& covered : answer.covered) {
      require(covered != name || answer.grade == detect::coverage_grade::changes_only,
              "a covered name slips through: " + name);
    }
  }
  const detect::noise noise = noise_of(control, patterns.front());
  require(!noise.record || !noise.undecided, "both found and undecided");
  return 0;
}

// coverage: do these filter patterns together match every record that a control is about?
//
// Decided, not tried: the answer holds for all records of the control's domain (record_shape.hpp),
// of which there are infinitely many. How is told in src/detect/coverage.cpp. Where a bound on size
// or time is reached (limits::coverage_*), the answer is `undetermined`, never a guess.
// Pure; any thread. The same question has the same answer, in any process.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "trailbell/detect/filter_pattern.hpp"
#include "trailbell/detect/record_shape.hpp"

namespace trailbell::detect {

// The records that a control is about: those of the domain for which `meant` holds.
struct coverage_control {
  std::string id;
  filter_pattern meant;
  // Top-level members that every record of the domain has, and with this value.
  std::vector<std::pair<std::string, std::variant<bool, std::string>>> fixed;
  // The event names that the answer tells apart.
  std::vector<std::string> event_names;
  bool other_names = false;  // the domain has records of other names too
};

// The controls with a domain of their own: cis-4.4 and securityhub-cloudwatch-4, which mean the
// same, the sixteen changes when IAM itself makes them. CIS counts other services' calls of these
// names too; they change no IAM policy, so nothing has to match them.
[[nodiscard]] std::span<const coverage_control> coverage_controls();
[[nodiscard]] const coverage_control* find_coverage_control(std::string_view id);
// Whatever this pattern matches, in any record that CloudTrail writes. The names told apart are
// those that it compares $.eventName with.
[[nodiscard]] coverage_control control_of(filter_pattern meant);

enum class coverage_grade : std::uint8_t {
  full,          // every call, the denied ones too
  changes_only,  // every call that succeeded (no errorCode, no errorMessage), not every denied one;
                 // never where the control is about denied calls
  partial,       // some call that succeeded slips through
  none,          // nothing can match
  undetermined,
};
[[nodiscard]] std::string_view name_of(coverage_grade grade) noexcept;

struct coverage_answer {
  coverage_grade grade = coverage_grade::undetermined;
  // The event names whose every successful call matches, those of which one slips through, and
  // those of which this could not be told.
  std::vector<std::string> covered;
  std::vector<std::string> uncovered;
  std::vector<std::string> undecided;
  // A smallest record that slips through, as compact JSON: the evaluator itself was asked. Nothing
  // for full.
  std::optional<std::string> witness;
  std::string reason;  // of `undetermined`, one sentence without a full stop
};
[[nodiscard]] coverage_answer covers(const coverage_control& control,
                                     std::span<const filter_pattern> patterns);

// What a pattern matches beyond the control: a smallest record, or none, or undecided.
struct noise {
  std::optional<std::string> record;
  bool undecided = false;
};
[[nodiscard]] noise noise_of(const coverage_control& control, const filter_pattern& pattern);

}  // namespace trailbell::detect

// compiled_rule: what every kind of rule is once it is loaded.
//
// Immutable: const members may be called from any number of threads at once. Owned by shared
// pointers; a rule_label shows the rule's own texts, and is valid as long as the rule.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailbell/detect/filter_explain.hpp"
#include "trailbell/model/alert.hpp"
#include "trailbell/model/json_tree.hpp"
#include "trailbell/model/record.hpp"

namespace trailbell::detect {

// A record as rules see it. Borrows both.
struct record_view {
  const record_fields& fields;
  const json_tree* json = nullptr;  // null unless a rule that reads_json() is to be asked
};

// A rule holds for a record.
struct rule_match {
  severity level = severity::informational;
  std::optional<std::size_t> suppressed_by;  // which of the rule's suppress conditions, from 0
};

// What a rule says of the fields alone.
struct field_verdict {
  bool known = false;  // else the rule has to be asked about the whole record
  std::optional<rule_match> match;
};

// Text that stands in the bytes of a record, unless it spells characters as escapes.
struct needed_literal {
  std::string text;
  bool ignore_case = false;  // of ASCII letters
  auto operator<=>(const needed_literal&) const = default;
};

// What is true of every record for which a rule can hold. Without a value: nothing is known.
struct rule_needs {
  std::optional<std::vector<needed_literal>> literals;  // one of them occurs
  std::optional<std::vector<std::string>> event_names;  // eventName is one of them
  std::optional<std::vector<std::string>> event_sources;
  // Of the two above: they are in lower case, and tell of a text in any case (of ASCII letters). A
  // value that is no text, a list of them say, may be as good.
  bool ignore_case = false;

  // It holds for no record at all.
  [[nodiscard]] bool never() const noexcept { return literals && literals->empty(); }
};

// Who the rule is. Texts that alerts show.
class rule_info {
 public:
  struct texts {
    std::string id, title, description;
    std::string name;  // what Sigma correlations may call it; empty: its id alone
    std::vector<std::string> controls, tags, references, false_positives;
    std::uint64_t definition = 0;  // the same where it holds for the same records
  };
  explicit rule_info(texts of);
  rule_info(const rule_info&) = delete;
  rule_info& operator=(const rule_info&) = delete;

  [[nodiscard]] const texts& text() const noexcept { return texts_; }
  [[nodiscard]] rule_label label() const noexcept;

 private:
  texts texts_;
  std::vector<std::string_view> controls_, tags_;
};

// `count` matches of one group within `window_ns` of event time are one finding.
struct rule_threshold {
  std::uint64_t count = 0;
  std::int64_t window_ns = 0;
  std::vector<selector> group_by;  // without wildcards
};

// Why a rule holds or does not: conditions with what each is for.
struct explained_condition {
  std::string purpose;  // "pattern", "severity high", "suppress 1", "filter 'Administrators'"
  std::vector<explained_part> parts;
};

struct severity_range {
  severity first = severity::informational;
  bool varies = false;
};

class compiled_rule {
 public:
  explicit compiled_rule(rule_info::texts of) : info_{std::move(of)} {}
  compiled_rule(const compiled_rule&) = delete;
  compiled_rule& operator=(const compiled_rule&) = delete;
  virtual ~compiled_rule() = default;

  [[nodiscard]] const rule_info& info() const noexcept { return info_; }
  [[nodiscard]] const std::string& id() const noexcept { return info_.text().id; }

  // Nothing where it does not hold.
  [[nodiscard]] virtual std::optional<rule_match> evaluate(const record_view& record) const = 0;
  // The same from the fields alone, where they suffice: evaluate() says no other thing.
  [[nodiscard]] virtual field_verdict decide(const record_fields&) const { return {}; }
  // Whether evaluate() and explain() want the record as a tree.
  [[nodiscard]] virtual bool reads_json() const noexcept = 0;
  [[nodiscard]] virtual const rule_needs& needs() const noexcept = 0;
  // Null: each match is a finding.
  [[nodiscard]] virtual const rule_threshold* threshold() const noexcept { return nullptr; }
  // The severity of its first condition, and whether other records may have another.
  [[nodiscard]] virtual severity_range severities() const noexcept = 0;
  // In a few words: "pattern", "built in".
  [[nodiscard]] virtual std::string_view kind() const noexcept = 0;
  // The main condition first; then those that were looked at as well.
  [[nodiscard]] virtual std::vector<explained_condition> explain(
      const record_view& record) const = 0;

 private:
  rule_info info_;
};

}  // namespace trailbell::detect

// filter_pattern: a CloudWatch Logs metric-filter pattern, evaluated as the service does.
//
// An immutable value; a copy shares what was compiled. Every const member may be called from any
// number of threads at once. Evaluation runs in time linear in the event for a given pattern, and
// allocates nothing unless a regular expression is applied for the first time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"
#include "trailbell/detect/filter_syntax.hpp"
#include "trailbell/model/json_tree.hpp"

namespace trailbell::detect {

// Why the service would reject a pattern, and where.
struct pattern_error {
  std::size_t offset = 0;  // bytes from 0; the pattern's size where something is missing at its end
  std::string reason;      // one sentence, without a full stop
  std::string suggestion;  // what to write instead; may be empty
  // `column 7: '==' is no operator; write '='`. Columns count bytes from 1.
  [[nodiscard]] std::string message() const;
};

// One log event. A JSON pattern looks at the tree only, the other kinds at the text only.
struct event_view {
  std::string_view text;
  const json_tree* json = nullptr;  // null: the text is no JSON document, and no JSON pattern holds
};

class filter_pattern {
 public:
  // Holds what it compiles to; the text need not outlive the call.
  [[nodiscard]] static result<filter_pattern, pattern_error> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept;
  [[nodiscard]] const filter_syntax& syntax() const noexcept;
  // True where matches() needs the event as a tree: a caller parses an event only then.
  [[nodiscard]] bool reads_json() const noexcept { return syntax().kind() == pattern_kind::json; }

  [[nodiscard]] bool matches(const event_view& event) const;

  // Patterns are equal when their syntax is.
  friend bool operator==(const filter_pattern& a, const filter_pattern& b) {
    return a.syntax() == b.syntax();
  }

  struct compiled;
  [[nodiscard]] const compiled& program() const noexcept { return *compiled_; }

 private:
  explicit filter_pattern(std::shared_ptr<const compiled> program) noexcept
      : compiled_{std::move(program)} {}
  std::shared_ptr<const compiled> compiled_;
};

}  // namespace trailbell::detect

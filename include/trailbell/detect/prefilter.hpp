// prefilter: the literals that a rule set needs, compiled once for all lanes.
//
// Hyperscan where the platform has it, one database for all rules; else a table of byte pairs.
// Both find the same places. Immutable; open() may be called from any thread.
#pragma once

#include <memory>
#include <vector>

#include "trailbell/detect/compiled_rule.hpp"
#include "trailbell/model/literal_finder.hpp"

namespace trailbell::detect {

class prefilter {
 public:
  // `literals`: those of all rules, each of two bytes or more.
  explicit prefilter(std::vector<needed_literal> literals);
  ~prefilter();
  prefilter(const prefilter&) = delete;
  prefilter& operator=(const prefilter&) = delete;

  // For one lane; borrows the prefilter.
  [[nodiscard]] std::unique_ptr<literal_finder> open() const;
  // "hyperscan" or "table".
  [[nodiscard]] static const char* engine() noexcept;

 private:
  struct compiled;
  std::unique_ptr<compiled> compiled_;
};

// The portable engine, whatever the platform has: what the other is tested against.
[[nodiscard]] std::unique_ptr<literal_finder> make_table_finder(
    const std::vector<needed_literal>& literals);

// Only so many bytes of a literal are searched for, and those behind are compared where these were
// found. Measured: Hyperscan is half again as fast for 70 heads as for the 94 literals of CIS, and
// a replay by SigmaHQ's rules for CloudTrail, of which five need literals, takes 0.89 of the time.
inline constexpr std::size_t literal_head_bytes = 8;

// Where literals begin alike, they are one to search for.
struct literal_head {
  needed_literal head;
  std::vector<std::string> tails;  // one of them follows
};
[[nodiscard]] std::vector<literal_head> heads_of(std::vector<needed_literal> literals);
// Bytes of the longest head.
[[nodiscard]] std::size_t reach_of(const std::vector<literal_head>& heads) noexcept;

// Whether one of the tails stands at `at`, or is cut by the end of the text.
[[nodiscard]] bool tail_follows(const literal_head& head, std::string_view text,
                                std::size_t at) noexcept;

}  // namespace trailbell::detect

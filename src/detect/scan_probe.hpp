// scan_probe: event names and a few literals, as a probe that the scan itself looks for.
//
// Where it can be made it replaces the prefilter: no second pass over the bytes. Each literal is
// looked for by two of its bytes, three apart; an event name by its key, `"eventName"`, whose value
// is then looked up. Which two bytes: those that are rarest in CloudTrail.
// Immutable; the probe shows it, from any number of threads at once.
#pragma once

#include <bitset>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "detect/text_hash.hpp"
#include "trailbell/detect/compiled_rule.hpp"
#include "trailbell/model/literal_probe.hpp"

namespace trailbell::detect {

class scan_probe {
 public:
  // For records whose eventName is one of `event_names` in any case, or is no plain text, or that
  // hold one of `literals`. Null where there are too many literals, or one that is short or in any
  // case.
  [[nodiscard]] static std::shared_ptr<const scan_probe> make(
      const std::vector<std::string>& event_names, const std::vector<needed_literal>& literals);

  [[nodiscard]] literal_probe probe() const noexcept;

 private:
  // A literal, and the byte of it that the scan finds.
  struct anchored {
    std::string text;
    std::size_t at = 0;
    bool is_key = false;  // "eventName"
  };

  bool add(std::string text, bool is_key);
  void add_name(const std::string& name);
  static bool confirm(const void* context, const char* at, std::size_t before,
                      std::size_t after) noexcept;
  [[nodiscard]] bool stands_at(const anchored& one, const char* at, std::size_t before,
                               std::size_t after) const noexcept;
  [[nodiscard]] bool wants_value(std::string_view text) const noexcept;
  [[nodiscard]] bool has_name(std::string_view name) const noexcept;

  std::vector<anchored> literals_;
  literal_probe probe_;  // its bytes: of each literal two
  std::size_t name_bytes_max_ = 0;
  // By cheap hashes, in any case of letters: most names of records are in no rule, and begin as
  // none in a rule does.
  std::bitset<std::size_t{1} << 16U> maybe_;
  std::bitset<4096> begins_;
  std::unordered_set<std::string, text_hash, std::equal_to<>> names_;
};

}  // namespace trailbell::detect

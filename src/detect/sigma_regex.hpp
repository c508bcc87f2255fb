// Regular expressions of Sigma rules, run by RE2: searched anywhere, in time linear in the text.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trailbell::detect {

struct sigma_regex_flags {
  bool ignore_case = false;  // i
  bool lines = false;        // m: ^ and $ at each line
  bool dot_is_all = false;   // s: . is a line break too
};

class sigma_regex {
 public:
  sigma_regex(std::string_view source, sigma_regex_flags flags);
  sigma_regex(sigma_regex&&) noexcept;
  sigma_regex& operator=(sigma_regex&&) noexcept;
  ~sigma_regex();

  // What of it cannot be run, and why; nothing where it can. Only then may it be searched for.
  [[nodiscard]] std::optional<std::string> failure() const;
  [[nodiscard]] bool found_in(std::string_view text) const;
  // Texts that stand in every text with a match, as they are; not all that there are.
  [[nodiscard]] std::vector<std::string> plain_runs() const;

 private:
  struct engine;
  std::unique_ptr<engine> engine_;
};

}  // namespace trailbell::detect

// literal_finder: where in a text the literals stand that a rule set needs.
//
// What a literal_probe is for one family of names, this is for any set of rules: the decoder asks
// it once for a stretch of text, and parses only the records that hold one of the places, or spell
// an ASCII character as a \u escape. It may find too much, never too little.
// Thread-safety: none; each lane has its own.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace trailbell {

class literal_finder {
 public:
  literal_finder() = default;
  literal_finder(const literal_finder&) = delete;
  literal_finder& operator=(const literal_finder&) = delete;
  virtual ~literal_finder() = default;

  // Appends a byte of each literal in `text`, in ascending order: its last one; of a literal longer
  // than reach(), which the end of `text` may cut behind it, that at reach() - 1.
  virtual void find(std::string_view text, std::vector<std::size_t>& places) = 0;
  // What two stretches have to overlap by, and one.
  [[nodiscard]] virtual std::size_t reach() const noexcept = 0;
};

}  // namespace trailbell

// text_set: a few texts of rules, asked about for every record that is read.
//
// An open table by a hash of both ends and the length: where texts are names of API calls, one
// multiplication and one comparison tell. Not for texts that an attacker could choose.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trailbell::detect {

class text_set {
 public:
  void insert(std::string_view text) {
    if (contains(text)) {
      return;
    }
    texts_.emplace_back(text);
    slots_.assign(std::bit_ceil(texts_.size() * 4), 0);  // mostly free: probes are short
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      std::size_t at = slot_of(texts_[i]);
      while (slots_[at] != 0) {
        at = (at + 1) & (slots_.size() - 1);
      }
      slots_[at] = static_cast<std::uint32_t>(i + 1);
    }
  }

  [[nodiscard]] bool contains(std::string_view text) const noexcept {
    if (slots_.empty()) {
      return false;
    }
    for (std::size_t at = slot_of(text); slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
      if (texts_[slots_[at] - 1] == text) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] std::span<const std::string> texts() const noexcept { return texts_; }

 private:
  [[nodiscard]] std::size_t slot_of(std::string_view text) const noexcept {
    constexpr std::size_t end_bytes = sizeof(std::uint64_t);
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    if (text.size() >= end_bytes) {
      std::memcpy(&first, text.data(), end_bytes);
      std::memcpy(&last, text.data() + text.size() - end_bytes, end_bytes);
    } else if (!text.empty()) {
      std::memcpy(&first, text.data(), text.size());
    }
    const std::uint64_t both = (first ^ std::rotl(last, 23)) + text.size();
    return static_cast<std::size_t>((both * 0x9e3779b97f4a7c15ULL) >> 32U) & (slots_.size() - 1);
  }

  std::vector<std::string> texts_;
  std::vector<std::uint32_t> slots_;  // index + 1; 0: free
};

}  // namespace trailbell::detect

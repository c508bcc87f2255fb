// member_names: which member of an object this is, told from the bytes of its name by one
// multiplication.
//
// A name's word is its first eight bytes, the closing quote among them where the name is shorter.
// The names of one table differ in their words; the compiler searches for the multiplier that
// spreads these over the slots without a collision, and fails if there is none.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace trailbell::decode {

template <std::size_t Size>
class member_names {
 public:
  static constexpr std::size_t none = Size;
  // Bytes that have to be readable behind the first one of a name that is asked about.
  static constexpr std::size_t reach = 32;

  consteval explicit member_names(const std::array<std::string_view, Size>& names) : names_{names} {
    while (!fill()) {
      multiplier_ = multiplier_ * 6364136223846793005ULL + 1442695040888963407ULL;
    }
  }

  // `name` is behind its opening quote. The index of the one that is spelled so, without escapes;
  // or `none`.
  [[nodiscard]] std::size_t find(const char* name) const noexcept {
    const std::uint64_t word = word_at(name);
    const std::size_t i = slots_[slot_of(word)];
    if (i == none || words_[i] != word) {
      return none;
    }
    const std::string_view whole = names_[i];
    if (whole.size() < word_bytes) {
      return i;  // the quote is in the word
    }
    const std::size_t rest = whole.size() - word_bytes;
    const bool same = std::memcmp(name + word_bytes, whole.data() + word_bytes, rest) == 0;
    return same && name[whole.size()] == '"' ? i : none;
  }

 private:
  static constexpr std::size_t word_bytes = 8;
  // A slot in four is taken at most: nearly any multiplier will do.
  static constexpr unsigned slot_bits = std::bit_width(Size * 4);

  static constexpr std::uint64_t word_of(std::string_view name) noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < word_bytes && i <= name.size(); ++i) {
      const char c = i < name.size() ? name[i] : '"';
      word |= std::uint64_t{static_cast<unsigned char>(c)} << (8 * i);
    }
    return word;
  }

  // Up to the first quote, with it; else all eight bytes.
  static std::uint64_t word_at(const char* name) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, name, sizeof word);
    if constexpr (std::endian::native == std::endian::big) {
      word = __builtin_bswap64(word);
    }
    constexpr std::uint64_t low_bits = 0x0101010101010101ULL;
    const std::uint64_t x = word ^ (low_bits * '"');
    const std::uint64_t quote = (x - low_bits) & ~x & (low_bits << 7U);  // the first is exact
    return word & (((quote & (~quote + 1)) << 1U) - 1);
  }

  [[nodiscard]] constexpr std::size_t slot_of(std::uint64_t word) const noexcept {
    return static_cast<std::size_t>(word * multiplier_ >> (64U - slot_bits));
  }

  constexpr bool fill() {
    slots_.fill(none);
    for (std::size_t i = 0; i < Size; ++i) {
      words_[i] = word_of(names_[i]);
      std::uint8_t& slot = slots_[slot_of(words_[i])];
      if (slot != none) {
        return false;
      }
      slot = static_cast<std::uint8_t>(i);
    }
    return std::ranges::all_of(names_, [](std::string_view name) { return name.size() < reach; });
  }

  std::array<std::string_view, Size> names_;
  std::array<std::uint64_t, Size> words_{};
  std::array<std::uint8_t, std::size_t{1} << slot_bits> slots_{};
  std::uint64_t multiplier_ = 0x9e3779b97f4a7c15ULL;
};

}  // namespace trailbell::decode

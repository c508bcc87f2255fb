#include "detect/scan_probe.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

constexpr std::string_view event_name_key = "\"eventName\"";
constexpr std::size_t reach = 3;  // from a pair's first byte to its fourth

constexpr std::size_t folded_bytes_max = 256;  // longer names are taken for one that is known

// Beyond so many names a record's name is in the bitset by chance too often.
constexpr std::size_t names_max = std::size_t{1} << 15U;

// How common a byte is in CloudTrail, very roughly, in thousandths of all bytes.
unsigned commonness(char c) noexcept {
  constexpr std::string_view very = "\"eatrs";
  constexpr std::string_view often = ":no-i,cdum12307.";
  if (very.find(c) != std::string_view::npos) {
    return 60;
  }
  if (often.find(c) != std::string_view::npos) {
    return 22;
  }
  if (c >= 'A' && c <= 'Z') {
    return c == 'A' || c == 'I' ? 13 : 4;
  }
  return 9;
}

std::size_t after_white(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_white(text[at])) {
    ++at;
  }
  return at;
}

// Of the last bytes, where names differ most, and the length; the same for a name in any case.
std::size_t cheap_hash(std::string_view name) noexcept {
  constexpr std::uint64_t lower = 0x2020202020202020ULL;
  std::uint64_t word = name.size();
  const std::size_t size = std::min(name.size(), sizeof word);
  std::memcpy(&word, name.data() + name.size() - size, size);
  word |= lower;
  word ^= std::uint64_t{name.size()} << 56U;
  if (!name.empty()) {
    word ^= (std::uint64_t{static_cast<unsigned char>(name.front())} | 0x20U) << 48U;
  }
  return static_cast<std::size_t>(word * 0x9e3779b97f4a7c15ULL >> 48U);
}

constexpr std::size_t beginning_bytes = 4;

// The same for a name in any case.
std::size_t beginning_hash(const char* name) noexcept {
  std::uint32_t word = 0;
  std::memcpy(&word, name, sizeof word);
  return (word | 0x20202020U) * 0x9e3779b1U >> 20U;
}

}  // namespace

std::shared_ptr<const scan_probe> scan_probe::make(const std::vector<std::string>& event_names,
                                                   const std::vector<needed_literal>& literals) {
  if (event_names.size() > names_max) {
    return nullptr;
  }
  const auto made = std::make_shared<scan_probe>();
  if (!event_names.empty() && !made->add(std::string{event_name_key}, true)) {
    return nullptr;
  }
  for (const needed_literal& one : literals) {
    if (one.ignore_case || !made->add(one.text, false)) {
      return nullptr;
    }
  }
  for (const std::string& name : event_names) {
    made->add_name(name);
  }
  return made;
}

// Takes the pair of bytes that makes the fewest places look like one.
bool scan_probe::add(std::string text, bool is_key) {
  if (literals_.size() == literal_probe::pairs_max) {
    return false;
  }
  const auto fits = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  std::size_t best = std::string::npos;
  unsigned least = std::numeric_limits<unsigned>::max();
  for (std::size_t at = 0; at + reach < text.size(); ++at) {
    if (!fits(text[at]) || !fits(text[at + reach])) {
      continue;
    }
    const unsigned cost = commonness(text[at]) * commonness(text[at + reach]);
    if (cost < least) {
      least = cost;
      best = at;
    }
  }
  if (best == std::string::npos) {
    return false;
  }
  probe_.firsts[probe_.pairs] = text[best];
  probe_.fourths[probe_.pairs] = text[best + reach];
  ++probe_.pairs;
  literals_.push_back({std::move(text), best, is_key});
  return true;
}

void scan_probe::add_name(const std::string& name) {
  names_.insert(fold_ascii(name));
  maybe_.set(cheap_hash(name));
  if (name.size() >= beginning_bytes) {  // else a quote ends it before
    begins_.set(beginning_hash(name.data()));
  }
  name_bytes_max_ = std::max(name_bytes_max_, name.size());
}

literal_probe scan_probe::probe() const noexcept {
  literal_probe probe = probe_;
  probe.confirm = confirm;
  probe.context = this;
  probe.any_escape = true;
  probe.by_pairs = true;
  return probe;
}

bool scan_probe::confirm(const void* context, const char* at, std::size_t before,
                         std::size_t after) noexcept {
  const scan_probe& self = *static_cast<const scan_probe*>(context);
  const bool both = after > reach;
  for (std::size_t i = 0; i < self.literals_.size(); ++i) {
    const bool here =
        *at == self.probe_.firsts[i] && (!both || at[reach] == self.probe_.fourths[i]);
    if (here && self.stands_at(self.literals_[i], at, before, after)) {
      return true;
    }
  }
  return false;
}

bool scan_probe::stands_at(const anchored& one, const char* at, std::size_t before,
                           std::size_t after) const noexcept {
  if (before < one.at) {
    return false;
  }
  const std::string_view found{at - one.at, one.at + after};
  if (found.size() < one.text.size()) {
    return one.text.compare(0, found.size(), found) == 0;  // the rest was not seen
  }
  if (one.is_key) {  // of a size that the compiler knows
    return std::memcmp(found.data(), event_name_key.data(), event_name_key.size()) == 0 &&
           wants_value(found.substr(event_name_key.size()));
  }
  return std::memcmp(found.data(), one.text.data(), one.text.size()) == 0;
}

// Of what stands behind the key: false only for a plain text that no rule names.
bool scan_probe::wants_value(std::string_view text) const noexcept {
  std::size_t at = after_white(text, 0);
  if (at == text.size() || text[at] != ':') {
    return true;
  }
  at = after_white(text, at + 1);
  if (at == text.size() || text[at] != '"') {
    return true;
  }
  const std::string_view rest = text.substr(at + 1);
  if (rest.size() >= beginning_bytes && !begins_.test(beginning_hash(rest.data())) &&
      rest.substr(0, beginning_bytes).find_first_of("\"\\") == std::string_view::npos) {
    return false;
  }
  const std::string_view seen = rest.substr(0, name_bytes_max_ + 1);
  const std::size_t end = seen.find('"');
  const std::string_view name = seen.substr(0, end);
  if (name.find('\\') != std::string_view::npos) {
    return true;
  }
  if (end == std::string_view::npos) {
    return seen.size() == rest.size();  // cut; else longer than any name
  }
  return has_name(name);
}

// `name` is not longer than any that is known.
bool scan_probe::has_name(std::string_view name) const noexcept {
  if (!maybe_.test(cheap_hash(name))) {
    return false;
  }
  std::array<char, folded_bytes_max> folded;
  if (name.size() > folded.size()) {
    return true;
  }
  std::transform(name.begin(), name.end(), folded.begin(), [](char c) { return fold_ascii(c); });
  return names_.find(std::string_view{folded.data(), name.size()}) != names_.end();
}

}  // namespace trailbell::detect

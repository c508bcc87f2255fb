#include "pipeline/counted_records.hpp"

#include <charconv>

namespace trailbell::pipeline {

bool counted_records::admit(std::string_view fingerprint, std::uint32_t origin) {
  key one{};
  for (std::size_t i = 0; i < one.size(); ++i) {
    const std::string_view half = fingerprint.substr(16 * i, 16);
    std::from_chars(half.data(), half.data() + half.size(), one[i], 16);
  }
  return add(one, origin);
}

bool counted_records::add(const key& one, std::uint32_t origin) {
  if (!seen_.try_emplace(one, origin).second) {
    return false;
  }
  order_.push_back(one);
  if (order_.size() > entries_max_) {
    seen_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

void counted_records::forget(std::uint32_t origin) {
  if (std::erase_if(seen_, [origin](const auto& one) { return one.second == origin; }) > 0) {
    std::erase_if(order_, [this](const key& one) { return !seen_.contains(one); });
  }
}

// The oldest first; a list ends with a 0 where another would begin with a 1.
void counted_records::save(byte_writer& to,
                           const std::function<bool(std::uint32_t)>& wanted) const {
  for (const key& one : order_) {
    const std::uint32_t origin = seen_.at(one);
    if (wanted(origin)) {
      to.number(1);
      to.number(origin);
      to.number(one[0]);
      to.number(one[1]);
    }
  }
  to.number(0);
}

void counted_records::load(byte_reader& from, std::span<const std::uint32_t> origin_of) {
  while (from.number_below(2) == 1) {
    const std::uint64_t origin = from.number_below(origin_of.size());
    const key one{from.number(), from.number()};
    if (from.ok()) {
      add(one, origin_of[origin]);
    }
  }
}

}  // namespace trailbell::pipeline

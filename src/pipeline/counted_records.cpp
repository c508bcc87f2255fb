#include "pipeline/counted_records.hpp"

#include <charconv>

namespace trailbell::pipeline {

bool counted_records::admit(std::string_view fingerprint, std::uint32_t origin) {
  key one{};
  for (std::size_t i = 0; i < one.size(); ++i) {
    const std::string_view half = fingerprint.substr(16 * i, 16);
    std::from_chars(half.data(), half.data() + half.size(), one[i], 16);
  }
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

}  // namespace trailbell::pipeline

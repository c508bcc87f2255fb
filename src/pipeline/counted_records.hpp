// counted_records: which records were counted lately, and where they came from. Bounded in entries:
// the oldest is forgotten first. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "trailbell/base/byte_stream.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::pipeline {

class counted_records {
 public:
  explicit counted_records(std::size_t entries_max = limits::counted_records_max)
      : entries_max_{entries_max} {}

  // True the first time. `fingerprint`: 32 hex digits.
  bool admit(std::string_view fingerprint, std::uint32_t origin);
  // What came from there may come again.
  void forget(std::uint32_t origin);

  // Those of `wanted` origins, as bytes; and back: `origin_of` are ours, by theirs.
  void save(byte_writer& to, const std::function<bool(std::uint32_t)>& wanted) const;
  void load(byte_reader& from, std::span<const std::uint32_t> origin_of);

  [[nodiscard]] std::size_t size() const noexcept { return seen_.size(); }

 private:
  using key = std::array<std::uint64_t, 2>;
  struct hash {
    // Any of its bits are as good as any others.
    std::size_t operator()(const key& of) const noexcept { return of[0]; }
  };

  bool add(const key& one, std::uint32_t origin);

  std::size_t entries_max_;
  std::unordered_map<key, std::uint32_t, hash> seen_;  // the origin of each
  std::deque<key> order_;                              // the oldest first
};

}  // namespace trailbell::pipeline

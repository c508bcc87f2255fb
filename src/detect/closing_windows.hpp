// closing_windows: the windows of all nodes with an upper bound, which are judged when they are
// over.
//
// A window begins with an entry of its group that no other holds, and lasts the timespan, both ends
// included. Of windows that overlap, because an entry came too late, the one that began last holds
// what both could.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "detect/correlation_bytes.hpp"
#include "detect/correlation_group.hpp"

namespace trailbell::detect {

class closing_windows {
 public:
  // A window that is over, and holds as many as the node wants.
  struct closed {
    correlation_outcome outcome;
    alert last;
  };

  // Borrows the nodes.
  explicit closing_windows(std::span<const correlation_node> nodes) : nodes_{nodes} {}

  // `made`: the alert, should these entries be the last of their window.
  void add(std::uint32_t node, const std::string& key, std::vector<correlation_entry> entries,
           alert made);
  // Takes the next window that was over before that time; nothing where there is none.
  std::optional<closed> take_before(std::int64_t time_ns);

  // Takes over the windows of others, of the nodes that are `node_of` theirs.
  void absorb(closing_windows&& other, std::span<const std::optional<std::uint32_t>> node_of);
  void forget(std::uint32_t origin);
  void save(correlation_writer& to) const;
  void load(correlation_reader& from);

  [[nodiscard]] std::size_t entries() const noexcept { return entries_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  // Forgets the window that is over first. How many entries were lost.
  std::size_t evict();

 private:
  struct window {
    std::uint32_t node = 0;
    correlation_entries entries;
    alert last;
    std::size_t bytes = 0;
  };
  using window_map = std::map<std::pair<std::string, std::int64_t>, window>;  // by key and begin
  using queue = std::multimap<std::int64_t, window_map::iterator>;            // by the last moment

  window& find(std::uint32_t node, const std::string& key, std::int64_t time_ns);
  window& make(std::uint32_t node, const std::string& key, std::int64_t begin_ns);
  // Whether it holds as many as its node wants.
  std::optional<closed> judge(window of) const;
  window take_first();

  std::span<const correlation_node> nodes_;
  window_map windows_;
  queue by_end_;
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace trailbell::detect

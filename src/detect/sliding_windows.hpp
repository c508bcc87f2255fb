// sliding_windows: the groups of all nodes without an upper bound. The one that was quiet for
// longest is the first to be forgotten.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "detect/correlation_bytes.hpp"
#include "detect/correlation_group.hpp"

namespace trailbell::detect {

class sliding_windows {
 public:
  // `key`: the node and the values of the group.
  std::optional<correlation_outcome> add(const correlation_node& node, std::string key,
                                         std::vector<correlation_entry> entries);

  // Nothing is known of what came before that time: see correlation_group::doubt().
  void begins_at(std::int64_t time_ns) noexcept { begins_ns_ = time_ns; }
  // Takes over the groups of others, of the nodes that are `node_of` theirs.
  void absorb(sliding_windows&& other, std::span<const correlation_node> theirs,
              std::span<const correlation_node> ours,
              std::span<const std::optional<std::uint32_t>> node_of);
  void forget(std::uint32_t origin);
  void save(std::span<const correlation_node> nodes, correlation_writer& to) const;
  void load(std::span<const correlation_node> nodes, correlation_reader& from);

  [[nodiscard]] std::size_t entries() const noexcept { return entries_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  // Makes room; at least one entry is forgotten where there is one. How many were.
  std::size_t evict();

 private:
  struct group {
    const correlation_node* node = nullptr;
    correlation_group of;
    std::list<const std::string*>::iterator quiet_since;
  };
  using group_map = std::map<std::string, group>;

  group_map::iterator find(const correlation_node& node, std::string key);
  void forget(group_map::iterator which);

  std::optional<std::int64_t> begins_ns_;
  group_map groups_;
  std::list<const std::string*> by_quiet_;  // keys of groups_, the quietest first
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace trailbell::detect

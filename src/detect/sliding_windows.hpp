// sliding_windows: the groups of all nodes without an upper bound. The one that was quiet for
// longest is the first to be forgotten.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "detect/correlation_group.hpp"

namespace trailbell::detect {

class sliding_windows {
 public:
  // `key`: the node and the values of the group.
  std::optional<correlation_outcome> add(const correlation_node& node, std::string key,
                                         std::vector<correlation_entry> entries);

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

  group_map groups_;
  std::list<const std::string*> by_quiet_;  // keys of groups_, the quietest first
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace trailbell::detect

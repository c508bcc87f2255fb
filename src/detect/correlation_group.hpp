// correlation_group: the entries of one group, and whether enough of them lie within a timespan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "detect/correlation_entry.hpp"
#include "trailbell/detect/correlation_plan.hpp"

namespace trailbell::detect {

using correlation_entries = std::multimap<std::int64_t, correlation_entry>;  // equal times: input

// How far the entries of a window are. Entries come in order, and leave in order.
class correlation_progress {
 public:
  void add(const correlation_node& node, const correlation_entry& entry);
  void remove(const correlation_node& node, const correlation_entry& entry);
  void clear();

  // No count of these entries is larger, in whatever order they came.
  [[nodiscard]] std::uint64_t count_max(const correlation_node& node) const noexcept {
    return node.type == correlation_type::event_count ? entries_ : distinct_.size();
  }
  // What the node counts. Of a temporal_ordered: of which all rules came in order, up to `last`.
  [[nodiscard]] std::uint64_t count(const correlation_node& node,
                                    const correlation_entry& last) const;

 private:
  std::uint64_t entries_ = 0;
  std::map<std::pair<std::uint32_t, std::string>, std::size_t> distinct_;
  // By rule: the latest time at which the rules up to it, in order, can have begun.
  std::vector<std::optional<std::int64_t>> begun_;
};

class correlation_group {
 public:
  // All that a record adds: of one time. Entries that no window of later ones can hold are dropped.
  // What fires is dropped too, and what came before.
  std::optional<correlation_outcome> add(const correlation_node& node,
                                         std::vector<correlation_entry> entries);
  void drop_oldest(const correlation_node& node);
  // Entries may have come before those that it will be given, so that it is not known when it
  // began anew last: it fires for nothing and keeps all, until a gap shows that it began.
  void doubt() noexcept { doubted_ = true; }
  // Takes over another part of the same group, without firing; it is doubted no more.
  void absorb(correlation_group&& other);
  void absorb(correlation_entries entries);
  // What came from there leaves it.
  void forget(std::uint32_t origin);

  [[nodiscard]] const correlation_entries& entries() const noexcept { return entries_; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  using place = correlation_entries::iterator;

  void advance(const correlation_node& node, place added);
  [[nodiscard]] std::optional<place> find_enough(const correlation_node& node, place begin);
  void look_ahead(const correlation_node& node, place begin);
  correlation_outcome take(const correlation_node& node, place last);
  void drop(place which);

  correlation_entries entries_;
  std::size_t bytes_ = 0;
  bool doubted_ = false;
  // The window that ends with the entry that came last: most come in order, and only move it on.
  bool known_ = false;
  place first_, last_;
  correlation_progress progress_;
  // And that which begins with it: where the newest come first, it too only moves on.
  bool ahead_known_ = false;
  place ahead_first_, ahead_last_;
  correlation_progress ahead_;
};

}  // namespace trailbell::detect

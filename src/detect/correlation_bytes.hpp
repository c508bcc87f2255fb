// correlation_bytes: what windows hold, as bytes and back. An event that several entries share is
// written once. A list ends with a 0 where another item would begin with a 1.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "detect/correlation_group.hpp"
#include "trailbell/base/byte_stream.hpp"

namespace trailbell::detect {

// So that no timespan leads out of what fits: years 1824 to 2116.
inline constexpr std::int64_t correlation_time_ns_max = INT64_MAX / 2;

using origin_filter = std::function<bool(std::uint32_t)>;

// Borrows all.
class correlation_writer {
 public:
  // Entries of other origins than the wanted ones are left out.
  correlation_writer(byte_writer& to, const origin_filter& wanted) : to_{to}, wanted_{wanted} {}

  [[nodiscard]] bool wants_any_of(const correlation_entries& entries) const;
  void write(const correlation_entries& entries);
  [[nodiscard]] bool wants(std::uint32_t origin) const { return wanted_(origin); }
  [[nodiscard]] byte_writer& to() noexcept { return to_; }

 private:
  void write(const std::shared_ptr<const correlation_event>& event);

  byte_writer& to_;
  const origin_filter& wanted_;
  std::unordered_map<const correlation_event*, std::uint64_t> written_;
};

// Borrows all. What makes no sense is told by the reader of bytes.
class correlation_reader {
 public:
  // `node_of`: by their node, ours; `origin_of`: by their origin, ours.
  correlation_reader(byte_reader& from, std::span<const correlation_node> nodes,
                     std::span<const std::optional<std::uint32_t>> node_of,
                     std::span<const std::uint32_t> origin_of)
      : from_{from}, nodes_{nodes}, node_of_{node_of}, origin_of_{origin_of} {}

  // Another item follows.
  bool more() { return from_.number_below(2) == 1; }
  std::int64_t time();
  std::uint32_t origin();
  // Ours; nothing: it is none of ours, or makes no sense.
  std::optional<std::uint32_t> node();
  // For an entry of that node; 0 where there are not so many.
  std::uint32_t member(std::optional<std::uint32_t> node);
  correlation_entries entries(std::optional<std::uint32_t> node);
  // A record that waits, by our nodes; nothing: it counts for none of them, or makes no sense.
  std::optional<alert> waiting();
  [[nodiscard]] byte_reader& from() noexcept { return from_; }

 private:
  std::shared_ptr<const correlation_event> event();

  byte_reader& from_;
  std::span<const correlation_node> nodes_;
  std::span<const std::optional<std::uint32_t>> node_of_;
  std::span<const std::uint32_t> origin_of_;
  std::vector<std::shared_ptr<const correlation_event>> read_;
};

// What a record counts for, by the nodes of another plan. False: for nothing there.
bool renumber(alert_burst& burst, std::span<const std::optional<std::uint32_t>> node_of);

}  // namespace trailbell::detect

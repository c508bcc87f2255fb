// What correlations remember of a record, and what they make of several.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailbell/model/alert.hpp"

namespace trailbell::detect {

// A record, or an alert of an inner correlation. Shared by all that it counts for.
struct correlation_event {
  std::int64_t time_ns = 0;
  std::uint32_t origin = 0;             // where the record came from, or the last of several
  bool spans = false;                   // of several: not all came from there
  std::optional<std::string> from, to;  // as recorded; of a record the same
  std::vector<std::optional<std::string>> ids;  // of its records

  [[nodiscard]] std::size_t bytes() const noexcept {
    std::size_t all = sizeof *this + from.value_or("").size() + to.value_or("").size();
    for (const std::optional<std::string>& id : ids) {
      all += sizeof id + (id ? id->size() : 0);
    }
    return all;
  }
};

struct correlation_entry {
  std::shared_ptr<const correlation_event> event;
  std::uint32_t member = 0;
  std::string value;  // of a value_count

  // Roughly, with the map around it.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return 2 * sizeof *this + 48 + value.size() + event->bytes();
  }
};

// Something that counts for a node.
struct correlation_input {
  std::vector<std::pair<std::string, std::string>> group;
  std::vector<std::string> values;
  severity level = severity::informational;
  std::uint32_t member = 0;
  std::shared_ptr<const correlation_event> event;
};

// A node is due.
struct correlation_outcome {
  std::uint64_t count = 0;
  correlation_event whole;  // all of its records
};

// The key of a group begins with its node; this is the same group under another number.
[[nodiscard]] inline std::string with_node(std::string_view key, std::uint32_t node) {
  const std::size_t values = key.find('\0');
  return std::to_string(node).append(values == std::string_view::npos ? "" : key.substr(values));
}

// Adds an entry's event to what an alert shows; entries come in the order of time.
void append_event(const correlation_entry& entry, const correlation_event*& previous,
                  correlation_event& whole);

}  // namespace trailbell::detect

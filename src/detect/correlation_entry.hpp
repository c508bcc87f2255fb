// What correlations remember of a record, and what they make of several.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trailbell/model/alert.hpp"

namespace trailbell::detect {

// A record, or an alert of an inner correlation. Shared by all that it counts for.
struct correlation_event {
  std::int64_t time_ns = 0;
  std::optional<std::string> from, to;          // as recorded; of a record the same
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

// Adds an entry's event to what an alert shows; entries come in the order of time.
void append_event(const correlation_entry& entry, const correlation_event*& previous,
                  correlation_event& whole);

}  // namespace trailbell::detect

// What a source of announced objects says of its queues and of its objects, in numbers since the
// start unless it says otherwise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trailbell {

struct queue_status {
  std::string queue;              // its name
  std::uint64_t received = 0;     // messages
  std::uint64_t redelivered = 0;  // of these, not for the first time
  std::uint64_t deleted = 0;
  std::uint64_t extended = 0;  // visibilities
  std::uint64_t released = 0;  // messages that others may have at once, or after a while
  std::uint64_t lost = 0;      // messages whose visibility could not be extended in time
  // Now:
  std::uint64_t in_flight = 0;
  double oldest_seconds = 0;      // since the oldest of those in flight was sent
  int receive_count_max = 0;      // of those in flight
  std::optional<double> waiting;  // about so many can be received
};

// What became of objects.
enum class object_outcome : std::uint8_t { read, duplicate, missing, too_large, refused };
inline constexpr std::array<std::string_view, 5> object_outcome_names{
    "read", "duplicate", "missing", "too_large", "refused"};

// Why an attempt to read an object gave none; it is made again, unless it is too_large.
enum class get_failure : std::uint8_t { missing, denied, too_large, refused, passing };
inline constexpr std::array<std::string_view, 5> get_failure_names{"missing", "denied", "too_large",
                                                                   "refused", "passing"};

// Upper bounds of what is counted apart of the time that objects took, in seconds.
inline constexpr std::array<double, 12> get_bounds_s{0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                     0.5,   1,    2.5,   5,    15,  60};

// What messages hold that announces no object with records.
inline constexpr std::array<std::string_view, 8> notice_names{
    "test", "validation", "confirmation", "removed", "other", "digest", "insight", "marker"};

// What an object that was listed is to a reconciliation.
enum class listed_as : std::uint8_t {
  skipped,  // a digest, Insights events, a folder's name, another service's
  old,      // older than what is looked at
  young,    // left to the queue
  known,    // done with, or under way
  missing,  // none of these: it is read
};
inline constexpr std::array<std::string_view, 5> listed_as_names{"skipped", "old", "young", "known",
                                                                 "missing"};

struct reconcile_status {
  std::array<std::uint64_t, listed_as_names.size()> objects{};  // that were listed
  std::uint64_t rounds_complete = 0;    // all that was missing is acknowledged
  std::uint64_t rounds_incomplete = 0;  // a listing failed, or not all was until the next
  // Now:
  std::uint64_t under_way = 0;   // that were missing
  std::uint64_t remembered = 0;  // objects that are known to be done with
  double lag_seconds = 0;        // since the time up to which every object is
};

struct announced_status {
  std::vector<queue_status> queues;
  std::array<std::uint64_t, notice_names.size()> notices{};
  std::array<std::uint64_t, object_outcome_names.size()> objects{};
  std::array<std::uint64_t, get_failure_names.size()> get_failures{};
  std::uint64_t get_bytes = 0;
  std::array<std::uint64_t, get_bounds_s.size() + 1> get_times{};  // beyond the last bound too
  double get_seconds = 0;                                          // sum
  std::optional<double> lag_seconds;  // from event to acknowledgement, of what was acked last
  std::optional<reconcile_status> reconcile;
};

}  // namespace trailbell

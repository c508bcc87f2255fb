// The identity of an alert: the same record read twice, by another process or from another source,
// gives the same one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "trailbell/model/record.hpp"

namespace trailbell::emit {

// The first 32 hex digits of SHA-256 (FIPS 180-4) over rule_id, NUL and eventID; over rule_id, NUL
// and the record's bytes where eventID is missing or no string. A record that CloudTrail re-sent
// with changes (`addendum`) keeps its eventID and is no duplicate: NUL and "addendum" are added.
[[nodiscard]] std::string fingerprint(std::string_view rule_id, const record_fields& fields);

// Of an alert that stands for several records: the fingerprint of its rule and last record and,
// where it has a group, the first 32 hex digits of SHA-256 over that, and of each of the group's
// values, in their order, NUL and the value as JSON. One record may complete several groups of a
// rule; each is an alert of its own.
[[nodiscard]] std::string group_fingerprint(
    std::string_view last, std::span<const std::pair<std::string, std::string>> group);

}  // namespace trailbell::emit

// The identity of an alert: the same record read twice, by another process or from another source,
// gives the same one.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/model/record.hpp"

namespace trailbell::emit {

// The first 32 hex digits of SHA-256 (FIPS 180-4) over rule_id, NUL and eventID; over rule_id, NUL
// and the record's bytes where eventID is missing or no string. A record that CloudTrail re-sent
// with changes (`addendum`) keeps its eventID and is no duplicate: NUL and "addendum" are added.
[[nodiscard]] std::string fingerprint(std::string_view rule_id, const record_fields& fields);

}  // namespace trailbell::emit

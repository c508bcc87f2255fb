// record_shape: which JSON values a place in a CloudTrail record may hold.
//
// Source: CloudTrail User Guide, "CloudTrail record contents for management, data, and network
// activity events" and "CloudTrail userIdentity element". What is listed there has the type that is
// given there; what is not listed does not occur. Objects whose members the reference leaves to the
// service (requestParameters and its like) are open: anything may be inside. eventContext is left
// out: it is for event data stores and never in a trail.
//
// Every member but those that a domain fixes may be absent, eventTime and its like too: records of
// old versions, truncated ones and re-sent ones lack them, and a proof over more records is the
// stronger proof. A value, immutable once made; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "trailbell/model/json_tree.hpp"

namespace trailbell::detect {

struct member_shape;

struct record_shape {
  std::uint8_t kinds = 0;  // a bit for each json_kind
  bool closed = false;     // an object with `members` only; else any member may be there
  std::vector<member_shape> members;
  std::vector<record_shape> element;  // of an array: none, anything; or one, what they all are
  std::optional<std::variant<bool, std::string>> fixed;  // this value only
  std::vector<std::string> examples;  // texts that a reader knows, to be preferred

  [[nodiscard]] bool allows(json_kind kind) const noexcept {
    return (kinds >> static_cast<unsigned>(kind) & 1U) != 0;
  }
  [[nodiscard]] const member_shape* find(std::string_view name) const noexcept;
};

struct member_shape {
  std::string name;
  record_shape shape;
  bool optional = true;
};

// Anything at all: what an open object holds.
[[nodiscard]] const record_shape& any_value();
// A record that CloudTrail writes to a trail, its members in the reference's order.
[[nodiscard]] const record_shape& cloudtrail_record();

// Whether a value is one that may stand there.
[[nodiscard]] bool fits(const record_shape& shape, json_value value);

// `of` with a top-level member that is always there, and holds just that. False where there is no
// such member, or it holds no such value.
bool fix_member(record_shape& of, std::string_view name, std::variant<bool, std::string> value);

}  // namespace trailbell::detect

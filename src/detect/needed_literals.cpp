#include "detect/needed_literals.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trailbell::detect {
namespace {

constexpr std::array<std::string_view, 22> usual_members{
    "eventVersion",  "userIdentity",      "type",      "principalId",       "arn",
    "accountId",     "accessKeyId",       "eventTime", "eventSource",       "eventName",
    "awsRegion",     "sourceIPAddress",   "userAgent", "requestParameters", "responseElements",
    "requestID",     "eventID",           "readOnly",  "eventType",         "managementEvent",
    "eventCategory", "recipientAccountId"};

}  // namespace

bool is_usual_member(std::string_view name) noexcept {
  return std::find(usual_members.begin(), usual_members.end(), name) != usual_members.end();
}

needed rarer(needed a, needed b) {
  if (!a || !b) {
    return a ? std::move(a) : std::move(b);
  }
  if (a->rank != b->rank) {
    return a->rank > b->rank ? std::move(a) : std::move(b);
  }
  return a->literals.size() <= b->literals.size() ? std::move(a) : std::move(b);
}

needed either(needed a, needed b) {
  if (!a || !b || a->literals.size() + b->literals.size() > literals_max) {
    return std::nullopt;
  }
  a->rank = std::min(a->rank, b->rank);
  for (needed_literal& more : b->literals) {
    if (std::find(a->literals.begin(), a->literals.end(), more) == a->literals.end()) {
      a->literals.push_back(std::move(more));
    }
  }
  return a;
}

}  // namespace trailbell::detect

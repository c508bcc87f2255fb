// record_members: the members whose text alerts and rules read, and where it goes. For the ways in
// which a record is read.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "trailbell/model/record.hpp"

namespace trailbell::decode {

template <class Fields>
using text_slot = std::pair<std::string_view, text_view Fields::*>;

inline constexpr std::array<text_slot<record_fields>, 12> record_slots{{
    {"eventName", &record_fields::event_name},
    {"eventSource", &record_fields::event_source},
    {"eventID", &record_fields::event_id},
    {"eventTime", &record_fields::event_time},
    {"eventType", &record_fields::event_type},
    {"eventCategory", &record_fields::event_category},
    {"awsRegion", &record_fields::aws_region},
    {"recipientAccountId", &record_fields::recipient_account_id},
    {"sourceIPAddress", &record_fields::source_ip},
    {"userAgent", &record_fields::user_agent},
    {"errorCode", &record_fields::error_code},
    {"errorMessage", &record_fields::error_message},
}};

inline constexpr std::array<text_slot<identity_fields>, 7> identity_slots{{
    {"type", &identity_fields::type},
    {"arn", &identity_fields::arn},
    {"userName", &identity_fields::user_name},
    {"principalId", &identity_fields::principal_id},
    {"accountId", &identity_fields::account_id},
    {"accessKeyId", &identity_fields::access_key_id},
    {"invokedBy", &identity_fields::invoked_by},
}};

inline constexpr std::array<text_slot<identity_fields>, 3> issuer_slots{{
    {"type", &identity_fields::session_issuer_type},
    {"arn", &identity_fields::session_issuer_arn},
    {"userName", &identity_fields::session_issuer_user_name},
}};

inline constexpr std::array<text_slot<target_fields>, 5> request_slots{{
    {"policyArn", &target_fields::policy_arn},
    {"policyName", &target_fields::policy_name},
    {"roleName", &target_fields::role_name},
    {"userName", &target_fields::user_name},
    {"groupName", &target_fields::group_name},
}};

// Before a member is read that may repeat one: all that such a one says.
inline void forget_issuer(identity_fields& who) noexcept {
  for (const auto& [name, slot] : issuer_slots) {
    who.*slot = std::nullopt;
  }
}
inline void forget_request(target_fields& target) noexcept {
  for (const auto& [name, slot] : request_slots) {
    target.*slot = std::nullopt;
  }
}

[[nodiscard]] inline std::optional<bool> truth_of(std::string_view word) noexcept {
  return word == "true"    ? std::optional{true}
         : word == "false" ? std::optional{false}
                           : std::nullopt;
}

}  // namespace trailbell::decode

#include "detect/quick_field.hpp"

#include <algorithm>
#include <array>

namespace trailbell::detect {
namespace {

constexpr std::array<quick_field, 15> fields_known{{
    {"eventName", [](const record_fields& f) { return f.event_name; }},
    {"eventSource", [](const record_fields& f) { return f.event_source; }},
    {"eventType", [](const record_fields& f) { return f.event_type; }},
    {"awsRegion", [](const record_fields& f) { return f.aws_region; }},
    {"recipientAccountId", [](const record_fields& f) { return f.recipient_account_id; }},
    {"sourceIPAddress", [](const record_fields& f) { return f.source_ip; }},
    {"userAgent", [](const record_fields& f) { return f.user_agent; }},
    {"errorCode", [](const record_fields& f) { return f.error_code; }, true},
    {"errorMessage", [](const record_fields& f) { return f.error_message; }, true},
    {"userIdentity.type", [](const record_fields& f) { return f.identity.type; }, false, true},
    {"userIdentity.arn", [](const record_fields& f) { return f.identity.arn; }, false, true},
    {"userIdentity.userName", [](const record_fields& f) { return f.identity.user_name; }, false,
     true},
    {"userIdentity.principalId", [](const record_fields& f) { return f.identity.principal_id; },
     false, true},
    {"userIdentity.sessionContext.sessionIssuer.type",
     [](const record_fields& f) { return f.identity.session_issuer_type; }, false, true},
    {"userIdentity.invokedBy", [](const record_fields& f) { return f.identity.invoked_by; }, false,
     true},
}};

}  // namespace

const quick_field* find_quick_field(std::string_view path) noexcept {
  const auto* const found =
      std::find_if(fields_known.begin(), fields_known.end(),
                   [path](const quick_field& one) { return one.path == path; });
  return found == fields_known.end() ? nullptr : found;
}

}  // namespace trailbell::detect

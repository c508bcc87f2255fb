#include "trailbell/detect/record_shape.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace trailbell::detect {
namespace {

record_shape of_kinds(std::initializer_list<json_kind> kinds) {
  record_shape shape;
  for (const json_kind kind : kinds) {
    shape.kinds = static_cast<std::uint8_t>(shape.kinds | 1U << static_cast<unsigned>(kind));
  }
  return shape;
}

record_shape text() {
  return of_kinds({json_kind::text});
}

record_shape text_like(std::vector<std::string> examples) {
  record_shape shape = text();
  shape.examples = std::move(examples);
  return shape;
}

record_shape just(std::string value) {
  record_shape shape = text();
  shape.fixed = std::move(value);
  return shape;
}

record_shape boolean() {
  return of_kinds({json_kind::boolean});
}

record_shape open_object() {
  return of_kinds({json_kind::object});
}

record_shape open_object_or_null() {
  return of_kinds({json_kind::object, json_kind::null});
}

record_shape object_of(std::vector<member_shape> members) {
  record_shape shape = of_kinds({json_kind::object});
  shape.closed = true;
  shape.members = std::move(members);
  return shape;
}

record_shape texts_of(std::initializer_list<const char*> names) {
  std::vector<member_shape> members;
  for (const char* const name : names) {
    members.push_back({name, text()});
  }
  return object_of(std::move(members));
}

record_shape array_of(record_shape element) {
  record_shape shape = of_kinds({json_kind::array});
  shape.element.push_back(std::move(element));
  return shape;
}

record_shape session_context() {
  return object_of({
      {"sessionIssuer", texts_of({"type", "principalId", "arn", "accountId", "userName"})},
      {"webIdFederationData",
       object_of({{"federatedProvider", text()}, {"attributes", open_object()}})},
      {"attributes",
       object_of({{"creationDate", text()}, {"mfaAuthenticated", text_like({"false", "true"})}})},
      {"sourceIdentity", text()},
      {"ec2RoleDelivery", text_like({"1.0", "2.0"})},
      {"assumedRoot", text_like({"true"})},
  });
}

record_shape user_identity() {
  return object_of({
      {"type", text_like({"IAMUser", "AssumedRole", "Root"})},
      {"principalId", text()},
      {"arn", text()},
      {"accountId", text_like({"111122223333"})},
      {"accessKeyId", text()},
      {"userName", text_like({"alice"})},
      {"invokedBy", text()},
      {"invokedByDelegate", open_object()},
      {"sessionContext", session_context()},
      {"onBehalfOf", texts_of({"userId", "identityStoreArn"})},
      {"inScopeOf", open_object()},
      {"credentialId", text()},
      {"identityProvider", text()},
  });
}

record_shape make_record() {
  return object_of({
      {"eventTime", text_like({"2026-01-01T00:00:00Z"})},
      {"eventVersion", text_like({"1.11", "1.08"})},
      {"userIdentity", user_identity()},
      {"eventSource",
       text_like({"iam.amazonaws.com", "organizations.amazonaws.com", "sts.amazonaws.com"}), false},
      {"eventName",
       text_like({"GetPolicy", "CreatePolicy", "GetRolePolicy", "GetUserPolicy", "GetGroupPolicy"}),
       false},
      {"awsRegion", text_like({"us-east-1"})},
      {"sourceIPAddress", text_like({"192.0.2.1"})},
      {"userAgent", text()},
      {"errorCode", text_like({"AccessDenied", "NoSuchEntityException"})},
      {"errorMessage", text()},
      {"requestParameters", open_object_or_null()},
      {"responseElements", open_object_or_null()},
      {"additionalEventData", open_object()},
      {"requestID", text()},
      {"eventID", text()},
      {"apiVersion", text()},
      {"readOnly", boolean()},
      {"resources", array_of(texts_of({"ARN", "accountId", "type"}))},
      {"eventType", text_like({"AwsApiCall", "AwsServiceEvent", "AwsConsoleSignIn"})},
      {"recipientAccountId", text_like({"111122223333"})},
      {"sharedEventID", text()},
      {"vpcEndpointId", text()},
      {"serviceEventDetails", open_object()},
      {"managementEvent", boolean()},
      {"eventCategory", text_like({"Management", "Data"})},
      {"addendum", texts_of({"reason", "updatedFields", "originalRequestID", "originalEventID"})},
      {"sessionCredentialFromConsole", just("true")},
      {"edgeDeviceDetails", open_object()},
      {"tlsDetails",
       texts_of({"tlsVersion", "cipherSuite", "clientProvidedHostHeader", "keyExchange"})},
      {"vpcEndpointAccountId", text()},
  });
}

}  // namespace

const member_shape* record_shape::find(std::string_view name) const noexcept {
  const auto at = std::find_if(members.begin(), members.end(),
                               [name](const member_shape& m) { return m.name == name; });
  return at == members.end() ? nullptr : &*at;
}

const record_shape& any_value() {
  static const record_shape shape =
      of_kinds({json_kind::null, json_kind::boolean, json_kind::number, json_kind::text,
                json_kind::array, json_kind::object});
  return shape;
}

const record_shape& cloudtrail_record() {
  static const record_shape shape = make_record();
  return shape;
}

bool fits(const record_shape& shape, json_value value) {
  if (!shape.allows(value.kind())) {
    return false;
  }
  if (shape.fixed) {
    const auto* text = std::get_if<std::string>(&*shape.fixed);
    return text != nullptr ? value.text() == *text : value.truth() == std::get<bool>(*shape.fixed);
  }
  for (const json_value child : value) {
    if (value.is(json_kind::array)) {
      if (!shape.element.empty() && !fits(shape.element.front(), child)) {
        return false;
      }
    } else if (shape.closed) {
      const member_shape* const member = shape.find(child.key());
      if (member == nullptr || !fits(member->shape, child)) {
        return false;
      }
    }
  }
  return std::all_of(shape.members.begin(), shape.members.end(), [&value](const member_shape& m) {
    return m.optional || !value.is(json_kind::object) || value.find(m.name).has_value();
  });
}

bool fix_member(record_shape& of, std::string_view name, std::variant<bool, std::string> value) {
  for (member_shape& member : of.members) {
    const bool is_text = std::holds_alternative<std::string>(value);
    if (member.name == name &&
        member.shape.allows(is_text ? json_kind::text : json_kind::boolean)) {
      member.shape.fixed = std::move(value);
      member.optional = false;
      return true;
    }
  }
  return false;
}

}  // namespace trailbell::detect

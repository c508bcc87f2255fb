#include "trailbell/pipeline/field_tree.hpp"

#include "trailbell/model/json_builder.hpp"

namespace trailbell::pipeline {
namespace {

class tree_writer {
 public:
  explicit tree_writer(json_tree& into) {
    builder_.begin(into);
    builder_.open(json_kind::object);
  }
  tree_writer(const tree_writer&) = delete;
  tree_writer& operator=(const tree_writer&) = delete;
  ~tree_writer() { builder_.close(); }

  void text(std::string_view key, const text_view& value) {
    if (value) {
      name(key);
      builder_.pool().append(*value);
      builder_.text();
    }
  }
  void truth(std::string_view key, std::optional<bool> value) {
    if (value) {
      name(key);
      builder_.boolean(*value);
    }
  }
  template <class Members>
  void object(std::string_view key, Members members) {
    name(key);
    builder_.open(json_kind::object);
    members();
    builder_.close();
  }

 private:
  void name(std::string_view key) {
    builder_.pool().append(key);
    builder_.key();
  }
  json_builder builder_;
};

void write_identity(const identity_fields& who, tree_writer& out) {
  out.text("type", who.type);
  out.text("arn", who.arn);
  out.text("userName", who.user_name);
  out.text("principalId", who.principal_id);
  out.text("accountId", who.account_id);
  out.text("accessKeyId", who.access_key_id);
  out.text("invokedBy", who.invoked_by);
  if (who.session_issuer_type || who.session_issuer_arn || who.session_issuer_user_name) {
    out.object("sessionContext", [&] {
      out.object("sessionIssuer", [&] {
        out.text("type", who.session_issuer_type);
        out.text("arn", who.session_issuer_arn);
        out.text("userName", who.session_issuer_user_name);
      });
    });
  }
}

}  // namespace

void build_tree(const record_fields& fields, json_tree& into) {
  tree_writer out{into};
  out.text("eventName", fields.event_name);
  out.text("eventSource", fields.event_source);
  out.text("eventID", fields.event_id);
  out.text("eventTime", fields.event_time);
  out.text("eventType", fields.event_type);
  out.text("eventCategory", fields.event_category);
  out.text("awsRegion", fields.aws_region);
  out.text("recipientAccountId", fields.recipient_account_id);
  out.text("sourceIPAddress", fields.source_ip);
  out.text("userAgent", fields.user_agent);
  out.text("errorCode", fields.error_code);
  out.text("errorMessage", fields.error_message);
  if (fields.failed && !fields.error_code && !fields.error_message) {
    out.truth("errorCode", true);  // one of them is there, and no text
  }
  out.truth("readOnly", fields.read_only);
  out.object("userIdentity", [&] { write_identity(fields.identity, out); });
  out.object("requestParameters", [&] {
    out.text("policyArn", fields.target.policy_arn);
    out.text("policyName", fields.target.policy_name);
    out.text("roleName", fields.target.role_name);
    out.text("userName", fields.target.user_name);
    out.text("groupName", fields.target.group_name);
  });
}

}  // namespace trailbell::pipeline

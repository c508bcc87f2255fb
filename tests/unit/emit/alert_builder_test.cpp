#include "trailbell/emit/alert_builder.hpp"

#include <gtest/gtest.h>

namespace trailbell::emit {
namespace {

alert build(const record_fields& fields) {
  return build_alert({"cis-4.4", "t", {}, {}}, severity::high, fields);
}

record_fields call(std::string_view name) {
  record_fields fields;
  fields.event_name = name;
  fields.target = {"arn:policy", "inline", "some-role", "some-user", "some-group", std::nullopt};
  return fields;
}

struct target_case {
  std::string_view name, type, principal;
};

// Source: IAM API Reference, request parameters of each action.
class targets : public ::testing::TestWithParam<target_case> {};

TEST_P(targets, say_whom_the_call_changes) {
  record_fields fields = call(GetParam().name);
  if (GetParam().type.empty()) {  // its request names nobody
    fields.target = {"arn:policy", "inline", {}, {}, {}, {}};
  }
  const alert made = build(fields);
  EXPECT_EQ(made.target.policy_arn, "arn:policy");
  EXPECT_EQ(made.target.policy_name, "inline");
  if (GetParam().type.empty()) {
    EXPECT_FALSE(made.target.principal_type.has_value());
    EXPECT_FALSE(made.target.principal_name.has_value());
  } else {
    EXPECT_EQ(made.target.principal_type, GetParam().type);
    EXPECT_EQ(made.target.principal_name, GetParam().principal);
  }
}

INSTANTIATE_TEST_SUITE_P(the_sixteen, targets,
                         ::testing::Values(target_case{"DeleteGroupPolicy", "group", "some-group"},
                                           target_case{"DeleteRolePolicy", "role", "some-role"},
                                           target_case{"DeleteUserPolicy", "user", "some-user"},
                                           target_case{"PutGroupPolicy", "group", "some-group"},
                                           target_case{"PutRolePolicy", "role", "some-role"},
                                           target_case{"PutUserPolicy", "user", "some-user"},
                                           target_case{"CreatePolicy", "", ""},
                                           target_case{"DeletePolicy", "", ""},
                                           target_case{"CreatePolicyVersion", "", ""},
                                           target_case{"DeletePolicyVersion", "", ""},
                                           target_case{"AttachRolePolicy", "role", "some-role"},
                                           target_case{"DetachRolePolicy", "role", "some-role"},
                                           target_case{"AttachUserPolicy", "user", "some-user"},
                                           target_case{"DetachUserPolicy", "user", "some-user"},
                                           target_case{"AttachGroupPolicy", "group", "some-group"},
                                           target_case{"DetachGroupPolicy", "group", "some-group"}),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST(target, is_whom_the_request_names_and_nobody_where_it_names_none) {
  record_fields fields;
  fields.event_name = "AddRoleToInstanceProfile";
  EXPECT_FALSE(build(fields).target.principal_type.has_value());
  fields.event_name = "CreateAccessKey";
  fields.target.user_name = "alice";
  EXPECT_EQ(build(fields).target.principal_type, "user");
  EXPECT_EQ(build(fields).target.principal_name, "alice");
  fields.event_name = "DescribeRoleGroups";  // names what it is not about
  EXPECT_EQ(build(fields).target.principal_type, "user");
  fields.event_name.reset();
  EXPECT_EQ(build(fields).target.principal_name, "alice");
}

TEST(target, of_several_is_the_last_that_the_calls_own_name_says) {
  record_fields fields;
  fields.event_name = "AddUserToGroup";
  fields.target.user_name = "alice";
  fields.target.group_name = "ops";
  EXPECT_EQ(build(fields).target.principal_type, "group");
  fields.event_name = "UpdateUser";
  EXPECT_EQ(build(fields).target.principal_name, "alice");
  fields.target.role_name = "ci";
  EXPECT_EQ(build(fields).target.principal_name, "alice");
  fields.event_name = "Other";
  EXPECT_EQ(build(fields).target.principal_type, "role");
}

TEST(target, a_created_policy_has_the_arn_of_the_answer) {
  record_fields fields;
  fields.event_name = "CreatePolicy";
  fields.target.policy_name = "p";
  fields.target.created_policy_arn = "arn:created";
  EXPECT_EQ(build(fields).target.policy_arn, "arn:created");
  EXPECT_EQ(build(fields).target.policy_name, "p");
}

std::optional<std::string> name_of(const identity_fields& who) {
  record_fields fields;
  fields.identity = who;
  const alert made = build(fields);
  return made.actor.name ? std::optional{std::string{*made.actor.name}} : std::nullopt;
}

TEST(actor, has_the_name_that_a_person_would_use) {
  identity_fields who;
  who.type = "IAMUser";
  who.user_name = "alice";
  EXPECT_EQ(name_of(who), "alice");
  who.user_name = std::nullopt;
  who.arn = "arn:aws:iam::111122223333:user/division/alice";
  EXPECT_EQ(name_of(who), "alice");

  who = {};
  who.type = "AssumedRole";
  who.arn = "arn:aws:sts::111122223333:assumed-role/Admin/session";
  EXPECT_EQ(name_of(who), "Admin");
  who.session_issuer_user_name = "Issuer";
  EXPECT_EQ(name_of(who), "Issuer");

  who = {};
  who.type = "Root";
  EXPECT_EQ(name_of(who), "root");
  who.user_name = "account-alias";
  EXPECT_EQ(name_of(who), "account-alias");

  who = {};
  who.type = "FederatedUser";
  who.arn = "arn:aws:sts::111122223333:federated-user/bob";
  EXPECT_EQ(name_of(who), "bob");

  who = {};
  who.type = "AWSService";
  who.invoked_by = "cloudformation.amazonaws.com";
  EXPECT_EQ(name_of(who), "cloudformation.amazonaws.com");

  who = {};
  who.type = "IdentityCenterUser";
  who.on_behalf_of_user_id = "94482488-3041";
  EXPECT_EQ(name_of(who), "94482488-3041");

  who = {};
  who.type = "WebIdentityUser";
  who.principal_id = "accounts.google.com:x:y";
  EXPECT_EQ(name_of(who), "accounts.google.com:x:y");

  EXPECT_FALSE(name_of({}).has_value());
}

TEST(actor, an_assumed_role_has_a_session) {
  record_fields fields;
  fields.identity.type = "AssumedRole";
  fields.identity.arn = "arn:aws:sts::111122223333:assumed-role/Admin/alice";
  EXPECT_EQ(build(fields).actor.session_name, "alice");
}

TEST(account, is_the_recipient_s_and_else_the_actor_s) {
  record_fields fields;
  fields.identity.account_id = "444455556666";
  EXPECT_EQ(build(fields).account_id, "444455556666");
  fields.recipient_account_id = "111122223333";
  EXPECT_EQ(build(fields).account_id, "111122223333");
  EXPECT_FALSE(build({}).account_id.has_value());
}

}  // namespace
}  // namespace trailbell::emit

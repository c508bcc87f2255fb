#include "verify/resource_access.hpp"

#include <optional>

#include "verify/link_text.hpp"

namespace trailbell::verify {
namespace {

// `1234-...` for a key's id and ARN, `alias/name` for an alias and its ARN.
std::string_view bare_key(std::string_view key) {
  const std::string_view resource = key.starts_with("arn:") ? split_arn(key).resource : key;
  return resource.substr(resource.starts_with("key/") ? 4 : 0);
}

const described<std::string>* find_key(const by_name<std::string>& keys, const std::string& key) {
  for (const auto& [name, answer] : keys) {
    if (bare_key(name) == bare_key(key)) {
      return &answer;
    }
  }
  return nullptr;
}

class access_judge {
 public:
  access_judge(const region_inventory& region, const guarded_resource& to,
               const service_request& request)
      : region_{region},
        to_{to},
        request_{request},
        where_{split_arn(to.arn).region},
        service_{request.service},
        topic_{request.action == "sns:Publish"},
        verb_{topic_ ? "publish" : "send"},
        lost_{topic_ ? "nothing can be published" : "nothing can be sent"} {}

  chain_link judge() const {
    if (std::optional<chain_link> refused = judge_policy()) {
      return *refused;
    }
    return to_.kms_key.empty()
               ? present(to_.link, to_.arn, "exists, and its policy lets " + service_ + " " + verb_)
               : judge_key();
  }

 private:
  [[nodiscard]] chain_link fault(std::string reason, std::string remedy) const {
    return missing(to_.link, to_.arn, std::move(reason), std::move(remedy));
  }

  [[nodiscard]] std::string add_permission() const {
    return topic_ ? "aws sns add-permission --region " + shell_quoted(where_) + " --topic-arn " +
                        shell_quoted(to_.arn) + " --label trailbell --action-name Publish" +
                        " --aws-account-id " + shell_quoted(request_.account)
                  : "aws sqs set-queue-attributes --region " + shell_quoted(where_) +
                        " --queue-url \"$QUEUE_URL\" --attributes file://policy.json  # which "
                        "allows " +
                        service_ + " sqs:SendMessage where aws:SourceArn is " +
                        std::string{request_.source_arn};
  }

  [[nodiscard]] std::string set_key() const {
    return topic_ ? "aws sns set-topic-attributes --region " + shell_quoted(where_) +
                        " --topic-arn " + shell_quoted(to_.arn) +
                        " --attribute-name KmsMasterKeyId --attribute-value \"$KEY_ARN\""
                  : "aws sqs set-queue-attributes --region " + shell_quoted(where_) +
                        " --queue-url \"$QUEUE_URL\" --attributes KmsMasterKeyId=\"$KEY_ARN\"";
  }

  [[nodiscard]] std::optional<chain_link> judge_policy() const {
    if (topic_ && to_.policy.empty()) {
      return undetermined(to_.link, to_.arn, "AWS gave no policy of this topic");
    }
    switch (to_.policy.empty() ? permission::refused : permission_of(to_.policy, request_)) {
      case permission::allowed:
        return std::nullopt;
      case permission::unknown:
        return undetermined(to_.link, to_.arn,
                            "whether its policy lets " + service_ + " " + verb_ +
                                " depends on conditions that are not followed here");
      case permission::refused:
        break;
    }
    return fault("its policy does not let " + service_ + " " + verb_, add_permission());
  }

  [[nodiscard]] chain_link judge_key() const {
    const std::string own = topic_ ? "alias/aws/sns" : "alias/aws/sqs";
    if (to_.kms_key.ends_with(own)) {
      return fault("it is encrypted with " + own + ", a key that " + service_ +
                       " may not use: messages are lost; take a key of your own, whose policy "
                       "names the service",
                   set_key());
    }
    const auto* const state = find_key(region_.key_states, to_.kms_key);
    if (state != nullptr && state->complete() && !state->value.empty() &&
        state->value != "Enabled") {
      return fault("its key " + to_.kms_key + " is " + state->value + ": " + lost_, set_key());
    }
    const auto* const policy = find_key(region_.key_policies, to_.kms_key);
    if (policy == nullptr || !policy->complete()) {
      return cannot_tell(to_.link, to_.arn,
                         "it is encrypted with " + to_.kms_key + ", and GetKeyPolicy",
                         "kms:GetKeyPolicy", policy == nullptr ? listing{} : listing{*policy});
    }
    return judge_key_policy(policy->value);
  }

  [[nodiscard]] chain_link judge_key_policy(const std::string& policy) const {
    bool certain = true;
    for (const std::string_view action : {"kms:Decrypt", "kms:GenerateDataKey"}) {
      service_request asked = request_;
      asked.action = action;
      asked.resource = to_.kms_key;
      asked.account_counts = false;
      const permission got = permission_of(policy, asked);
      if (got == permission::refused) {
        return fault("the policy of its key " + to_.kms_key + " does not give " + service_ + " " +
                         std::string{action} + ": " + lost_,
                     "aws kms put-key-policy --region " + shell_quoted(where_) + " --key-id " +
                         shell_quoted(to_.kms_key) +
                         " --policy-name default --policy file://key-policy.json  # which allows " +
                         service_ + " kms:Decrypt and kms:GenerateDataKey*; or: " + set_key());
      }
      certain = certain && got == permission::allowed;
    }
    return certain
               ? present(to_.link, to_.arn,
                         "exists; its policy and that of its key let " + service_ + " " + verb_)
               : undetermined(to_.link, to_.arn,
                              "whether the policy of its key " + to_.kms_key + " lets " + service_ +
                                  " use it depends on conditions that are not followed here");
  }

  const region_inventory& region_;
  const guarded_resource& to_;
  const service_request& request_;
  std::string where_, service_;
  bool topic_;
  std::string verb_, lost_;
};

}  // namespace

chain_link judge_access(const region_inventory& region, const guarded_resource& to,
                        const service_request& request) {
  return access_judge{region, to, request}.judge();
}

}  // namespace trailbell::verify

#include "emit/webhook_shape.hpp"

#include <algorithm>
#include <string_view>

#include "trailbell/base/text.hpp"

namespace trailbell::emit {
namespace {

// Slack advises against more attachments than this in one message.
constexpr std::size_t slack_alerts_max = 20;

// Source: Slack, "Sending messages using incoming webhooks", "Reference: secondary message
// attachments". Without mrkdwn_in, nothing of an attachment is taken for formatting.
constexpr std::string_view slack_attachment =
    R"({"color":"{{colour}}","title":"{{severity}}: {{rule_title|slack}}",)"
    R"("fallback":"{{severity}}: {{summary|slack}}","text":"{{summary|slack}}","mrkdwn_in":[],)"
    R"("fields":[{"title":"Outcome","value":"{{outcome}} {{error_code|slack}}","short":true},)"
    R"({"title":"Time","value":"{{time}}","short":true},)"
    R"({"title":"Actor","value":"{{actor.arn|slack}}","short":false},)"
    R"({"title":"From","value":"{{source_ip|slack}}","short":true},)"
    R"({"title":"Event","value":"{{event_id|slack}}","short":true}],)"
    R"("footer":"{{rule_id|slack}} {{alert_id}}"})";

// Source: PagerDuty, "Events API v2", "Send an alert event".
constexpr std::string_view pagerduty_event =
    R"(,"event_action":"trigger","dedup_key":"{{alert_id}}","client":"trailbell",)"
    R"("payload":{"summary":"{{summary}}","source":"aws:{{account_id}}",)"
    R"("severity":"{{pagerduty_severity}}","timestamp":"{{time}}","component":"{{event_source}}",)"
    R"("group":"{{account_id}}","class":"{{rule_id}}","custom_details":{)"
    R"("rule":"{{rule_title}}","event_name":"{{event_name}}","event_id":"{{event_id}}",)"
    R"("event_time":"{{event_time}}","region":"{{aws_region}}","outcome":"{{outcome}}",)"
    R"("error_code":"{{error_code}}","actor":"{{actor.arn}}","source_ip":"{{source_ip}}",)"
    R"("user_agent":"{{user_agent}}","policy":"{{target.policy_arn}}",)"
    R"("position":"{{position}}"}}})";

std::string each_of(const webhook_options& options) {
  switch (options.body) {
    case webhook_body::json_array:
      return "{{alert}}";
    case webhook_body::ndjson:
      return "{{alert}}\n";
    case webhook_body::slack:
      return std::string{slack_attachment};
    case webhook_body::pagerduty: {
      std::string out = R"({"routing_key":)";
      append_json_text(options.routing_key, out);
      return out.append(pagerduty_event);
    }
    case webhook_body::custom:
      break;
  }
  return options.custom_body;
}

}  // namespace

result<webhook_shape> webhook_shape::make(const webhook_options& options) {
  if (options.body == webhook_body::custom && options.custom_body.empty()) {
    return error{errc::usage, "a webhook with a body of its own has none"};
  }
  if (options.body == webhook_body::pagerduty &&
      (options.routing_key.empty() || options.routing_key.find("{{") != std::string::npos)) {
    return error{errc::usage,
                 "PagerDuty needs the routing key of an integration with its Events API v2"};
  }
  result<alert_template> each = alert_template::parse(each_of(options));
  if (!each) {
    return each.failure();
  }
  webhook_shape out{std::move(each.value())};
  out.whole_ = options.append;
  const bool lines = options.body == webhook_body::ndjson;
  out.content_type_ = !options.content_type.empty() ? options.content_type
                      : lines                       ? "application/x-ndjson"
                                                    : "application/json";
  const std::size_t many = std::max<std::size_t>(options.alerts_max, 1);
  if (options.body == webhook_body::slack) {
    out.before_ = R"({"attachments":[)";
    out.after_ = "]}";
    out.between_ = ",";
    out.alerts_max_ = std::min(many, slack_alerts_max);
  } else if (options.body == webhook_body::json_array) {
    out.before_ = "[";
    out.after_ = "]";
    out.between_ = ",";
    out.alerts_max_ = many;
  } else if (lines) {
    out.alerts_max_ = many;
  }
  return out;
}

std::string webhook_shape::body(std::span<const alert* const> alerts) const {
  std::string out = before_;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    out.append(i == 0 ? "" : between_);
    each_.fill(*alerts[i], whole_, out);
  }
  return out.append(after_);
}

}  // namespace trailbell::emit

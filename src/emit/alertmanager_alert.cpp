#include "emit/alertmanager_alert.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/model/canary.hpp"

namespace trailbell::emit {
namespace {

using named_texts = std::vector<std::pair<std::string, std::string>>;

constexpr std::array<std::string_view, 8> our_labels{
    "alertname", "canary", "severity", "rule_id", "event_name", "account_id", "region", "alert_id"};
constexpr std::array<std::string_view, 11> our_annotations{
    "summary",    "actor",   "source_ip",  "user_agent", "event_id", "event_source",
    "event_time", "outcome", "error_code", "policy",     "position"};

constexpr std::string_view labels =
    R"({"labels":{"alertname":"{{rule_title}}","severity":"{{severity}}","rule_id":"{{rule_id}}",)"
    R"("event_name":"{{event_name}}","account_id":"{{account_id}}","region":"{{aws_region}}",)"
    R"("alert_id":"{{alert_id}}")";
constexpr std::string_view annotations =
    R"(},"annotations":{"summary":"{{summary}}","actor":"{{actor.arn}}",)"
    R"("source_ip":"{{source_ip}}","user_agent":"{{user_agent}}","event_id":"{{event_id}}",)"
    R"("event_source":"{{event_source}}","event_time":"{{event_time}}","outcome":"{{outcome}}",)"
    R"("error_code":"{{error_code}}","policy":"{{target.policy_arn}}","position":"{{position}}")";

template <std::size_t Count>
std::optional<error> append_own(const named_texts& own, const char* kind,
                                const std::array<std::string_view, Count>& ours,
                                std::string& text) {
  for (const auto& [name, value] : own) {
    if (!is_identifier(name) || std::find(ours.begin(), ours.end(), name) != ours.end()) {
      return error{errc::usage, std::string{"the Alertmanager "} + kind + " '" + name +
                                    "' is no name of one, or one that every alert has"};
    }
    append_json_text(name, text.append(","));
    append_json_text(value, text.append(":"));
  }
  return std::nullopt;
}

}  // namespace

result<alertmanager_alert> alertmanager_alert::make(const alertmanager_options& options) {
  std::string text{labels};
  if (const auto wrong = append_own(options.labels, "label", our_labels, text)) {
    return *wrong;
  }
  text.append(annotations);
  if (const auto wrong = append_own(options.annotations, "annotation", our_annotations, text)) {
    return *wrong;
  }
  text.append("}");
  if (!options.generator_url.empty()) {
    append_json_text(options.generator_url, text.append(R"(,"generatorURL":)"));
  }
  result<alert_template> parsed = alert_template::parse(text);
  if (!parsed) {
    return parsed.failure();
  }
  alertmanager_alert out{std::move(parsed.value())};
  out.resolve_after_ns_ =
      std::chrono::duration_cast<std::chrono::nanoseconds>(options.resolve_after).count();
  return out;
}

void alertmanager_alert::append(const alert& what, std::int64_t now_ns, std::string& out) const {
  const std::size_t begin = out.size();
  text_.fill(what, {}, out);
  if (is_canary(what)) {
    out.insert(begin + labels.find(R"("alertname")"), R"("canary":"true",)");
  }
  const auto event = what.event_time ? parse_rfc3339(*what.event_time) : std::nullopt;
  out.append(R"(,"startsAt":")").append(format_rfc3339(std::min(event.value_or(now_ns), now_ns)));
  out.append(R"(","endsAt":")").append(format_rfc3339(now_ns + resolve_after_ns_)).append("\"}");
}

}  // namespace trailbell::emit

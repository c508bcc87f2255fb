#include "trailbell/aws/notices_answer.hpp"

#include <array>

#include "aws/xml.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

struct notice_kind {
  std::string_view element, target;  // of the XML
  std::string_view list, arn;        // of the JSON
};
constexpr auto kinds =
    std::to_array<notice_kind>({{"QueueConfiguration", "Queue", "QueueConfigurations", "QueueArn"},
                                {"TopicConfiguration", "Topic", "TopicConfigurations", "TopicArn"},
                                {"CloudFunctionConfiguration", "CloudFunction",
                                 "LambdaFunctionConfigurations", "LambdaFunctionArn"}});

std::string quoted(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

std::string filter_of(const xml_element& notice) {
  std::string rules;
  if (const xml_element* const key = notice.find("Filter/S3Key")) {
    for (const xml_element& rule : key->children) {
      if (rule.name == "FilterRule") {
        rules += (rules.empty() ? "" : ",") + std::string{"{\"Name\":"} +
                 quoted(rule.text_at("Name")) + ",\"Value\":" + quoted(rule.text_at("Value")) + "}";
      }
    }
  }
  return rules.empty() ? "" : ",\"Filter\":{\"Key\":{\"FilterRules\":[" + rules + "]}}";
}

std::string notice_of(const xml_element& from, const notice_kind& kind) {
  std::string events;
  for (const xml_element& one : from.children) {
    if (one.name == "Event") {
      events += (events.empty() ? "" : ",") + quoted(one.text);
    }
  }
  return "{\"Id\":" + quoted(from.text_at("Id")) + ",\"" + std::string{kind.arn} +
         "\":" + quoted(from.text_at(kind.target)) + ",\"Events\":[" + events + "]" +
         filter_of(from) + "}";
}

}  // namespace

result<std::string> notices_answer(std::string_view xml) {
  const result<xml_element> root = parse_xml(xml);
  if (!root) {
    return root.failure();
  }
  if (root.value().name != "NotificationConfiguration") {
    return error{errc::not_text, "XML that is no NotificationConfiguration"};
  }
  std::string out;
  for (const notice_kind& kind : kinds) {
    std::string list;
    for (const xml_element& one : root.value().children) {
      if (one.name == kind.element) {
        list += (list.empty() ? "" : ",") + notice_of(one, kind);
      }
    }
    if (!list.empty()) {
      out += (out.empty() ? "" : ",") + quoted(kind.list) + ":[" + list + "]";
    }
  }
  if (root.value().find("EventBridgeConfiguration") != nullptr) {
    out += std::string{out.empty() ? "" : ","} + "\"EventBridgeConfiguration\":{}";
  }
  return "{" + out + "}";
}

}  // namespace trailbell::aws

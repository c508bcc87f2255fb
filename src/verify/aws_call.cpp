#include "verify/aws_call.hpp"

#include "trailbell/aws/notices_answer.hpp"
#include "trailbell/aws/query_answer.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::verify {
namespace {

void member(std::string_view name, const std::string& value, std::string& out) {
  if (!name.empty() && !value.empty()) {
    out += out.ends_with('{') ? "" : ",";
    append_json_text(name, out);
    out.push_back(':');
    append_json_text(value, out);
  }
}

void field(std::string_view name, const std::string& value, std::string& out) {
  if (!name.empty() && !value.empty()) {
    out += (out.empty() ? "" : "&") + std::string{name} + "=" + aws::encode_percent(value, "");
  }
}

bool has_one_of(json_value object, std::string_view names) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('|'), names.size());
    if (object.find(names.substr(0, end))) {
      return true;
    }
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

}  // namespace

std::string iam_action(const aws_call& call) {
  return std::string{call.service.section} + ":" +
         std::string{call.action.empty() ? call.name : call.action};
}

aws::service_request request_of(const aws_call& call, const std::string& thing,
                                const std::string& token) {
  aws::service_request request;
  if (call.service.style == call_style::rest) {
    request.method = "GET";
    request.target = "/" + aws::encode_percent(thing, "") + "?" + std::string{call.fixed} + "=";
    return request;
  }
  if (call.service.style == call_style::query) {
    field("Action", std::string{call.name}, request.body);
    field("Version", std::string{call.service.version}, request.body);
    field(call.thing, thing, request.body);
    field(call.token, token, request.body);
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    return request;
  }
  request.body = "{" + std::string{call.fixed};
  member(call.thing, thing, request.body);
  member(call.token, token, request.body);
  request.body.push_back('}');
  const bool old = call.service.style == call_style::json_1_0;
  request.headers = {
      {"Content-Type", old ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1"},
      {"X-Amz-Target", std::string{call.service.version} + "." + std::string{call.name}}};
  return request;
}

result<answer_page> page_of(const aws_call& call, const std::string& body) {
  answer_page page{body, ""};
  if (call.service.style == call_style::query || call.service.style == call_style::rest) {
    result<std::string> made = call.service.style == call_style::rest
                                   ? aws::notices_answer(body)
                                   : aws::query_answer(body, std::string{call.name});
    if (!made) {
      return made.failure();
    }
    page.json = std::move(made.value());
  }
  decode::json_reader reader;
  json_tree tree;
  if (!reader.read(page.json, tree) || !tree.root().is(json_kind::object)) {
    return error{errc::not_text, "the answer is no JSON object"};
  }
  if (!call.expected.empty() && !has_one_of(tree.root(), call.expected)) {
    return error{errc::not_text, "the answer has no " + std::string{call.expected} +
                                     ": is it AWS that answers there?"};
  }
  if (!call.token.empty()) {
    const std::optional<json_value> token = tree.root().find(call.token);
    page.token = token ? std::string{token->text()} : std::string{};
  }
  return page;
}

}  // namespace trailbell::verify

#include "aws/service_error.hpp"

#include <array>
#include <charconv>

#include "aws/json.hpp"
#include "aws/xml.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

// "com.amazonaws.sqs#QueueDoesNotExist", "AccessDenied:http://..."
std::string bare(std::string_view code) {
  code = code.substr(0, code.find(':'));
  const std::size_t hash = code.find('#');
  return std::string{hash == code.npos ? code : code.substr(hash + 1)};
}

void read_json(const http_response& response, service_error& into) {
  const result<json_tree> tree = parse_json(response.body);
  if (!tree || !tree.value().root().is(json_kind::object)) {
    return;
  }
  for (const char* const name : {"__type", "code", "Code"}) {
    if (into.code.empty()) {
      into.code = bare(text_of(tree.value(), name));
    }
  }
  for (const char* const name : {"message", "Message", "errorMessage"}) {
    if (into.message.empty()) {
      into.message = text_of(tree.value(), name);
    }
  }
}

void read_xml(const http_response& response, service_error& into) {
  const result<xml_element> root = parse_xml(response.body);
  if (!root) {
    return;
  }
  for (const char* const path : {"Error", "Errors/Error", ""}) {
    const xml_element* const found = root.value().find(path);
    if (found != nullptr && into.code.empty()) {
      into.code = found->text_at("Code");
      into.message = found->text_at("Message");
    }
  }
  for (const char* const name : {"RequestId", "RequestID"}) {
    if (into.request_id.empty()) {
      into.request_id = root.value().text_at(name);
    }
  }
}

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), into);
  return failure == std::errc{} && end == text.data() + text.size();
}

}  // namespace

service_error error_of(const http_response& response) {
  service_error out;
  for (const char* const name : {"x-amzn-requestid", "x-amz-request-id"}) {
    if (out.request_id.empty()) {
      out.request_id = response.header(name).value_or("");
    }
  }
  out.code = bare(response.header("x-amzn-errortype").value_or(""));
  const std::string_view body = trimmed(response.body, " \t\r\n");
  if (body.starts_with('{')) {
    read_json(response, out);
  } else if (body.starts_with('<')) {
    read_xml(response, out);
  }
  return out;
}

std::optional<unix_time> parse_http_date(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || !text.ends_with(" GMT")) {
    return std::nullopt;
  }
  unsigned day = 0;
  int year = 0;
  std::array<int, 3> clock{};
  const std::size_t month = months.find(text.substr(8, 3));
  const bool read = read_number(text.substr(5, 2), day) && read_number(text.substr(12, 4), year) &&
                    read_number(text.substr(17, 2), clock[0]) &&
                    read_number(text.substr(20, 2), clock[1]) &&
                    read_number(text.substr(23, 2), clock[2]) && month % 3 == 0;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month / 3 + 1)},
                                         std::chrono::day{day}};
  if (!read || !date.ok()) {
    return std::nullopt;
  }
  return std::chrono::sys_days{date} + std::chrono::hours{clock[0]} +
         std::chrono::minutes{clock[1]} + std::chrono::seconds{clock[2]};
}

}  // namespace trailbell::aws

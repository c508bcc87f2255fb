#include "trailbell/aws/query_answer.hpp"

#include <algorithm>

#include "aws/xml.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

bool all_named(const xml_element& of, std::string_view name) {
  return std::all_of(of.children.begin(), of.children.end(),
                     [&](const xml_element& one) { return one.name == name; });
}

void append(const xml_element& of, std::string& out);

void append_list(const xml_element& of, std::string& out) {
  out.push_back('[');
  for (const xml_element& one : of.children) {
    out += out.ends_with('[') ? "" : ",";
    append(one, out);
  }
  out.push_back(']');
}

void append_member(std::string_view name, const xml_element& value, std::string& out) {
  out += out.ends_with('{') ? "" : ",";
  append_json_text(name, out);
  out.push_back(':');
  append(value, out);
}

// `<entry><key>K</key><value>V</value></entry>`
void append_map(const xml_element& of, std::string& out) {
  out.push_back('{');
  for (const xml_element& one : of.children) {
    if (const xml_element* const value = one.find("value")) {
      append_member(one.text_at("key"), *value, out);
    }
  }
  out.push_back('}');
}

void append_members(const xml_element& of, std::string& out) {
  out.push_back('{');
  for (const xml_element& one : of.children) {
    append_member(one.name, one, out);
  }
  out.push_back('}');
}

void append(const xml_element& of, std::string& out) {
  if (of.children.empty()) {
    if (of.text.empty()) {
      out += "null";
    } else {
      append_json_text(of.text, out);
    }
  } else if (all_named(of, "member") || all_named(of, "item")) {
    append_list(of, out);
  } else if (all_named(of, "entry")) {
    append_map(of, out);
  } else {
    append_members(of, out);
  }
}

}  // namespace

result<std::string> query_answer(std::string_view xml, const std::string& action) {
  const result<xml_element> root = parse_xml(xml);
  if (!root) {
    return root.failure();
  }
  if (root.value().name != action + "Response") {
    return error{errc::not_text, "XML that is no answer to " + action};
  }
  const xml_element* const wrapped = root.value().find(action + "Result");
  std::string out;
  append_members(wrapped != nullptr ? *wrapped : root.value(), out);
  return out;
}

}  // namespace trailbell::aws

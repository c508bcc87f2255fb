#include "aws/json.hpp"

#include <boost/json/src.hpp>
#include <string>

#include "trailbell/model/json_builder.hpp"

namespace trailbell::aws {
namespace {

namespace json = boost::json;

void append(json_builder& into, std::string_view text) {
  into.pool().append(text);
}

void build(const json::value& value, json_builder& into) {
  if (const auto* const object = value.if_object()) {
    into.open(json_kind::object);
    for (const auto& member : *object) {
      append(into, {member.key().data(), member.key().size()});
      into.key();
      build(member.value(), into);
    }
    into.close();
  } else if (const auto* const array = value.if_array()) {
    into.open(json_kind::array);
    for (const auto& element : *array) {
      build(element, into);
    }
    into.close();
  } else if (const auto* const text = value.if_string()) {
    append(into, {text->data(), text->size()});
    into.text();
  } else if (value.is_number()) {
    append(into, json::serialize(value));
    into.number();
  } else if (const auto* const truth = value.if_bool()) {
    into.boolean(*truth);
  } else {
    into.null();
  }
}

}  // namespace

result<json_tree> parse_json(std::string_view text) {
  boost::system::error_code failure;
  const json::value value = json::parse({text.data(), text.size()}, failure);  // 32 levels at most
  if (failure) {
    return error{errc::not_text, "no JSON: " + failure.message()};
  }
  json_tree tree;
  json_builder builder;
  builder.begin(tree);
  build(value, builder);
  return tree;
}

std::string text_of(json_value object, std::string_view member) {
  const std::optional<json_value> found = object.find(member);
  return found ? std::string{found->text()} : std::string{};
}

std::string text_of(const json_tree& tree, std::string_view member) {
  return text_of(tree.root(), member);
}

}  // namespace trailbell::aws

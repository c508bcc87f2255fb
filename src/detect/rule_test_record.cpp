#include "detect/rule_test_record.hpp"

#include "detect/filter_number.hpp"
#include "trailbell/model/json_builder.hpp"

namespace trailbell::detect {
namespace {

void add_scalar(const yaml_mapping& in, const yaml_node& node, json_builder& builder) {
  switch (node.type()) {
    case yaml_type::null:
      builder.null();
      return;
    case yaml_type::boolean:
      builder.boolean(node.text.front() == 't' || node.text.front() == 'T');
      return;
    case yaml_type::integer:
    case yaml_type::decimal:
      if (!is_json_number(node.text)) {  // +5, 007, 1. and .5 are numbers in YAML only
        in.problem(node.at, "'" + node.text + "' is no number in JSON",
                   "put it in quotes where it is a text, such as an account");
      }
      builder.pool().append(node.text);
      builder.number();
      return;
    case yaml_type::text:
      break;
  }
  builder.pool().append(node.text);
  builder.text();
}

// The depth is that of the YAML, which is bounded.
void add(const yaml_mapping& in, const yaml_node& node, json_builder& builder) {
  if (node.kind == yaml_kind::scalar) {
    add_scalar(in, node, builder);
    return;
  }
  builder.open(node.kind == yaml_kind::mapping ? json_kind::object : json_kind::array);
  for (const yaml_node& item : node.items) {
    add(in, item, builder);
  }
  for (const yaml_member& member : node.members) {
    builder.pool().append(member.key);
    builder.key();
    add(in, member.value, builder);
  }
  builder.close();
}

}  // namespace

void read_test_record(const yaml_mapping& in, const yaml_node& record, rule_test& into) {
  if (record.kind != yaml_kind::mapping) {
    in.problem(record.at, std::string{"'record' is a mapping, and here stands "} + name_of(record),
               "write the record's members: {eventName: StopLogging}");
    return;
  }
  json_builder builder;
  builder.begin(into.record);
  add(in, record, builder);
  append_json(into.record.root(), into.raw);
}

}  // namespace trailbell::detect

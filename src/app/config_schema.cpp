#include "app/config_schema.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "app/config_keys.hpp"
#include "app/config_values.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

// An object, member by member; what is given is JSON.
class object {
 public:
  object& add(std::string_view name, std::string_view value) {
    text_ += (text_.empty() ? "" : ",") + json(name) + ":" + std::string{value};
    return *this;
  }
  [[nodiscard]] std::string done() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

std::string list(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) {
    all += (all.empty() ? "" : ",") + value;
  }
  return "[" + all + "]";
}

std::string words(const std::vector<std::string_view>& all) {
  std::vector<std::string> quoted;
  quoted.reserve(all.size());
  for (const std::string_view one : all) {
    quoted.push_back(json(one));
  }
  return list(quoted);
}

// A text with ${...} in it may become anything.
std::string or_expanded(const std::string& schema) {
  constexpr std::string_view expanded = R"({"type":"string","pattern":"\\$\\{"})";
  return list({schema, std::string{expanded}});
}

const char* pattern_of(text_shape shape) noexcept {
  switch (shape) {
    case text_shape::url:
      return R"("^https?://|\\$\\{")";
    case text_shape::address:
      return R"("^.+:[0-9]+$|\\$\\{")";
    case text_shape::topic:
      return R"("^[A-Za-z0-9._-]{1,249}$|\\$\\{")";
    case text_shape::topic_regex:
      return R"("^[A-Za-z0-9._-]{1,249}$|^\\^|\\$\\{")";
    case text_shape::line:
    case text_shape::free:
    case text_shape::brokers:
      break;
  }
  return nullptr;
}

std::string text_schema(text_shape shape) {
  object schema;
  schema.add("type", R"("string")").add("minLength", "1");
  if (const char* const pattern = pattern_of(shape)) {
    schema.add("pattern", pattern);
  }
  return schema.done();
}

std::string object_of(const config_keys& keys);

// What a slot takes, in the members of `into`; its default where it has one.
struct slot_schema {
  object& into;

  void operator()(const text_slot& slot) const {
    if (slot.nullable) {
      into.add("anyOf", list({text_schema(slot.shape), R"({"type":"null"})"}))
          .add("default", slot.value->empty() ? "null" : json(*slot.value));
      return;
    }
    into.add("type", R"("string")").add("minLength", "1");
    if (const char* const pattern = pattern_of(slot.shape)) {
      into.add("pattern", pattern);
    }
    if (!slot.value->empty()) {
      into.add("default", json(*slot.value));
    }
  }
  void operator()(const secret_slot&) const { into.add("type", R"(["string","null"])"); }
  void operator()(const truth_slot& slot) const {
    into.add("anyOf", or_expanded(R"({"type":"boolean"})"))
        .add("default", *slot.value ? "true" : "false");
  }
  void operator()(const duration_slot& slot) const {
    into.add("type", R"("string")")
        .add("pattern", R"("^[0-9]+(ms|s|m|h|d)$|\\$\\{")")
        .add("default", json(duration_text(*slot.value)));
  }
  void operator()(const size_slot& slot) const {
    object whole;
    whole.add("type", R"("integer")").add("minimum", std::to_string(slot.least));
    into.add("anyOf", list({whole.done(),
                            R"({"type":"string","pattern":"^[0-9]+ ?([kKmMgGtT]([iI])?)?[bB]$"})",
                            R"({"type":"string","pattern":"\\$\\{"})"}))
        .add("default", json(size_text(*slot.value)));
  }
  void operator()(const whole_slot& slot) const {
    object whole;
    whole.add("type", R"("integer")")
        .add("minimum", std::to_string(slot.least))
        .add("maximum", std::to_string(slot.most));
    into.add("anyOf", or_expanded(whole.done())).add("default", std::to_string(*slot.value));
  }
  void operator()(const choice_slot& slot) const {
    object one;
    one.add("enum", words(slot.words));
    into.add("anyOf", or_expanded(one.done())).add("default", json(slot.words[slot.get()]));
  }
  void operator()(const texts_slot& slot) const {
    object several;
    several.add("type", R"("array")").add("items", text_schema(slot.shape));
    several.add("uniqueItems", "true");
    into.add("anyOf", slot.one_will_do ? list({several.done(), text_schema(slot.shape)})
                                       : list({several.done()}));
  }
  void operator()(const map_slot&) const {
    into.add("type", R"(["object","null"])")
        .add("additionalProperties", R"({"type":["string","number","boolean"]})");
  }
  void operator()(const group_slot& slot) const {
    if (slot.make) {
      slot.make();
    }
    into.add("anyOf", list({object_of(slot.keys()), R"({"type":"null"})"}));
  }
  void operator()(const sinks_slot&) const;
};

std::string property(const config_key& key) {
  object schema;
  schema.add("description", json(key.about));
  std::visit(slot_schema{schema}, key.slot);
  return schema.done();
}

object described(const config_keys& keys) {
  object properties;
  std::vector<std::string_view> required;
  for (const config_key& key : keys) {
    properties.add(key.name, property(key));
    if (key.required) {
      required.push_back(key.name);
    }
  }
  object whole;
  whole.add("type", R"("object")").add("additionalProperties", "false");
  whole.add("properties", properties.done());
  if (!required.empty()) {
    whole.add("required", words(required));
  }
  return whole;
}

std::string object_of(const config_keys& keys) {
  return described(keys).done();
}

void slot_schema::operator()(const sinks_slot&) const {
  sink_config any;
  object sink = described(keys_of(any));
  std::vector<std::string> kinds;
  for (const std::string_view kind : sink_kinds()) {
    kinds.push_back(object{}.add("required", words({kind})).done());
  }
  sink.add("oneOf", list(kinds));
  into.add("type", R"("array")").add("minItems", "1").add("items", sink.done());
}

}  // namespace

std::string config_schema() {
  service_config defaults;
  object schema;
  schema.add("$schema", R"("https://json-schema.org/draft/2020-12/schema")")
      .add("title", json("trailbell.yaml"))
      .add("description", json("The configuration of `trailbell run`. Texts may hold ${NAME}, "
                               "${NAME:-default} and ${file:/path}; $$ is a dollar."));
  const std::string body = described(keys_of(defaults)).done();
  return schema.done().substr(0, schema.done().size() - 1) + "," + body.substr(1);
}

}  // namespace trailbell::app

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <variant>

#include "app/config_keys.hpp"
#include "app/config_values.hpp"
#include "app/reference_manual.hpp"
#include "app/reference_page.hpp"

namespace trailbell::app {
namespace {

// What a slot takes, and what it is without being set.
struct value_text {
  std::string type;
  std::string fallback;  // empty: none
};

struct value_reader {
  value_text operator()(const text_slot& slot) const {
    switch (slot.shape) {
      case text_shape::url:
        return {"URL", *slot.value};
      case text_shape::address:
        return {"HOST:PORT", *slot.value};
      case text_shape::brokers:
        return {"HOST:PORT,...", *slot.value};
      case text_shape::line:
      case text_shape::free:
      case text_shape::topic:
      case text_shape::topic_regex:
        break;
    }
    return {"TEXT", *slot.value};
  }
  value_text operator()(const secret_slot&) const { return {"SECRET", ""}; }
  value_text operator()(const truth_slot& slot) const {
    return {"true|false", *slot.value ? "true" : "false"};
  }
  value_text operator()(const duration_slot& slot) const {
    return {"DURATION", duration_text(*slot.value)};
  }
  value_text operator()(const size_slot& slot) const { return {"SIZE", size_text(*slot.value)}; }
  value_text operator()(const whole_slot& slot) const {
    return {fmt::format("{}..{}", slot.least, slot.most), std::to_string(*slot.value)};
  }
  value_text operator()(const choice_slot& slot) const {
    return {fmt::format("{}", fmt::join(slot.words, "|")), std::string{slot.words[slot.get()]}};
  }
  value_text operator()(const texts_slot& slot) const {
    return {slot.one_will_do ? "TEXT|[TEXT,...]" : "[TEXT,...]", ""};
  }
  value_text operator()(const map_slot&) const { return {"{NAME: TEXT,...}", ""}; }
  value_text operator()(const group_slot&) const { return {}; }
  value_text operator()(const sinks_slot&) const { return {}; }
};

void add_keys(reference_page& page, const std::string& at, std::string_view about,
              const config_keys& keys);

void add_key(reference_page& page, const config_key& key) {
  const value_text value = std::visit(value_reader{}, key.slot);
  std::string said = std::string{key.about} + ".";
  if (key.required) {
    said += " Required.";
  } else if (!value.fallback.empty()) {
    said += fmt::format(" Default: `{}`.", value.fallback);
  }
  page.tagged(key.name, value.type, said);
}

// A mapping's own keys first, then the mappings in it, each under its path.
void add_inner(reference_page& page, const std::string& at, const config_key& key) {
  const std::string path = at.empty() ? std::string{key.name} : fmt::format("{}.{}", at, key.name);
  if (const auto* const group = std::get_if<group_slot>(&key.slot)) {
    if (group->make) {
      group->make();
    }
    add_keys(page, path, key.about, group->keys());
  } else if (std::holds_alternative<sinks_slot>(key.slot)) {
    sink_config any;
    add_keys(page, path + "[]", "a list; of each entry one kind, and beside it", keys_of(any));
  }
}

bool is_mapping(const config_key& key) {
  return std::holds_alternative<group_slot>(key.slot) ||
         std::holds_alternative<sinks_slot>(key.slot);
}

void add_keys(reference_page& page, const std::string& at, std::string_view about,
              const config_keys& keys) {
  page.subsection(at.empty() ? "top level" : at);
  page.text(fmt::format("{}.", about));
  for (const config_key& key : keys) {
    if (!is_mapping(key)) {
      add_key(page, key);
    }
  }
  for (const config_key& key : keys) {
    if (is_mapping(key)) {
      add_inner(page, at, key);
    }
  }
}

constexpr std::string_view about_file =
    R"(What `trailbell run` is told. Unknown keys are errors; `trailbell config check` names every
error with its line, `trailbell config show` what is in force and where it came from.

`${NAME}`, `${NAME:-default}` and `${file:/path}` may stand in any value; `$$` is a dollar. A key is
also set by `--set section.key=value`, which goes before the environment
(`TRAILBELL_SECTION__KEY=value`), that before the file, and that before the default.

A DURATION is a whole number and ms, s, m, h or d; a SIZE a whole number of bytes, or one with B,
kB, MB, GB, TB, KiB, MiB, GiB or TiB.)";

}  // namespace

std::string configuration_page(const reference_edition& edition) {
  reference_page page{{.name = "trailbell.yaml",
                       .section = 5,
                       .date = edition.date,
                       .source = "trailbell " + edition.version,
                       .summary = "configuration of the service trailbell run"}};
  page.section("DESCRIPTION").text(about_file);
  page.section("KEYS");
  service_config defaults;
  add_keys(page, "", "The sections are below; beside them there is", keys_of(defaults));
  page.section("EXAMPLE").text(
      "  source: {file: {paths: [/var/log/cloudtrail]}}\n"
      "  sinks:\n"
      "    - file: {path: /var/log/trailbell/alerts.jsonl}\n"
      "  metrics: {listen: \"127.0.0.1:9464\"}");
  page.section("SEE ALSO").text("`trailbell`(1), `trailbell-run`(1), `trailbell-config`(1)");
  return page.done();
}

}  // namespace trailbell::app

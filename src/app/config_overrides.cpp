#include "app/config_overrides.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "app/config_keys.hpp"
#include "app/config_reader.hpp"
#include "app/config_shapes.hpp"
#include "app/config_values.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

constexpr std::string_view prefix = "TRAILBELL_";

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  return parts;
}

std::vector<std::string_view> names_of(const config_keys& keys) {
  std::vector<std::string_view> names;
  for (const config_key& key : keys) {
    names.push_back(key.name);
  }
  return names;
}

std::vector<std::string_view> root_names() {
  service_config none;
  return names_of(keys_of(none));  // literals
}

bool is_structured(const config_slot& slot, std::string_view value) {
  const bool list = std::holds_alternative<texts_slot>(slot) && value.starts_with('[');
  return list || std::holds_alternative<map_slot>(slot) ||
         std::holds_alternative<group_slot>(slot) || std::holds_alternative<sinks_slot>(slot);
}

// Follows an override's names from key to key, and sets what the last one means.
class walk {
 public:
  walk(const config_override& what, const config_surroundings& around, loaded_config& into,
       problem_list& problems)
      : what_{what}, around_{around}, into_{into}, problems_{problems} {}

  void run() {
    config_keys keys = keys_of(into_.config);
    while (true) {
      const std::string& name = what_.names[at_];
      const config_key* const key = find_key(keys, name);
      if (key == nullptr) {
        unknown(keys, name);
        return;
      }
      path_ += (path_.empty() ? "" : ".") + name;
      if (++at_ == what_.names.size()) {
        set(*key);
        return;
      }
      if (const auto* const map = std::get_if<map_slot>(&key->slot)) {
        set_entry(*map);
        return;
      }
      std::optional<config_keys> inner = enter(*key);
      if (!inner) {
        return;
      }
      keys = std::move(*inner);
    }
  }

 private:
  void problem(std::string what, std::string remedy) {
    problems_.push_back({what_.from, {}, std::move(what), std::move(remedy)});
  }

  void unknown(const config_keys& keys, const std::string& name) {
    const std::vector<std::string_view> names = names_of(keys);
    const std::string_view near = nearest(name, names);
    std::string all;
    for (const std::string_view one : names) {
      all += (all.empty() ? "" : ", ") + std::string{one};
    }
    problem("unknown key '" + name + "'" + (path_.empty() ? "" : " in '" + path_ + "'"),
            near.empty() ? "there are " + all : "did you mean '" + std::string{near} + "'?");
  }

  std::optional<config_keys> enter(const config_key& key) {
    if (const auto* const group = std::get_if<group_slot>(&key.slot)) {
      if (path_.starts_with("sinks.") && !group->present()) {
        problem("'" + path_ + "': this sink is of another kind", "name the kind that it has");
        return std::nullopt;
      }
      if (group->make) {
        group->make();
        into_.origins.try_emplace(path_, config_origin{what_.layer, what_.from, {}});
      }
      return group->keys();
    }
    if (const auto* const sinks = std::get_if<sinks_slot>(&key.slot)) {
      const std::optional<std::int64_t> which = parse_whole(what_.names[at_]);
      const auto count = static_cast<std::int64_t>(sinks->value->size());
      if (!which || *which < 0 || *which >= count || at_ + 1 == what_.names.size()) {
        problem("'sinks." + what_.names[at_] + "' is no key of one of the " +
                    std::to_string(count) + " sinks",
                "write the sink's number, from 0, and its key: sinks.0.required");
        return std::nullopt;
      }
      path_ += "." + what_.names[at_++];
      return keys_of((*sinks->value)[static_cast<std::size_t>(*which)]);
    }
    problem("'" + path_ + "' is one value, and has no keys", "end the name there");
    return std::nullopt;
  }

  void set(const config_key& key) {
    into_.origins[path_] = {what_.layer, what_.from, {}};
    if (!is_structured(key.slot, what_.value)) {
      const yaml_file file{what_.from, what_.value, {}, {}};
      reader(file, true).read(key, scalar(), path_);
      return;
    }
    result<yaml_file, file_problem> parsed = read_yaml(what_.from, what_.value);
    if (!parsed) {
      problems_.push_back(parsed.failure());
      return;
    }
    const yaml_file& file = parsed.value();
    problems_.insert(problems_.end(), file.problems.begin(), file.problems.end());
    const yaml_node nothing = null();
    reader(file, false).read(key, file.documents.empty() ? nothing : file.documents.front(), path_);
  }

  void set_entry(const map_slot& map) {
    std::string name = what_.names[at_];
    for (std::size_t i = at_ + 1; i < what_.names.size(); ++i) {
      name += "." + what_.names[i];
    }
    if (what_.layer == config_layer::environment && map.kind <= map_kind::headers) {
      std::replace(name.begin(), name.end(), '_', map.kind == map_kind::headers ? '-' : '.');
    }
    path_ += "." + name;
    if (const std::optional<shape_fault> fault = fault_of_name(name, map.kind)) {
      problem("'" + name + "' " + fault->what, fault->remedy);
      return;
    }
    into_.origins[path_] = {what_.layer, what_.from, {}};
    const yaml_file file{what_.from, what_.value, {}, {}};
    reader(file, true).read_entry(map, name, scalar(), path_);
  }

  [[nodiscard]] config_reader reader(const yaml_file& file, bool loose) {
    const bool expands = what_.layer == config_layer::flag;
    return {file, {what_.layer, expands, loose}, around_, into_, problems_};
  }

  [[nodiscard]] yaml_node scalar() const {
    yaml_node node;
    node.text = what_.value;
    return node;
  }
  [[nodiscard]] static yaml_node null() {
    yaml_node node;
    node.plain = true;
    return node;
  }

  const config_override& what_;
  const config_surroundings& around_;
  loaded_config& into_;
  problem_list& problems_;
  std::size_t at_ = 0;
  std::string path_;
};

}  // namespace

bool is_config_variable(std::string_view name) {
  if (!name.starts_with(prefix)) {
    return false;
  }
  name.remove_prefix(prefix.size());
  const std::vector<std::string_view> roots = root_names();
  return name.find("__") != std::string_view::npos ||
         std::find(roots.begin(), roots.end(), fold_ascii(name)) != roots.end();
}

std::vector<config_override> overrides_of(const std::map<std::string, std::string>& environment,
                                          problem_list& warnings) {
  const std::vector<std::string_view> roots = root_names();
  std::vector<config_override> all;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(prefix)) {
      continue;
    }
    const std::string key = fold_ascii(std::string_view{name}.substr(prefix.size()));
    if (is_config_variable(name)) {
      all.push_back({config_layer::environment, name, split(key, "__"), value});
    } else if (const std::string_view near = nearest(key, roots); !near.empty()) {
      warnings.push_back({name,
                          {},
                          "sets no key of the configuration",
                          "rename it, if it is not meant for '" + std::string{near} + "'"});
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.names.size() < b.names.size(); });
  return all;
}

std::vector<config_override> overrides_of(const std::vector<std::string>& settings,
                                          problem_list& problems) {
  std::vector<config_override> all;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      problems.push_back({"--set " + setting,
                          {},
                          "no setting",
                          "write a key, '=' and its value, such as delivery.drain_timeout=10s"});
      continue;
    }
    const std::string key = setting.substr(0, equals);
    all.push_back(
        {config_layer::flag, "--set " + key, split(key, "."), setting.substr(equals + 1)});
  }
  return all;
}

void apply(const config_override& override, const config_surroundings& around, loaded_config& into,
           problem_list& problems) {
  walk{override, around, into, problems}.run();
}

}  // namespace trailbell::app

#include "app/config_show.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/config_keys.hpp"
#include "app/config_values.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

constexpr std::size_t origin_column = 56;

std::string quoted(std::string_view text) {
  std::string out;
  append_json_text(unexpanded(text), out);
  return out;
}

// Chat webhooks have their secret in the path.
std::string masked_url(const std::string& url, bool mask_path) {
  const std::optional<url_parts> parts = parse_url(url);
  if (!parts) {
    return masked_text;
  }
  std::string out = std::string{parts->scheme} + "://";
  out += parts->user_info.empty() ? "" : std::string{masked_text} + "@";
  out += parts->authority;
  out += mask_path && parts->path.size() > 1 ? std::string{"/"} + masked_text
                                             : std::string{parts->path};
  return parts->query.empty() ? out : out + "?" + masked_text;
}

class yaml_writer {
 public:
  explicit yaml_writer(const loaded_config& loaded) : loaded_{loaded} {}

  void write(const config_keys& keys, const std::string& path, std::size_t indent) {
    for (const config_key& key : keys) {
      const std::string inner = (path.empty() ? "" : path + ".") + std::string{key.name};
      if (const auto* const group = std::get_if<group_slot>(&key.slot)) {
        if (!group->present || group->present()) {
          line(indent, std::string{key.name} + ":", "");
          write(group->keys(), inner, indent + 2);
        }
      } else if (const auto* const sinks = std::get_if<sinks_slot>(&key.slot)) {
        write_sinks(*sinks, inner);
      } else if (const auto* const map = std::get_if<map_slot>(&key.slot)) {
        write_map(*map, key.name, inner, indent);
      } else {
        const bool hidden = loaded_.masked.contains(inner);
        line(indent, std::string{key.name} + ": " + value_of(key.slot, hidden), inner);
      }
    }
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  // `path` of the value, to say where it came from; empty where nothing is to be said.
  void line(std::size_t indent, const std::string& text, const std::string& path) {
    std::string whole = lead_.empty() ? std::string(indent, ' ') : std::exchange(lead_, "");
    whole += text;
    if (!path.empty()) {
      whole.resize(std::max(whole.size() + 2, origin_column), ' ');
      whole += "# " + origin_of(path);
    }
    out_ += whole + "\n";
  }

  [[nodiscard]] std::string origin_of(const std::string& path) const {
    const auto found = loaded_.origins.find(path);
    if (found == loaded_.origins.end()) {
      return "default";
    }
    const config_origin& origin = found->second;
    std::string text = origin.from;
    if (origin.layer == config_layer::file) {
      text += ":" + std::to_string(origin.at.line);
    }
    std::string safe;
    append_printable(text, safe);
    return safe;
  }

  void write_sinks(const sinks_slot& sinks, const std::string& path) {
    line(0, "sinks:", "");
    for (std::size_t i = 0; i < sinks.value->size(); ++i) {
      lead_ = "  - ";
      write(keys_of((*sinks.value)[i]), path + "." + std::to_string(i), 4);
    }
  }

  void write_map(const map_slot& map, std::string_view name, const std::string& path,
                 std::size_t indent) {
    if (map.value->empty()) {
      line(indent, std::string{name} + ": {}", path);
      return;
    }
    line(indent, std::string{name} + ":", "");
    for (const auto& [key, value] : *map.value) {
      std::string inner = path;
      inner += '.';
      inner += key;
      const bool hidden = loaded_.masked.contains(inner) || is_secret(map.kind, key);
      std::string text;
      append_json_text(key, text);
      text += ": ";
      text += quoted(hidden ? masked_text : value);
      line(indent + 2, text, inner);
    }
  }

  [[nodiscard]] static std::string value_of(const config_slot& slot, bool hidden) {
    return std::visit(
        overloaded{
            [&](const text_slot& one) {
              if (one.value->empty()) {
                return std::string{"null"};
              }
              const bool url = one.shape == text_shape::url;
              return quoted(hidden ? masked_text : url ? masked_url(*one.value, true) : *one.value);
            },
            [&](const secret_slot& one) {
              return one.value->empty() ? std::string{"null"} : quoted(masked_text);
            },
            [&](const truth_slot& one) { return std::string{*one.value ? "true" : "false"}; },
            [&](const duration_slot& one) { return duration_text(*one.value); },
            [&](const size_slot& one) { return size_text(*one.value); },
            [&](const whole_slot& one) { return std::to_string(*one.value); },
            [&](const choice_slot& one) { return std::string{one.words[one.get()]}; },
            [&](const texts_slot& one) {
              std::string all;
              for (const std::string& text : *one.value) {
                const bool url = one.shape == text_shape::url;
                all += all.empty() ? "" : ", ";
                all += quoted(hidden ? masked_text : url ? masked_url(text, false) : text);
              }
              return "[" + all + "]";
            },
            [&](const auto&) { return std::string{}; },
        },
        slot);
  }

  const loaded_config& loaded_;
  std::string lead_;  // of the next line: the dash of a list
  std::string out_;
};

}  // namespace

std::string shown(loaded_config loaded) {
  yaml_writer writer{loaded};
  writer.write(keys_of(loaded.config), "", 0);
  return writer.take();
}

}  // namespace trailbell::app

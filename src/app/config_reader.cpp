#include "app/config_reader.hpp"

#include <algorithm>
#include <utility>

#include "app/config_shapes.hpp"
#include "app/config_values.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::app {
namespace {

std::string quoted(std::string_view text) {
  return "'" + std::string{text} + "'";
}

std::string below(const std::string& path, std::string_view name) {
  return path.empty() ? std::string{name} : path + "." + std::string{name};
}

std::string listed(const std::vector<std::string_view>& words) {
  std::string all;
  for (const std::string_view word : words) {
    all += (all.empty() ? "" : ", ") + std::string{word};
  }
  return all;
}

}  // namespace

config_reader::config_reader(const yaml_file& file, reader_options options,
                             const config_surroundings& around, loaded_config& into,
                             problem_list& problems)
    : file_{file}, options_{options}, around_{around}, into_{into}, problems_{problems} {}

void config_reader::problem(text_place at, std::string what, std::string remedy) {
  problems_.push_back({file_.path, at, std::move(what), std::move(remedy)});
}

void config_reader::wrong(const yaml_node& node, std::string_view name, const std::string& wanted,
                          const std::string& found, std::string remedy) {
  problem(node.at, quoted(name) + " is " + wanted + ", and here stands " + found,
          std::move(remedy));
}

void config_reader::forget_below(const std::string& path) {
  const std::string prefix = path + ".";
  std::erase_if(into_.origins, [&](const auto& one) { return one.first.starts_with(prefix); });
  std::erase_if(into_.masked, [&](const std::string& one) { return one.starts_with(prefix); });
}

void config_reader::read_mapping(const config_keys& keys, const yaml_node& node,
                                 const std::string& path) {
  std::vector<std::string_view> names;
  for (const config_key& key : keys) {
    names.push_back(key.name);
  }
  const std::string what = path.empty() ? "a configuration" : quoted(path);
  const yaml_mapping mapping{file_, node, what.c_str(), names, problems_};
  for (const yaml_member& member : node.members) {
    if (const config_key* const key = find_key(keys, member.key)) {
      into_.origins[below(path, member.key)] = {options_.layer, file_.path, member.at};
      read(*key, member.value, below(path, member.key));
    }
  }
}

void config_reader::read(const config_key& key, const yaml_node& node, const std::string& path) {
  into_.masked.erase(path);
  std::visit([&](const auto& slot) { set(slot, key, node, path); }, key.slot);
}

std::optional<config_reader::scalar> config_reader::scalar_of(const yaml_node& node,
                                                              std::string_view name,
                                                              const char* wanted,
                                                              const std::string& path) {
  if (node.kind != yaml_kind::scalar) {
    wrong(node, name, wanted, name_of(node), "write one value");
    return std::nullopt;
  }
  scalar got{node.text, node.type(), options_.loose};
  if (options_.loose && (node.text.empty() || node.text == "null")) {
    got.type = yaml_type::null;
  }
  if (!options_.expands) {
    return got;
  }
  result<expanded_text, expansion_fault> done = expand(node.text, around_);
  if (!done) {
    const expansion_fault& fault = done.failure();
    problem(file_.place_in(node, fault.offset), fault.what, fault.remedy);
    return std::nullopt;
  }
  got.text = std::move(done.value().text);
  got.loose = got.loose || done.value().expanded;
  if (done.value().from_file) {
    into_.masked.insert(path);
  }
  return got;
}

std::optional<std::string> config_reader::text_of(const yaml_node& node, std::string_view name,
                                                  text_shape shape, const std::string& path,
                                                  bool nullable) {
  std::optional<scalar> got = scalar_of(node, name, "a text", path);
  if (!got) {
    return std::nullopt;
  }
  if (nullable && (got->type == yaml_type::null || (got->loose && got->text.empty()))) {
    return std::string{};
  }
  if (!got->loose && got->type != yaml_type::text) {
    const bool quotable = got->type != yaml_type::null;
    wrong(node, name, "a text", name_of(node),
          quotable ? "put it in quotes" : "write it, or leave the key out");
    return std::nullopt;
  }
  if (const std::optional<shape_fault> fault = fault_of(got->text, shape)) {
    problem(node.at, quoted(name) + " " + fault->what, fault->remedy);
    return std::nullopt;
  }
  return std::move(got->text);
}

void config_reader::set(const text_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  if (std::optional<std::string> text = text_of(node, key.name, slot.shape, path, slot.nullable)) {
    *slot.value = std::move(*text);
  }
}

void config_reader::set(const secret_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  if (std::optional<std::string> text =
          text_of(node, key.name, text_shape::line, path, !key.required)) {
    *slot.value = secret{std::move(*text)};
  }
}

void config_reader::set(const truth_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  constexpr const char* wanted = "true or false";
  const std::optional<scalar> got = scalar_of(node, key.name, wanted, path);
  if (got && (got->text == "true" || got->text == "false") &&
      (got->loose || got->type == yaml_type::boolean)) {
    *slot.value = got->text == "true";
  } else if (got) {
    wrong(node, key.name, wanted, quoted(got->text), "write one of them, without quotes");
  }
}

void config_reader::set(const duration_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  constexpr const char* wanted = "a length of time";
  const std::optional<scalar> got = scalar_of(node, key.name, wanted, path);
  if (!got) {
    return;
  }
  const std::optional<milliseconds> time = parse_duration(got->text);
  if (!time) {
    wrong(node, key.name, wanted, quoted(got->text),
          "write a whole number and ms, s, m, h or d, such as 30s; ten years at most");
  } else if (*time < slot.least) {
    problem(node.at, quoted(key.name) + " is too short",
            duration_text(slot.least) + " is the least");
  } else {
    *slot.value = *time;
  }
}

void config_reader::set(const size_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  constexpr const char* wanted = "a size";
  const std::optional<scalar> got = scalar_of(node, key.name, wanted, path);
  if (!got) {
    return;
  }
  const std::optional<std::uint64_t> size = parse_size(got->text);
  if (!size) {
    wrong(node, key.name, wanted, quoted(got->text),
          "write a whole number of bytes, or one with a unit, such as 256MiB");
  } else if (*size < slot.least) {
    problem(node.at, quoted(key.name) + " is too small", size_text(slot.least) + " is the least");
  } else {
    *slot.value = *size;
  }
}

void config_reader::set(const whole_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  const std::string wanted =
      "a whole number from " + std::to_string(slot.least) + " to " + std::to_string(slot.most);
  const std::optional<scalar> got = scalar_of(node, key.name, wanted.c_str(), path);
  if (!got) {
    return;
  }
  const std::optional<std::int64_t> number = parse_whole(got->text);
  if (number && *number >= slot.least && *number <= slot.most) {
    *slot.value = static_cast<int>(*number);
  } else {
    wrong(node, key.name, wanted, quoted(got->text), "write one of them");
  }
}

void config_reader::set(const choice_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  const std::string wanted = "one of " + listed(slot.words);
  const std::optional<scalar> got = scalar_of(node, key.name, wanted.c_str(), path);
  if (!got) {
    return;
  }
  const auto found = std::find(slot.words.begin(), slot.words.end(), got->text);
  if (found != slot.words.end()) {
    slot.set(static_cast<std::size_t>(found - slot.words.begin()));
    return;
  }
  const std::string_view near = nearest(got->text, slot.words);
  wrong(node, key.name, wanted, quoted(got->text),
        near.empty() ? "write one of them" : "did you mean " + quoted(near) + "?");
}

void config_reader::set(const texts_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  const bool one = node.kind == yaml_kind::scalar && (slot.one_will_do || options_.loose);
  if (!one && node.kind != yaml_kind::sequence) {
    wrong(node, key.name, "a list", name_of(node), "write each entry behind a dash, or [a, b]");
    return;
  }
  if (!one && node.items.empty() && key.required) {
    problem(node.at, quoted(key.name) + " lists nothing", "write one or more");
    return;
  }
  std::vector<std::string> all;
  const auto add = [&](const yaml_node& item) {
    std::optional<std::string> text = text_of(item, key.name, slot.shape, path);
    if (text && std::find(all.begin(), all.end(), *text) != all.end()) {
      problem(item.at, quoted(*text) + " stands in " + quoted(key.name) + " twice", "remove one");
    } else if (text) {
      all.push_back(std::move(*text));
    }
  };
  if (one) {
    add(node);
  }
  std::for_each(node.items.begin(), node.items.end(), add);
  *slot.value = std::move(all);
}

void config_reader::set(const map_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  forget_below(path);
  slot.value->clear();
  if (node.kind != yaml_kind::mapping) {
    if (node.kind != yaml_kind::scalar || node.type() != yaml_type::null) {
      wrong(node, key.name, "a mapping", name_of(node), "write 'name: value' in it");
    }
    return;
  }
  for (const yaml_member& member : node.members) {
    const std::string inner = below(path, member.key);
    into_.origins[inner] = {options_.layer, file_.path, member.at};
    if (const std::optional<shape_fault> fault = fault_of_name(member.key, slot.kind)) {
      problem(member.at, quoted(member.key) + " " + fault->what, fault->remedy);
    } else {
      read_entry(slot, member.key, member.value, inner);
    }
  }
}

void config_reader::read_entry(const map_slot& slot, std::string_view name, const yaml_node& node,
                               const std::string& path) {
  into_.masked.erase(path);
  const std::optional<scalar> got = scalar_of(node, name, "a text", path);
  if (!got) {
    return;
  }
  if (got->type == yaml_type::null && !got->loose) {
    wrong(node, name, "a text", "nothing", "write it, or \"\" for the empty text");
    return;
  }
  if (const std::optional<shape_fault> fault = fault_of_value(got->text, slot.kind)) {
    problem(node.at, quoted(name) + " " + fault->what, fault->remedy);
    return;
  }
  slot.value->insert_or_assign(std::string{name}, got->text);
}

void config_reader::set(const group_slot& slot, const config_key&, const yaml_node& node,
                        const std::string& path) {
  if (slot.make) {
    slot.make();
  }
  if (node.kind != yaml_kind::scalar || node.type() != yaml_type::null) {
    read_mapping(slot.keys(), node, path);
  }
}

void config_reader::set(const sinks_slot& slot, const config_key& key, const yaml_node& node,
                        const std::string& path) {
  forget_below(path);
  slot.value->clear();
  if (node.kind != yaml_kind::sequence) {
    wrong(node, key.name, "a list", name_of(node), "write each sink behind a dash");
    return;
  }
  if (node.items.size() > limits::config_sinks_max) {
    problem(node.at, std::to_string(node.items.size()) + " sinks",
            std::to_string(limits::config_sinks_max) + " are the most");
    return;
  }
  slot.value->resize(node.items.size());
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string inner = below(path, std::to_string(i));
    into_.origins[inner] = {options_.layer, file_.path, node.items[i].at};
    read_sink((*slot.value)[i], node.items[i], inner);
  }
}

void config_reader::read_sink(sink_config& sink, const yaml_node& node, const std::string& path) {
  const config_keys keys = keys_of(sink);
  const auto kinds = sink_kinds();
  const yaml_member* first = nullptr;
  for (const yaml_member& member : node.members) {
    if (std::find(kinds.begin(), kinds.end(), member.key) == kinds.end()) {
      continue;
    }
    if (first != nullptr) {
      problem(member.at,
              "a sink of two kinds, " + quoted(first->key) + " and " + quoted(member.key),
              "write the second behind a dash of its own");
      return;
    }
    first = &member;
  }
  read_mapping(keys, node, path);
  if (first == nullptr && node.kind == yaml_kind::mapping) {
    problem(node.at, "a sink without its kind", "one of " + listed({kinds.begin(), kinds.end()}));
  }
}

}  // namespace trailbell::app

#include "verify/alert_routing.hpp"

#include <algorithm>

#include "trailbell/base/text.hpp"
#include "trailbell/detect/whole_regex.hpp"
#include "trailbell/model/yaml.hpp"

namespace trailbell::verify {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::size_t routes_deep_max = 64;

// Splits at commas that stand outside of quotes.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == ',' && !quoted) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"')) {
    return text.find('"') == std::string_view::npos ? std::optional{std::string{text}}
                                                    : std::nullopt;
  }
  if (!text.ends_with('"')) {
    return std::nullopt;
  }
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(text[i]);
      continue;
    }
    const char next = ++i < text.size() ? text[i] : '\0';
    if (next != 'n' && next != '"' && next != '\\') {
      return std::nullopt;
    }
    out.push_back(next == 'n' ? '\n' : next);
  }
  return out;
}

std::optional<label_matcher> parse_matcher(std::string_view text) {
  const std::size_t at = text.find_first_of("=!");
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  label_matcher out;
  std::string_view rest = text.substr(at);
  out.equal = !rest.starts_with('!');
  out.regex = rest.starts_with("=~") || rest.starts_with("!~");
  if (!rest.starts_with('=') && !rest.starts_with("!=") && !rest.starts_with("!~")) {
    return std::nullopt;
  }
  rest.remove_prefix(out.regex || !out.equal ? 2 : 1);
  const std::optional<std::string> name = unquoted(trimmed(text.substr(0, at), blanks));
  const std::optional<std::string> value = unquoted(trimmed(rest, blanks));
  if (!name || name->empty() || !value) {
    return std::nullopt;
  }
  out.name = *name;
  out.value = *value;
  return out;
}

class config_reader {
 public:
  result<alert_routing> read(const yaml_node& root) {
    const yaml_member* const route = root.find("route");
    if (route == nullptr) {
      return error{errc::not_text, "it has no route"};
    }
    alert_routing out;
    out.root = read_route(route->value, "", 0);
    if (const yaml_member* const receivers = root.find("receivers")) {
      for (const yaml_node& one : receivers->value.items) {
        const yaml_member* const name = one.find("name");
        (tells(one) ? out.telling : out.silent).insert(name == nullptr ? "" : name->value.text);
      }
    }
    if (const yaml_member* const rules = root.find("inhibit_rules")) {
      for (const yaml_node& one : rules->value.items) {
        inhibition rule;
        rule.source = read_matchers(one, "source_match", "source_match_re", "source_matchers");
        rule.target = read_matchers(one, "target_match", "target_match_re", "target_matchers");
        if (const yaml_member* const equal = one.find("equal")) {
          for (const yaml_node& label : equal->value.items) {
            rule.equal.insert(label.text);
          }
        }
        out.inhibitions.push_back(std::move(rule));
      }
    }
    if (!problem_.empty()) {
      return error{errc::not_text, problem_};
    }
    return out;
  }

 private:
  static bool tells(const yaml_node& receiver) {
    return std::any_of(receiver.members.begin(), receiver.members.end(),
                       [](const yaml_member& member) {
                         return member.key.ends_with("_configs") && !member.value.items.empty();
                       });
  }

  alert_route read_route(const yaml_node& from, const std::string& inherited, std::size_t depth) {
    alert_route out;
    out.receiver = inherited;
    if (const yaml_member* const receiver = from.find("receiver")) {
      out.receiver = receiver->value.text;
    }
    if (depth > 0) {
      out.matchers = read_matchers(from, "match", "match_re", "matchers");
    }
    const yaml_member* const go_on = from.find("continue");
    out.go_on = go_on != nullptr && go_on->value.text == "true";
    for (const char* const times : {"mute_time_intervals", "active_time_intervals"}) {
      const yaml_member* const member = from.find(times);
      out.at_times = out.at_times || (member != nullptr && !member->value.items.empty());
    }
    const yaml_member* const routes = from.find("routes");
    if (routes != nullptr && depth == routes_deep_max) {
      problem_ = "its routes are too deep";
    } else if (routes != nullptr) {
      for (const yaml_node& one : routes->value.items) {
        out.routes.push_back(read_route(one, out.receiver, depth + 1));
      }
    }
    return out;
  }

  std::vector<label_matcher> read_matchers(const yaml_node& from, std::string_view equal,
                                           std::string_view regex, std::string_view texts) {
    std::vector<label_matcher> all;
    for (const std::string_view key : {equal, regex}) {
      if (const yaml_member* const member = from.find(key)) {
        for (const yaml_member& one : member->value.members) {
          all.push_back({one.key, one.value.text, key == regex, true});
        }
      }
    }
    const yaml_member* const member = from.find(texts);
    if (member == nullptr) {
      return all;
    }
    for (const yaml_node& one : member->value.items) {
      if (const auto some = parse_matchers(one.text)) {
        all.insert(all.end(), some->begin(), some->end());
      } else {
        problem_ = "a matcher is not understood: " + one.text;
      }
    }
    return all;
  }

  std::string problem_;
};

// Whether the alert ends here or below.
bool collect(const alert_route& route, const alert_labels& labels, routed_alert& out) {
  const passing here = match_all(route.matchers, labels);
  out.certain = out.certain && here != passing::maybe;
  if (here == passing::no) {
    return false;
  }
  bool below = false;
  for (const alert_route& one : route.routes) {
    if (collect(one, labels, out)) {
      below = true;
      if (!one.go_on) {
        break;
      }
    }
  }
  if (!below) {
    out.at.push_back(&route);
  }
  return true;
}

}  // namespace

passing matches(const label_matcher& one, const alert_labels& labels) {
  if (labels.unknown.contains(one.name)) {
    return passing::maybe;
  }
  const auto at = labels.known.find(one.name);
  const std::string_view value = at == labels.known.end() ? std::string_view{} : at->second;
  const std::optional<bool> same =
      one.regex ? detect::matches_whole(one.value, value) : std::optional{value == one.value};
  if (!same) {
    return passing::maybe;
  }
  return *same == one.equal ? passing::yes : passing::no;
}

passing match_all(const std::vector<label_matcher>& all, const alert_labels& labels) {
  passing worst = passing::yes;
  for (const label_matcher& one : all) {
    worst = std::min(worst, matches(one, labels));
  }
  return worst;
}

std::optional<std::vector<label_matcher>> parse_matchers(std::string_view text) {
  text = trimmed(text, blanks);
  if (text.starts_with('{') && text.ends_with('}')) {
    text = text.substr(1, text.size() - 2);
  }
  std::vector<label_matcher> all;
  for (const std::string_view part : parts_of(text)) {
    if (trimmed(part, blanks).empty()) {
      continue;
    }
    const std::optional<label_matcher> one = parse_matcher(part);
    if (!one) {
      return std::nullopt;
    }
    all.push_back(*one);
  }
  return all;
}

result<alert_routing> parse_routing(const std::string& yaml) {
  const auto file = read_yaml("alertmanager.yml", yaml);
  if (!file) {
    return error{errc::not_text, file.failure().what};
  }
  if (file.value().documents.empty()) {
    return error{errc::not_text, "it is empty"};
  }
  return config_reader{}.read(file.value().documents.front());
}

routed_alert routes_of(const alert_routing& routing, const alert_labels& labels) {
  routed_alert out;
  collect(routing.root, labels, out);
  return out;
}

}  // namespace trailbell::verify

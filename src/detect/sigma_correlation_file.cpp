#include "detect/sigma_correlation_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "detect/sigma_content.hpp"
#include "detect/timespan.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

constexpr std::size_t line_bytes_max = 1000;
constexpr std::size_t fields_max = 8;
constexpr std::size_t rules_max = 64;
constexpr whole_range counts{0, 1'000'000};

constexpr std::array<std::string_view, 7> keys{"type",      "rules",    "aliases", "group-by",
                                               "condition", "timespan", "generate"};
constexpr std::array<std::string_view, 4> figures{"value_sum", "value_avg", "value_percentile",
                                                  "value_median"};
constexpr std::array<std::string_view, 7> condition_keys{"gt", "gte", "lt",   "lte",
                                                         "eq", "neq", "field"};

class reader {
 public:
  reader(const yaml_file& file, const yaml_node& document, problem_list& problems)
      : file_{file},
        document_{document},
        problems_{problems},
        in_{file, document.find("correlation")->value, "a correlation", keys, problems} {}

  correlation_draft read() {
    const std::size_t before = problems_.size();
    draft_.path = file_.path;
    draft_.at = document_.at;
    sigma_header header = read_sigma_header(file_, document_, problems_);
    draft_.texts = std::move(header.texts);
    draft_.level = header.level;
    for (const char* const key : {"detection", "filter", "tests"}) {
      if (const yaml_member* const member = document_.find(key)) {
        problem(member->at, "'" + std::string{key} + "' beside 'correlation'",
                "write it in a document of its own, for one of the rules");
      }
    }
    if (in_.node().kind == yaml_kind::mapping) {
      const bool known_type = read_type();
      draft_.rules = read_texts(in_.required("rules"), "rules", rules_max);
      draft_.group_by = read_texts(in_.find("group-by"), "group-by", fields_max);
      read_timespan();
      if (known_type) {
        read_condition();
      }
      read_aliases();
      read_generate();
    }
    draft_.sound = problems_.size() == before;
    return std::move(draft_);
  }

 private:
  void problem(text_place at, std::string what, std::string remedy) {
    problems_.push_back({file_.path, at, std::move(what), std::move(remedy)});
  }

  bool read_type() {
    const yaml_node* const value = in_.required("type");
    const auto type = value == nullptr ? std::nullopt : in_.line(*value, "type", line_bytes_max);
    if (!type) {
      return false;
    }
    const auto& known = correlation_type_names;
    const auto found = std::find(known.begin(), known.end(), *type);
    if (found != known.end()) {
      draft_.content.type = static_cast<correlation_type>(found - known.begin());
      return true;
    }
    if (std::find(figures.begin(), figures.end(), *type) != figures.end()) {
      problem(value->at,
              "'" + *type +
                  "' rises and falls while records come, and the specification does not say at "
                  "which moment it counts",
              "count with event_count or value_count");
      return false;
    }
    problem(value->at, in_quotes(*type) + " is no type of a correlation",
            did_you_mean(nearest(*type, known), "known are " + comma_separated(known)));
    return false;
  }

  // A list, none twice; a single text stands for a list of one.
  std::vector<placed_text> read_texts(const yaml_node* value, const char* key, std::size_t max) {
    std::vector<placed_text> all;
    if (value == nullptr) {
      return all;
    }
    const bool one = value->kind == yaml_kind::scalar;
    const std::span<const yaml_node> items =
        one ? std::span<const yaml_node>{value, 1} : in_.list(*value, key);
    for (const yaml_node& item : items) {
      std::optional<std::string> text = in_.line(item, key, line_bytes_max);
      const bool twice = text && std::any_of(all.begin(), all.end(), [&](const placed_text& other) {
                           return other.text == *text;
                         });
      if (twice) {
        problem(item.at, "'" + *text + "' stands in '" + key + "' twice", "keep one");
      } else if (text) {
        all.push_back({std::move(*text), item.at});
      }
    }
    if (value->kind == yaml_kind::sequence && items.empty()) {
      problem(value->at, "'" + std::string{key} + "' is empty",
              key == std::string_view{"group-by"} ? "name one, or leave the key out" : "name one");
    } else if (all.size() > max) {
      problem(value->at,
              "more than " + std::to_string(max) + " entries in '" + std::string{key} + "'",
              "keep those that matter most");
    }
    return all;
  }

  void read_timespan() {
    const yaml_node* const value = in_.required("timespan");
    if (value == nullptr) {
      return;
    }
    const auto time = value->kind == yaml_kind::scalar ? parse_timespan(value->text) : std::nullopt;
    draft_.content.timespan_ns = time.value_or(0);
    if (!time) {
      problem(value->at, "'timespan' is no length of time",
              "write a whole number and s, m, h or d, such as 10m; at most 3650d");
    }
  }

  // ---- condition -------------------------------------------------------------------------------

  [[nodiscard]] bool is_temporal() const noexcept {
    return draft_.content.type == correlation_type::temporal ||
           draft_.content.type == correlation_type::temporal_ordered;
  }

  void read_condition() {
    const yaml_node* const value =
        is_temporal() ? in_.find("condition") : in_.required("condition");
    draft_.content.least = draft_.rules.size();
    if (value == nullptr) {
      return;
    }
    if (value->kind == yaml_kind::scalar) {
      problem(value->at, "a condition in words, which Sigma 2.1.0 does not have",
              "write a mapping such as {gte: 3}; without a condition all rules have to match");
      return;
    }
    const yaml_mapping in{file_, *value, "a condition", condition_keys, problems_};
    read_bounds(in);
    const yaml_node* const field = in.find("field");
    if (draft_.content.type == correlation_type::value_count) {
      draft_.counted = read_texts(in.required("field"), "field", fields_max);
    } else if (field != nullptr) {
      problem(field->at, "'field' counts values, and this counts none", "write type: value_count");
    }
  }

  void read_bounds(const yaml_mapping& in) {
    std::optional<std::uint64_t> least, most;
    const std::size_t before = problems_.size();
    for (const yaml_member& member : in.node().members) {
      const std::string& key = member.key;
      const auto known = std::find(condition_keys.begin(), condition_keys.end(), key);
      if (known == condition_keys.end() || key == "field") {
        continue;
      }
      if (key == "neq") {
        problem(member.at,
                "'neq' holds while records still come and when none do, so that no "
                "moment decides it",
                "write the lowest count that matters with gte");
      } else if (const auto number = in.whole(member.value, key, counts)) {
        if ((key != "lt" && key != "lte" && least) || (key[0] != 'g' && most)) {
          problem(member.at, "'" + key + "' beside another bound of the same side", "keep one");
        }
        if (key == "lt" && *number == 0) {
          problem(member.value.at, "no count is less than 0", "write lte: and the highest count");
        } else if (key[0] == 'l') {
          most = key == "lt" ? *number - 1 : *number;
        } else {
          least = key == "gt" ? *number + 1 : *number;
          most = key == "eq" ? number : most;
        }
      }
    }
    if (problems_.size() == before) {
      take_bounds(in.node().at, least, most);
    }
  }

  void take_bounds(text_place at, std::optional<std::uint64_t> least,
                   std::optional<std::uint64_t> most) {
    sigma_correlation::parts& content = draft_.content;
    if (!least || *least == 0) {
      problem(at,
              "a condition that holds where nothing was seen too: of groups that never come no "
              "stream can tell",
              "add gte: 1, or the lowest count that matters");
      return;
    }
    if (most && *most < *least) {
      problem(at,
              "no count is at least " + std::to_string(*least) + " and at most " +
                  std::to_string(*most),
              "write the lower bound with gte, the upper one with lte");
    }
    const std::size_t rules = draft_.rules.size();
    if (is_temporal() && *least > rules) {
      problem(at,
              "a count of " + std::to_string(*least) + " rules, and 'rules' has " +
                  std::to_string(rules),
              "name more rules, or leave the condition out: then all of them have to match");
    } else if (content.type == correlation_type::temporal_ordered && *least < rules) {
      problem(at, "only all rules can come in order",
              "leave the condition out, or write gte: " + std::to_string(rules));
    }
    content.least = *least;
    content.most = is_temporal() && most && *most >= rules ? std::nullopt : most;
  }

  // ---- aliases, generate -----------------------------------------------------------------------

  void read_aliases() {
    const yaml_node* const value = in_.find("aliases");
    if (value == nullptr) {
      return;
    }
    if (value->kind != yaml_kind::mapping) {
      problem(value->at, std::string{"'aliases' is a mapping, and here stands "} + name_of(*value),
              "write 'alias: {rule: field}'");
    }
    for (const yaml_member& member : value->members) {
      correlation_draft::alias alias{{member.key, member.at}, {}};
      if (member.value.kind != yaml_kind::mapping) {
        problem(member.value.at,
                std::string{"an alias is a mapping, and here stands "} + name_of(member.value),
                "write 'alias: {rule: field}'");
      }
      for (const yaml_member& one : member.value.members) {
        if (auto field = in_.line(one.value, one.key, line_bytes_max)) {
          alias.fields.push_back({{one.key, one.at}, std::move(*field)});
        }
      }
      draft_.aliases.push_back(std::move(alias));
    }
  }

  // The specification has it beside 'correlation', its first implementations within.
  void read_generate() {
    const yaml_member* const outside = document_.find("generate");
    const yaml_node* const inside = in_.find("generate");
    if (outside != nullptr && inside != nullptr) {
      problem(outside->at, "'generate' stands here and within 'correlation'", "keep one");
    } else if (outside != nullptr || inside != nullptr) {
      const yaml_node& value = outside != nullptr ? outside->value : *inside;
      draft_.content.generate = in_.truth(value, "generate").value_or(false);
    }
  }

  const yaml_file& file_;
  const yaml_node& document_;
  problem_list& problems_;
  yaml_mapping in_;
  correlation_draft draft_;
};

}  // namespace

correlation_draft read_sigma_correlation(const yaml_file& file, const yaml_node& document,
                                         problem_list& problems) {
  return reader{file, document, problems}.read();
}

}  // namespace trailbell::detect

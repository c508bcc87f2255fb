#include "detect/pattern_rule_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "detect/rule_definition.hpp"
#include "detect/rule_tests.hpp"
#include "detect/timespan.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/detect/pattern_rule.hpp"

namespace trailbell::detect {
namespace {

constexpr std::size_t line_bytes_max = 1000;
constexpr std::size_t title_bytes_max = 80;
constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t severities_max = 16;
constexpr std::size_t suppress_max = 32;
constexpr std::size_t groups_max = 8;
constexpr whole_range counts{2, 1'000'000};

constexpr std::array<std::string_view, 12> rule_keys{
    "id",   "title",      "description",     "pattern",   "severity", "controls",
    "tags", "references", "false_positives", "threshold", "suppress", "tests"};
constexpr std::array<std::string_view, 2> severity_keys{"when", "is"};
constexpr std::array<std::string_view, 3> threshold_keys{"count", "window", "group_by"};

bool is_lower_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || is_digit(c);
}

// Lower-case letters and digits, with single dots and dashes between them.
bool is_id(std::string_view text) noexcept {
  bool joined = true;
  for (const char c : text) {
    if (!is_lower_or_digit(c) && (joined || (c != '.' && c != '-'))) {
      return false;
    }
    joined = !is_lower_or_digit(c);
  }
  return !joined;
}

bool is_tag(std::string_view text) noexcept {
  return !text.empty() && is_lower_or_digit(text.front()) && text.back() != '.' &&
         text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_lower_or_digit(c) || c == '.' || c == '-' || c == '_';
         });
}

class rule_reader {
 public:
  rule_reader(const yaml_file& file, const yaml_node& document, problem_list& problems)
      : file_{file}, problems_{problems}, rule_{file, document, "a rule", rule_keys, problems} {}

  std::optional<loaded_rule> read() {
    const std::size_t before = problems_.size();
    rule_info::texts texts = read_texts();
    std::optional<filter_pattern> pattern = read_pattern("pattern");
    std::vector<severity_case> levels = read_severities();
    std::vector<filter_pattern> suppress = read_suppress();
    std::optional<rule_threshold> threshold = read_threshold();
    loaded_rule loaded{nullptr, file_.path, rule_.node().at, read_tests(), {}};
    if (problems_.size() > before || !pattern) {
      return std::nullopt;
    }
    loaded.rule = std::make_shared<pattern_rule>(
        std::move(texts), pattern_rule::parts{std::move(*pattern), std::move(levels),
                                              std::move(suppress), std::move(threshold)});
    return loaded;
  }

 private:
  std::string line(const char* key, std::size_t bytes_max) {
    const yaml_node* const value = rule_.find(key);
    return value == nullptr ? "" : rule_.line(*value, key, bytes_max).value_or("");
  }

  rule_info::texts read_texts() {
    rule_info::texts texts;
    texts.id = rule_.required("id") == nullptr ? "" : line("id", id_bytes_max);
    if (!texts.id.empty() && !is_id(texts.id)) {
      rule_.problem(rule_.find("id")->at, "'" + texts.id + "' is no id",
                    "lower-case letters and digits, with single dots or dashes between them");
    }
    texts.title = rule_.required("title") == nullptr ? "" : line("title", title_bytes_max);
    texts.description = line("description", line_bytes_max);
    texts.controls = rule_.lines("controls", line_bytes_max);
    texts.tags = checked("tags", is_tag, "lower-case words joined by dots, such as attack.t1098");
    texts.references = checked(
        "references",
        [](std::string_view text) {
          return text.starts_with("https://") && text.find(' ') == std::string_view::npos;
        },
        "an address that begins with https://");
    texts.false_positives = rule_.lines("false_positives", line_bytes_max);
    texts.definition = definition_of(rule_.node());
    return texts;
  }

  std::vector<std::string> checked(const char* key, bool (*fits)(std::string_view),
                                   const char* remedy) {
    if (const yaml_node* const value = rule_.find(key)) {
      for (const yaml_node& item : value->items) {
        if (item.kind == yaml_kind::scalar && item.type() == yaml_type::text &&
            !item.text.empty() && !fits(item.text)) {
          rule_.problem(item.at, "'" + item.text + "' does not fit in '" + key + "'", remedy);
        }
      }
    }
    return rule_.lines(key, line_bytes_max);
  }

  // ---- patterns --------------------------------------------------------------------------------

  std::optional<filter_pattern> parse_pattern(const yaml_node& value, std::string_view key) {
    if (value.kind != yaml_kind::scalar || value.type() != yaml_type::text) {
      (void)rule_.line(value, key, line_bytes_max);  // says what stands there instead
      return std::nullopt;
    }
    if (value.text.empty()) {
      rule_.problem(value.at, "an empty pattern holds for every record", "write what it is for");
      return std::nullopt;
    }
    result<filter_pattern, pattern_error> parsed = filter_pattern::parse(value.text);
    if (parsed) {
      return std::move(parsed.value());
    }
    const pattern_error& wrong = parsed.failure();
    rule_.problem(file_.place_in(value, wrong.offset), wrong.reason, wrong.suggestion);
    return std::nullopt;
  }

  std::optional<filter_pattern> read_pattern(const char* key) {
    const yaml_node* const value = rule_.required(key);
    return value == nullptr ? std::nullopt : parse_pattern(*value, key);
  }

  std::vector<filter_pattern> read_suppress() {
    std::vector<filter_pattern> all;
    const yaml_node* const value = rule_.find("suppress");
    if (value == nullptr) {
      return all;
    }
    const std::span<const yaml_node> items = rule_.list(*value, "suppress");
    if (items.size() > suppress_max) {
      rule_.problem(value->at, "more than 32 patterns in 'suppress'", "join some of them with ||");
    }
    for (const yaml_node& item : items) {
      std::optional<filter_pattern> pattern = parse_pattern(item, "suppress");
      if (pattern && std::find(all.begin(), all.end(), *pattern) != all.end()) {
        rule_.problem(item.at, "this pattern stands in 'suppress' twice", "remove one");
      } else if (pattern) {
        all.push_back(std::move(*pattern));
      }
    }
    return all;
  }

  // ---- severity --------------------------------------------------------------------------------

  std::vector<severity_case> read_severities() {
    std::vector<severity_case> cases;
    const yaml_node* const value = rule_.required("severity");
    if (value == nullptr) {
      return cases;
    }
    if (value->kind != yaml_kind::sequence) {
      cases.push_back(
          {std::nullopt, read_severity(rule_, *value, "severity").value_or(severity::low)});
      return cases;
    }
    const std::vector<yaml_node>& items = value->items;
    if (items.size() < 2 || items.size() > severities_max) {
      rule_.problem(value->at, "a list of severities has 2 to 16 entries",
                    "write one severity without a list");
    }
    for (const yaml_node& item : items) {
      const yaml_mapping entry{file_, item, "an entry of 'severity'", severity_keys, problems_};
      severity_case one;
      const yaml_node* const when = entry.find("when");
      const yaml_node* const is = entry.required("is");
      const bool last = &item == &items.back();
      if (when != nullptr) {
        one.when = parse_pattern(*when, "when");
      }
      if (item.kind == yaml_kind::mapping && (when == nullptr) != last) {
        entry.problem(item.at,
                      last ? "the last severity has a 'when': others would have no severity"
                           : "a severity without 'when' decides all that follow",
                      last ? "add an entry with 'is' alone" : "move it to the end");
      }
      if (is != nullptr) {
        one.is = read_severity(entry, *is, "is").value_or(severity::low);
      }
      cases.push_back(std::move(one));
    }
    return cases;
  }

  // ---- threshold -------------------------------------------------------------------------------

  std::optional<selector> read_selector(const yaml_mapping& in, const yaml_node& item) {
    const std::optional<std::string> text = in.line(item, "group_by", line_bytes_max);
    if (!text) {
      return std::nullopt;
    }
    const auto parsed = filter_pattern::parse("{" + *text + " NOT EXISTS}");
    if (parsed) {
      const auto* const json = std::get_if<json_pattern>(&parsed.value().syntax().pattern);
      if (json != nullptr && json->condition.kind == node_kind::leaf &&
          !json->condition.leaf.where.has_wildcard()) {
        return json->condition.leaf.where;
      }
    }
    in.problem(parsed ? item.at
                      : file_.place_in(item, std::max<std::size_t>(parsed.failure().offset, 1) - 1),
               "'" + *text + "' is no selector" +
                   (parsed ? " without a wildcard" : ": " + parsed.failure().reason),
               "write a path such as $.userIdentity.arn");
    return std::nullopt;
  }

  std::optional<rule_threshold> read_threshold() {
    const yaml_node* const value = rule_.find("threshold");
    if (value == nullptr) {
      return std::nullopt;
    }
    const yaml_mapping in{file_, *value, "a threshold", threshold_keys, problems_};
    rule_threshold threshold;
    if (const yaml_node* const count = in.required("count")) {
      threshold.count = in.whole(*count, "count", counts).value_or(0);
    }
    if (const yaml_node* const window = in.required("window")) {
      const auto time =
          window->kind == yaml_kind::scalar ? parse_timespan(window->text) : std::nullopt;
      threshold.window_ns = time.value_or(0);
      if (!time) {
        in.problem(window->at, "'window' is no length of time",
                   "write a whole number and s, m, h or d, such as 5m");
      }
    }
    if (const yaml_node* const groups = in.find("group_by")) {
      const std::span<const yaml_node> items = in.list(*groups, "group_by");
      if (items.size() > groups_max) {
        in.problem(groups->at, "more than 8 selectors in 'group_by'", "remove some");
      }
      for (const yaml_node& item : items) {
        std::optional<selector> where = read_selector(in, item);
        if (where && std::find(threshold.group_by.begin(), threshold.group_by.end(), *where) !=
                         threshold.group_by.end()) {
          in.problem(item.at, "this selector stands in 'group_by' twice", "remove one");
        } else if (where) {
          threshold.group_by.push_back(std::move(*where));
        }
      }
    }
    return threshold;
  }

  std::vector<rule_test> read_tests() {
    const yaml_node* const value = rule_.find("tests");
    return value == nullptr ? std::vector<rule_test>{}
                            : read_rule_tests(file_, *value, pattern_test_keys, problems_);
  }

  const yaml_file& file_;
  problem_list& problems_;
  yaml_mapping rule_;
};

}  // namespace

std::optional<loaded_rule> read_pattern_rule(const yaml_file& file, const yaml_node& document,
                                             problem_list& problems) {
  return rule_reader{file, document, problems}.read();
}

}  // namespace trailbell::detect

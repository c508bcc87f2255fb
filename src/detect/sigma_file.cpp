// A Sigma rule as its file spells it. Source: Sigma Rules Specification 2.1.0, "Components".
#include <algorithm>
#include <array>
#include <utility>

#include "detect/rule_definition.hpp"
#include "detect/sigma_content.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

constexpr std::array<std::string_view, 5> statuses{"stable", "test", "experimental", "deprecated",
                                                   "unsupported"};

class reader {
 public:
  reader(const yaml_file& file, const yaml_node& document, const sigma_placeholders& placeholders)
      : file_{file}, document_{document}, placeholders_{placeholders} {}

  result<std::shared_ptr<const sigma_rule>, problem_list> read() {
    if (document_.kind != yaml_kind::mapping) {
      problem(document_.at,
              std::string{"a rule is a mapping, and here stands "} + name_of(document_),
              "write 'title: ...' and so on");
      return std::move(problems_);
    }
    refuse_collections();
    sigma_header header = read_header();
    sigma_rule::content content;
    content.level = header.level.value_or(severity::medium);
    content.status = scalar("status");
    content.source = read_sigma_log_source(file_, document_, problems_);
    if (const yaml_node* const detection = find("detection")) {
      const sigma_reading in{file_, placeholders_, content.source.is_cloudtrail(), problems_};
      read_sigma_detection(in, *detection, "detection", content);
    } else if (problems_.empty()) {
      problem(document_.at, "a Sigma rule without 'detection'", "add it");
    }
    if (!problems_.empty()) {
      return std::move(problems_);
    }
    return std::shared_ptr<const sigma_rule>{
        std::make_shared<sigma_rule>(std::move(header.texts), std::move(content))};
  }

  sigma_header read_header() {
    sigma_header header;
    header.texts = read_texts();
    if (const auto level = one_of("level", severity_names)) {
      header.level = static_cast<severity>(*level);
    }
    one_of("status", statuses);
    return header;
  }

  problem_list take_problems() { return std::move(problems_); }

 private:
  void problem(text_place at, std::string what, std::string remedy) {
    problems_.push_back({file_.path, at, std::move(what), std::move(remedy)});
  }

  [[nodiscard]] const yaml_node* find(std::string_view key) const {
    const yaml_member* const member = document_.find(key);
    return member == nullptr ? nullptr : &member->value;
  }

  void refuse_collections() {
    if (const yaml_member* const action = document_.find("action")) {
      problem(action->at, "a collection of Sigma 1, which this version cannot read",
              "remove it, or keep it out of the rule paths");
    }
  }

  // The text of a scalar; empty where it is missing, or where its value is no scalar.
  std::string scalar(const char* key) {
    const yaml_node* const value = find(key);
    if (value != nullptr && value->kind != yaml_kind::scalar) {
      problem(value->at, "'" + std::string{key} + "' is a text, and here stands " + name_of(*value),
              "write one text");
    }
    return value == nullptr || value->kind != yaml_kind::scalar ? "" : value->text;
  }

  // A list of texts; a single one stands for a list of one.
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> all;
    const yaml_node* const value = find(key);
    if (value == nullptr || (value->kind == yaml_kind::scalar && value->text.empty())) {
      return all;
    }
    const bool list = value->kind == yaml_kind::sequence;
    for (std::size_t i = 0; i < (list ? value->items.size() : 1); ++i) {
      const yaml_node& one = list ? value->items[i] : *value;
      if (one.kind == yaml_kind::scalar) {
        all.push_back(one.text);
      } else {
        problem(one.at,
                "'" + std::string{key} + "' is a list of texts, and here stands " + name_of(one),
                "write one text for each entry");
      }
    }
    return all;
  }

  template <std::size_t Size>
  std::optional<std::size_t> one_of(const char* key,
                                    const std::array<std::string_view, Size>& known) {
    const yaml_node* const value = find(key);
    if (value == nullptr) {
      return std::nullopt;
    }
    const auto found = std::find(known.begin(), known.end(), value->text);
    if (value->kind == yaml_kind::scalar && found != known.end()) {
      return static_cast<std::size_t>(found - known.begin());
    }
    const std::string_view near =
        value->kind == yaml_kind::scalar ? nearest(value->text, known) : std::string_view{};
    problem(value->at, in_quotes(value->text) + " is no " + key,
            did_you_mean(near, "known are " + comma_separated(known)));
    return std::nullopt;
  }

  // The file's name without its folder and ending.
  [[nodiscard]] std::string stem() const {
    std::string name = file_.path.substr(file_.path.rfind('/') + 1);  // npos + 1 is 0
    const std::size_t dot = name.rfind('.');
    return dot == 0 || dot == std::string::npos ? name : name.substr(0, dot);
  }

  rule_info::texts read_texts() {
    rule_info::texts all;
    all.id = scalar("id");
    all.name = scalar("name");
    if (all.id.empty()) {
      all.id = all.name.empty() ? stem() : all.name;
    }
    all.title = scalar("title");
    if (all.title.empty()) {
      const yaml_node* const title = find("title");
      problem(title == nullptr ? document_.at : title->at, "a Sigma rule without a title",
              "add it");
    }
    all.description = scalar("description");
    all.tags = texts("tags");
    all.references = texts("references");
    all.false_positives = texts("falsepositives");
    all.definition = definition_of(document_);
    for (const auto& [name, values] : placeholders_) {
      all.definition = mixed(all.definition, name);
      for (const std::string& value : values) {
        all.definition = mixed(all.definition, value);
      }
    }
    return all;
  }

  const yaml_file& file_;
  const yaml_node& document_;
  const sigma_placeholders& placeholders_;
  problem_list problems_;
};

}  // namespace

bool is_sigma_rule(const yaml_node& document) noexcept {
  return document.find("detection") != nullptr;
}

result<std::shared_ptr<const sigma_rule>, std::vector<file_problem>> parse_sigma_rule(
    const yaml_file& file, const yaml_node& document, const sigma_placeholders& placeholders) {
  return reader{file, document, placeholders}.read();
}

sigma_header read_sigma_header(const yaml_file& file, const yaml_node& document,
                               problem_list& problems) {
  const sigma_placeholders none;
  reader header{file, document, none};
  sigma_header read = header.read_header();
  for (file_problem& problem : header.take_problems()) {
    problems.push_back(std::move(problem));
  }
  return read;
}

bool is_sigma_placeholders(const yaml_node& document) noexcept {
  return document.members.size() == 1 && document.members.front().key == "placeholders";
}

std::vector<file_problem> read_sigma_placeholders(const yaml_file& file, const yaml_node& document,
                                                  sigma_placeholders& into) {
  problem_list problems;
  const auto problem = [&](text_place at, std::string what) {
    problems.push_back(
        {file.path, at, std::move(what), "write 'placeholders: {Administrators: [alice, adm_*]}'"});
  };
  const yaml_node& all = document.members.front().value;
  if (all.kind != yaml_kind::mapping) {
    problem(all.at, std::string{"'placeholders' is a mapping, and here stands "} + name_of(all));
  }
  for (const yaml_member& member : all.members) {
    if (into.contains(member.key)) {
      problem(member.at, "the placeholder '" + member.key + "' has values already");
    }
    if (member.value.kind != yaml_kind::sequence || member.value.items.empty()) {
      problem(member.value.at, "a placeholder stands for a list of texts");
    }
    std::vector<std::string>& values = into[member.key];
    for (const yaml_node& value : member.value.items) {
      if (value.kind != yaml_kind::scalar || value.type() == yaml_type::null) {
        problem(value.at,
                std::string{"a placeholder stands for texts, and here stands "} + name_of(value));
      }
      values.push_back(value.text);
    }
  }
  return problems;
}

}  // namespace trailbell::detect

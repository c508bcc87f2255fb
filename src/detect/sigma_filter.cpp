#include "detect/sigma_filter.hpp"

#include <algorithm>
#include <utility>

#include "detect/rule_definition.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

class reader {
 public:
  reader(const yaml_file& file, const yaml_node& document, problem_list& problems)
      : file_{file}, document_{document}, problems_{problems} {}

  sigma_filter_ptr read(const sigma_placeholders& placeholders) {
    const std::size_t before = problems_.size();
    auto filter = std::make_shared<sigma_filter>();
    filter->path = file_.path;
    filter->at = document_.at;
    filter->definition = definition_of(document_);
    read_title(filter->title);
    if (document_.find("logsource") == nullptr) {
      problem(document_.at, "a Sigma filter without 'logsource'",
              "add that of its rules: 'logsource: {product: aws, service: cloudtrail}'");
    }
    if (const yaml_member* const detection = document_.find("detection")) {
      problem(detection->at, "'detection' beside 'filter'", "make two documents of them");
    }
    filter->source = read_sigma_log_source(file_, document_, problems_);
    const yaml_node& body = document_.find("filter")->value;
    const sigma_reading in{file_, placeholders, filter->source.is_cloudtrail(), problems_};
    read_sigma_detection(in, body, "filter", *filter);
    if (body.kind == yaml_kind::mapping) {
      check_condition(body);
      read_rules(body, filter->rules);
    }
    return problems_.size() > before ? nullptr : std::move(filter);
  }

 private:
  void problem(text_place at, std::string what, std::string remedy) {
    problems_.push_back({file_.path, at, std::move(what), std::move(remedy)});
  }

  void read_title(std::string& into) {
    const yaml_member* const title = document_.find("title");
    if (title == nullptr || title->value.kind != yaml_kind::scalar || title->value.text.empty()) {
      problem(title == nullptr ? document_.at : title->value.at, "a Sigma filter without a title",
              "add it");
    } else {
      into = title->value.text;
    }
  }

  void check_condition(const yaml_node& body) {
    const yaml_member* const condition = body.find("condition");
    if (condition != nullptr && condition->value.kind == yaml_kind::sequence) {
      problem(condition->value.at, "a filter has one condition, and here stands a list",
              "join them in one, with 'or'");
    }
  }

  void read_rules(const yaml_node& body, std::vector<placed_text>& into) {
    constexpr const char* remedy = "write ids or names of rules, or 'any'";
    const yaml_member* const member = body.find("rules");
    if (member == nullptr) {
      problem(body.at, "a filter without 'rules'", std::string{"add it: "} + remedy);
      return;
    }
    const yaml_node& value = member->value;
    if (value.kind == yaml_kind::scalar && equal_folded(value.text, "any")) {
      return;
    }
    const bool list = value.kind == yaml_kind::sequence;
    for (std::size_t i = 0; i < (list ? value.items.size() : 1); ++i) {
      const yaml_node& one = list ? value.items[i] : value;
      if (one.kind != yaml_kind::scalar || one.text.empty()) {
        problem(one.at, std::string{"a filter's rule is a text, and here stands "} + name_of(one),
                remedy);
      } else {
        into.push_back({one.text, one.at});
      }
    }
  }

  const yaml_file& file_;
  const yaml_node& document_;
  problem_list& problems_;
};

class applier {
 public:
  applier(const rule_directory& names, std::vector<loaded_rule>& rules, problem_list& problems)
      : names_{names},
        rules_{rules},
        problems_{problems},
        complete_{problems.empty()},
        of_rules_(rules.size()) {}

  void take(const sigma_filter_ptr& filter) {
    if (filter->rules.empty()) {
      take_any(filter);
    }
    for (const placed_text& reference : filter->rules) {
      const std::vector<const known_rule*> found = names_.find(reference.text);
      if (found.empty() && filter->source.is_cloudtrail()) {
        const std::string_view near = names_.nearest_to(reference.text);
        problem(*filter, reference.at, "no rule has the id or name " + in_quotes(reference.text),
                did_you_mean(near, "load that rule too, or remove it here"));
      }
      for (const known_rule* const rule : found) {
        if (rule->place) {
          take_one(filter, reference, *rule->place);
        }
      }
    }
  }

  void settle() {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (of_rules_[i].empty()) {
        continue;
      }
      for (const sigma_filter_ptr& one : of_rules_[i]) {
        rules_[i].filters.push_back({one->title, one->path, one->at});
      }
      rules_[i].rule = std::make_shared<sigma_rule>(*sigma(i), std::move(of_rules_[i]));
    }
  }

 private:
  [[nodiscard]] const sigma_rule* sigma(std::size_t which) const {
    return dynamic_cast<const sigma_rule*>(rules_[which].rule.get());
  }

  [[nodiscard]] std::string_view kind_of(std::size_t which) const {
    const rule_ptr& rule = rules_[which].rule;
    return rule == nullptr ? "correlation" : rule->kind();  // those are linked later
  }

  void take_any(const sigma_filter_ptr& filter) {
    bool taken = false;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const sigma_rule* const rule = sigma(i);
      if (rule != nullptr && filter->source.contains(rule->log_source())) {
        of_rules_[i].push_back(filter);
        taken = true;
      }
    }
    if (!taken && complete_ && filter->source.is_cloudtrail()) {
      problem(*filter, filter->at, "a filter for no rule: the log source of none fits its own",
              "load the rules that it is for, correct 'logsource', or remove it");
    }
  }

  void take_one(const sigma_filter_ptr& filter, const placed_text& reference, std::size_t which) {
    const sigma_rule* const rule = sigma(which);
    if (rule == nullptr) {
      problem(*filter, reference.at,
              in_quotes(reference.text) + " is a rule of the kind " + in_quotes(kind_of(which)) +
                  ", which no filter works on",
              "name Sigma rules that have a detection");
    } else if (!filter->source.contains(rule->log_source())) {
      const std::string logs = to_text(rule->log_source());
      problem(*filter, reference.at, in_quotes(reference.text) + " is a rule for other logs",
              logs.empty() ? "it has no logsource, so the filter's has to be empty: {}"
                           : "the filter's logsource has to be " + logs + ", or a part of it");
    } else if (of_rules_[which].empty() || of_rules_[which].back() != filter) {
      of_rules_[which].push_back(filter);
    }
  }

  void problem(const sigma_filter& filter, text_place at, std::string what, std::string remedy) {
    problems_.push_back({filter.path, at, std::move(what), std::move(remedy)});
  }

  const rule_directory& names_;
  std::vector<loaded_rule>& rules_;
  problem_list& problems_;
  bool complete_;  // else a rule may be missing that the filter is for
  std::vector<std::vector<sigma_filter_ptr>> of_rules_;
};

}  // namespace

bool is_sigma_filter(const yaml_node& document) noexcept {
  return document.find("filter") != nullptr;
}

sigma_filter_ptr read_sigma_filter(const yaml_file& file, const yaml_node& document,
                                   const sigma_placeholders& placeholders, problem_list& problems) {
  return reader{file, document, problems}.read(placeholders);
}

void apply_sigma_filters(std::span<const sigma_filter_ptr> filters, const rule_directory& names,
                         std::vector<loaded_rule>& rules, problem_list& problems) {
  applier all{names, rules, problems};
  for (const sigma_filter_ptr& one : filters) {
    all.take(one);
  }
  all.settle();
}

}  // namespace trailbell::detect

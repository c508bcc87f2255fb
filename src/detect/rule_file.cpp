#include "trailbell/detect/rule_file.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "detect/pattern_rule_file.hpp"
#include "detect/rule_reference.hpp"
#include "detect/rule_tests.hpp"
#include "detect/sigma_correlation_file.hpp"
#include "detect/sigma_filter.hpp"
#include "trailbell/detect/sigma_rule.hpp"

namespace trailbell::detect {
namespace {

class loader {
 public:
  // What stands in one file may be meant for the rules of all, so that all are read first.
  void read(const rule_text& source) {
    source_file& read = files_.emplace_back(source_file{source.path, {}, {}});
    result<yaml_file, file_problem> yaml = read_yaml(source.path, source.text);
    if (!yaml) {
      read.problems.push_back(yaml.failure());
      return;
    }
    read.yaml = std::move(yaml.value());
    read.problems = read.yaml.problems;
    if (read.yaml.documents.empty()) {
      read.problems.push_back({source.path, {}, "no rule in it", "remove the file, or write one"});
    }
    for (const yaml_node& document : read.yaml.documents) {
      if (is_sigma_placeholders(document)) {
        add(read_sigma_placeholders(read.yaml, document, placeholders_), read.problems);
      }
    }
  }

  result<std::vector<loaded_rule>, rule_problems> load() {
    for (const source_file& source : files_) {
      add(source.problems, problems_);
      for (const yaml_node& document : source.yaml.documents) {
        load_document(source.yaml, document);
      }
    }
    apply_sigma_filters(filters_, names_, rules_, problems_);
    // Behind the filters: what correlations count is what those leave.
    link_sigma_correlations(correlations_, names_, rules_, problems_);
    check_ids();
    if (!problems_.empty()) {
      sort_problems();
      return rule_problems{std::move(problems_)};
    }
    return std::move(rules_);
  }

 private:
  struct source_file {
    std::string path;
    yaml_file yaml;  // without documents where it could not be read
    problem_list problems;
  };

  static void add(const problem_list& more, problem_list& to) {
    to.insert(to.end(), more.begin(), more.end());
  }

  // By file, as they were given, and by place.
  void sort_problems() {
    std::unordered_map<std::string_view, std::size_t> rank;
    for (const source_file& source : files_) {
      rank.emplace(source.path, rank.size());
    }
    std::stable_sort(problems_.begin(), problems_.end(),
                     [&rank](const file_problem& a, const file_problem& b) {
                       const auto place = [&rank](const file_problem& p) {
                         return std::tuple{rank[p.path], p.at.line, p.at.column};
                       };
                       return place(a) < place(b);
                     });
  }

  // The key that decides a document's kind, where it may be misspelt.
  static const yaml_member* misspelt_kind(const yaml_node& document, std::string_view& kind) {
    constexpr std::array<std::string_view, 4> kinds{"pattern", "detection", "correlation",
                                                    "filter"};
    for (const yaml_member& member : document.members) {
      kind = nearest(member.key, kinds);
      if (!kind.empty()) {
        return &member;
      }
    }
    return nullptr;
  }

  // Nothing says what the document is: the most is told by reading it as what it may be meant for.
  void load_unknown(const yaml_file& file, const yaml_node& document) {
    std::string_view kind;
    const yaml_member* const misspelt = misspelt_kind(document, kind);
    if (misspelt != nullptr) {
      problems_.push_back({file.path, misspelt->at, "unknown key '" + misspelt->key + "'",
                           "did you mean '" + std::string{kind} + "'?"});
      yaml_node meant = document;
      meant.members[static_cast<std::size_t>(misspelt - document.members.data())].key = kind;
      load_document(file, meant);
    } else if (document.find("severity") != nullptr) {
      keep(file, document, read_pattern_rule(file, document, problems_));
    } else {
      problems_.push_back({file.path, document.at,
                           "no rule: neither 'pattern', nor 'detection', 'correlation' or 'filter'",
                           "see rules/README.md"});
    }
  }

  // What a document holds decides who reads it.
  void load_document(const yaml_file& file, const yaml_node& document) {
    const auto has = [&document](const char* key) { return document.find(key) != nullptr; };
    if (document.kind != yaml_kind::mapping) {
      problems_.push_back({file.path, document.at,
                           std::string{"a rule is a mapping, and here stands "} + name_of(document),
                           "write 'id: ...' and so on, or remove it"});
    } else if (has("pattern")) {
      keep(file, document, read_pattern_rule(file, document, problems_));
    } else if (has("correlation")) {
      load_correlation(file, document);
    } else if (is_sigma_filter(document)) {
      if (auto filter = read_sigma_filter(file, document, placeholders_, problems_)) {
        filters_.push_back(std::move(filter));
      }
    } else if (is_sigma_rule(document)) {
      load_sigma_rule(file, document);
    } else if (!is_sigma_placeholders(document)) {
      load_unknown(file, document);
    }
  }

  void load_correlation(const yaml_file& file, const yaml_node& document) {
    correlation_draft draft = read_sigma_correlation(file, document, problems_);
    std::optional<loaded_rule> loaded;
    if (draft.sound) {
      draft.place = rules_.size();
      loaded = loaded_rule{nullptr, file.path, document.at, {}, {}};  // until all rules are known
    }
    correlations_.push_back(std::move(draft));
    keep(file, document, std::move(loaded));
  }

  void load_sigma_rule(const yaml_file& file, const yaml_node& document) {
    auto rule = parse_sigma_rule(file, document, placeholders_);
    std::vector<rule_test> tests;
    if (const yaml_member* const member = document.find("tests")) {
      tests = read_rule_tests(file, member->value, sigma_test_keys, problems_);
    }
    if (!rule) {
      add(rule.failure(), problems_);
      keep(file, document, std::nullopt);
      return;
    }
    keep(file, document,
         loaded_rule{std::move(rule.value()), file.path, document.at, std::move(tests), {}});
  }

  // Others may refer to a rule that is wrong in itself.
  void keep(const yaml_file& file, const yaml_node& document, std::optional<loaded_rule> loaded) {
    const auto text_of = [&document](const char* key) {
      const yaml_member* const member = document.find(key);
      return member == nullptr ? std::string{} : member->value.text;
    };
    known_rule known{text_of("id"), text_of("name"), file.path, document.at, std::nullopt};
    if (loaded) {
      const rule_ptr& rule = loaded->rule;
      known.id = rule == nullptr ? correlations_.back().texts.id : rule->id();
      known.place = rules_.size();
      rules_.push_back(std::move(*loaded));
    }
    names_.add(std::move(known));
  }

  void check_ids() {
    std::unordered_map<std::string_view, const loaded_rule*> first;
    for (const loaded_rule& loaded : rules_) {
      if (loaded.rule == nullptr) {
        continue;  // a correlation of which something is wrong
      }
      const auto [known, is_new] = first.emplace(loaded.rule->id(), &loaded);
      if (!is_new) {
        problems_.push_back(
            {loaded.path, loaded.at, "the id '" + loaded.rule->id() + "' is taken",
             known->second->path + ":" + std::to_string(known->second->at.line) + " has it too"});
      }
    }
  }

  std::vector<source_file> files_;
  sigma_placeholders placeholders_;
  std::vector<loaded_rule> rules_;
  std::vector<correlation_draft> correlations_;
  rule_directory names_;
  std::vector<sigma_filter_ptr> filters_;
  problem_list problems_;
};

}  // namespace

result<std::vector<loaded_rule>, rule_problems> load_rules(const std::vector<rule_text>& files) {
  loader all;
  for (const rule_text& file : files) {
    all.read(file);
  }
  return all.load();
}

std::string failure_of(const compiled_rule& rule, const rule_test& test,
                       const record_fields& fields) {
  const std::optional<rule_match> match = rule.evaluate({fields, &test.record});
  if (match.has_value() != test.match) {
    return match ? "it matches, and should not" : "it does not match, and should";
  }
  if (!match) {
    return {};
  }
  if (test.level && *test.level != match->level) {
    return "its severity is " + std::string{to_string(match->level)} + ", and should be " +
           std::string{to_string(*test.level)};
  }
  if (match->suppressed_by.has_value() != test.suppressed) {
    return match->suppressed_by ? "it is suppressed, and should not be"
                                : "it is not suppressed, and should be";
  }
  return {};
}

}  // namespace trailbell::detect

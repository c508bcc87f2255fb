// Which rules a correlation is about, and whether it can be run on them as it is meant.
#include <algorithm>
#include <map>
#include <utility>

#include "detect/sigma_correlation_file.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/detect/correlation_plan.hpp"

namespace trailbell::detect {
namespace {

class linker {
 public:
  linker(const std::vector<correlation_draft>& drafts, const rule_directory& names,
         std::vector<loaded_rule>& loaded, problem_list& problems)
      : drafts_{drafts}, names_{names}, loaded_{loaded}, problems_{problems} {
    for (const correlation_draft& draft : drafts_) {
      state one{&draft, {}};
      for (const placed_text& rule : draft.rules) {
        one.members.push_back(find(draft, rule));
      }
      if (draft.sound) {
        states_.emplace(draft.place, std::move(one));
      }
    }
  }

  void link() {
    for (const auto& [place, own] : states_) {
      build(place);
    }
  }

 private:
  enum class progress { untouched, open, done };
  struct state {
    const correlation_draft* draft = nullptr;
    std::vector<std::optional<std::size_t>> members;  // places; nothing: it cannot be found or read
    progress at = progress::untouched;
  };

  void problem(const correlation_draft& draft, text_place at, std::string what,
               std::string remedy) {
    problems_.push_back({draft.path, at, std::move(what), std::move(remedy)});
  }

  std::optional<std::size_t> find(const correlation_draft& draft, const placed_text& rule) {
    const std::vector<const known_rule*> found = names_.find(rule.text);
    if (found.size() == 1) {
      return found.front()->place;
    }
    if (found.empty()) {
      const std::string_view near = names_.nearest_to(rule.text);
      problem(draft, rule.at, "no rule is called " + in_quotes(rule.text),
              did_you_mean(near, "give its id or its name, and name its file too"));
    } else {
      problem(draft, rule.at, "two rules are called " + in_quotes(rule.text),
              found[0]->path + ":" + std::to_string(found[0]->at.line) + " and " + found[1]->path +
                  ":" + std::to_string(found[1]->at.line) + "; refer to the id");
    }
    return std::nullopt;
  }

  // The rules that it is about come first.
  void build(std::size_t place) {
    state& own = states_.at(place);
    if (own.at != progress::untouched) {
      return;
    }
    own.at = progress::open;
    const correlation_draft& draft = *own.draft;
    const std::size_t before = problems_.size();
    bool all_known = true;
    for (std::size_t i = 0; i < own.members.size(); ++i) {
      const std::optional<std::size_t> member = own.members[i];
      if (member && states_.contains(*member)) {
        if (states_.at(*member).at == progress::open) {
          problem(draft, draft.rules[i].at,
                  in_quotes(draft.rules[i].text) +
                      " is about this correlation, so that the two "
                      "wait for each other",
                  "take one of the references out");
        } else {
          build(*member);
        }
      }
      all_known = all_known && member && loaded_[*member].rule != nullptr;
    }
    if (all_known && problems_.size() == before) {
      make(own);
    }
    own.at = progress::done;
  }

  void make(const state& own) {
    const correlation_draft& draft = *own.draft;
    const std::size_t before = problems_.size();
    sigma_correlation::parts content = draft.content;
    severity highest = severity::informational;
    for (const placed_text& field : draft.group_by) {
      content.group_by.push_back(field.text);
    }
    for (const placed_text& field : draft.counted) {
      content.counted.push_back(field.text);
    }
    check_aliases(own);
    for (std::size_t i = 0; i < own.members.size(); ++i) {
      const std::size_t place = *own.members[i];
      sigma_correlation::member member{loaded_[place].rule, {}, {}};
      if (std::count(own.members.begin(), own.members.begin() + static_cast<std::ptrdiff_t>(i),
                     own.members[i]) > 0) {
        problem(draft, draft.rules[i].at, in_quotes(draft.rules[i].text) + " is named twice",
                "by its id and by its name; keep one");
      }
      for (const placed_text& field : draft.group_by) {
        member.group_by.push_back(field_of(draft, i, place, field.text));
      }
      for (const placed_text& field : draft.counted) {
        member.counted.push_back(field_of(draft, i, place, field.text));
      }
      check_chain(draft, i, member);
      highest = std::max(highest, member.rule->severities().first);
      content.members.push_back(std::move(member));
    }
    content.level = draft.level.value_or(highest);
    if (problems_.size() == before) {
      loaded_[draft.place].rule =
          std::make_shared<sigma_correlation>(draft.texts, std::move(content));
    }
  }

  // ---- aliases ---------------------------------------------------------------------------------

  [[nodiscard]] bool means(std::string_view text, std::size_t place) const {
    const std::vector<const known_rule*> found = names_.find(text);
    return std::any_of(found.begin(), found.end(),
                       [place](const known_rule* rule) { return rule->place == place; });
  }

  void check_aliases(const state& own) {
    for (const correlation_draft::alias& alias : own.draft->aliases) {
      for (const correlation_draft::alias_field& field : alias.fields) {
        const bool known =
            std::any_of(own.members.begin(), own.members.end(),
                        [&](const auto& place) { return means(field.rule.text, *place); });
        if (!known) {
          std::vector<std::string_view> names;
          names.reserve(own.draft->rules.size());
          for (const placed_text& rule : own.draft->rules) {
            names.emplace_back(rule.text);
          }
          const std::string_view near = nearest(field.rule.text, names);
          problem(*own.draft, field.rule.at,
                  in_quotes(field.rule.text) + " is none of the correlation's 'rules'",
                  did_you_mean(near, "name one of them"));
        }
      }
    }
  }

  // What the name stands for in records of that rule.
  std::string field_of(const correlation_draft& draft, std::size_t member, std::size_t place,
                       const std::string& name) {
    for (const correlation_draft::alias& alias : draft.aliases) {
      if (alias.name.text != name) {
        continue;
      }
      for (const correlation_draft::alias_field& field : alias.fields) {
        if (means(field.rule.text, place)) {
          return field.field;
        }
      }
      problem(draft, alias.name.at,
              "the alias " + in_quotes(name) + " says nothing of the rule " +
                  in_quotes(draft.rules[member].text),
              "add its field");
    }
    return name;
  }

  // ---- chains ----------------------------------------------------------------------------------

  // An alert of several records has one value of what they were grouped by, and of nothing else.
  void check_chain(const correlation_draft& draft, std::size_t i,
                   const sigma_correlation::member& member) {
    const std::optional<std::vector<std::string>> fields = alert_fields(*member.rule);
    if (!fields) {
      return;
    }
    const std::string name = in_quotes(draft.rules[i].text);
    const auto* const inner = dynamic_cast<const sigma_correlation*>(member.rule.get());
    if (inner != nullptr && inner->content().most) {
      problem(draft, draft.rules[i].at,
              name + " is judged when its timespan is over, too late to count for another",
              "refer to a correlation whose condition has no upper bound");
    }
    const auto check = [&](const std::vector<placed_text>& names,
                           const std::vector<std::string>& asked) {
      for (std::size_t k = 0; k < names.size(); ++k) {
        if (std::find(fields->begin(), fields->end(), asked[k]) == fields->end()) {
          problem(draft, names[k].at,
                  "an alert of " + name +
                      " stands for several records, which have no one value of " +
                      in_quotes(asked[k]) + ": it groups by " +
                      (fields->empty() ? "nothing" : comma_separated(*fields)),
                  "group by it there too, or take it out here");
        }
      }
    };
    check(draft.group_by, member.group_by);
    check(draft.counted, member.counted);
  }

  const std::vector<correlation_draft>& drafts_;
  const rule_directory& names_;
  std::vector<loaded_rule>& loaded_;
  problem_list& problems_;
  std::map<std::size_t, state> states_;  // by place
};

}  // namespace

void link_sigma_correlations(const std::vector<correlation_draft>& drafts,
                             const rule_directory& names, std::vector<loaded_rule>& loaded,
                             problem_list& problems) {
  linker{drafts, names, loaded, problems}.link();
}

}  // namespace trailbell::detect

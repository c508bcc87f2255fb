#include "app/rules_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "app/app.hpp"
#include "app/explanation.hpp"
#include "app/journal.hpp"
#include "app/record_reader.hpp"
#include "app/rule_files.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/pattern_rule.hpp"
#include "trailbell/detect/rule_convert.hpp"
#include "trailbell/detect/sigma_correlation.hpp"
#include "trailbell/emit/text_output.hpp"
#include "trailbell/pipeline/field_tree.hpp"

namespace trailbell::app {
namespace {

using detect::loaded_rule;

// Writes to standard output; a reader that went away ends it quietly.
class lines_out {
 public:
  lines_out() : output_{STDOUT_FILENO, "results", "standard output"} {
    std::signal(SIGPIPE, SIG_IGN);
  }
  std::string& text() { return output_.text(); }
  void settle() { took(output_.settle()); }
  int finish(int code) {
    took(output_.flush());
    return failed_ ? exit_failure : code;
  }

 private:
  void took(const result<done>& outcome) {
    if (!outcome && !failed_ && outcome.failure().code != errc::output_closed) {
      journal{}.say(outcome.failure().message);
      failed_ = true;
    }
  }
  emit::text_output output_;
  bool failed_ = false;
};

std::string plural(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string severity_text(const detect::compiled_rule& rule) {
  const detect::severity_range range = rule.severities();
  return std::string{to_string(range.first)} + (range.varies ? "+" : "");
}

// Where something stands, for a line that says something of it.
void append_place(std::string_view path, text_place at, std::string& out) {
  append_printable(path, out);
  out += fmt::format(":{}:{}: ", at.line, at.column);
}

void append_place(const loaded_rule& one, std::string& out) {
  append_place(one.path, one.at, out);
  out += one.rule->id() + ": ";
}

// What a correlation does; else, that no match of the rule alerts.
std::string remark_on(const detect::compiled_rule& rule, bool silent) {
  const auto* const several = dynamic_cast<const detect::sigma_correlation*>(&rule);
  std::string remark = several == nullptr ? "" : several->summary();
  if (silent) {
    remark += several == nullptr ? "" : "; ";
    remark += "silent: only correlations without 'generate: true' are about it";
  }
  return remark;
}

// A line for each filter, with the rules that it narrows.
void append_filters(const std::vector<loaded_rule>& rules, std::string& out) {
  std::map<std::tuple<std::string_view, std::size_t, std::size_t, std::string_view>, std::size_t>
      narrowed;
  for (const loaded_rule& rule : rules) {
    for (const detect::rule_filter& filter : rule.filters) {
      ++narrowed[{filter.path, filter.at.line, filter.at.column, filter.title}];
    }
  }
  for (const auto& [filter, count] : narrowed) {
    const auto& [path, line, column, title] = filter;
    append_place(path, {line, column}, out);
    out += "filter '";
    append_printable(title, out);
    out += "': narrows " + plural(count, "rule") + "\n";
  }
}

}  // namespace

int rules_check_command(const rules_arguments& arguments) {
  const std::optional<std::vector<loaded_rule>> loaded = open_rules(arguments.paths);
  if (!loaded) {
    return exit_usage;
  }
  lines_out out;
  append_filters(*loaded, out.text());
  std::size_t tests = 0;
  std::size_t untested = 0;
  for (const loaded_rule& one : *loaded) {
    tests += one.tests.size();
    untested += one.tests.empty() ? 1 : 0;
    if (detect::parses_every_record(*one.rule)) {
      append_place(one, out.text());
      out.text() +=
          "parses every record: nothing in it names a text that each of its records holds\n";
    }
  }
  const std::vector<detect::rule_ptr> rules = rules_of(*loaded);
  const detect::correlation_plan plan{rules};
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    if (const std::string remark = remark_on(*rules[i], plan.of(i).silent); !remark.empty()) {
      append_place((*loaded)[i], out.text());
      append_printable(remark, out.text());
      out.text().push_back('\n');
    }
  }
  out.text() += fmt::format("{}, {}", plural(loaded->size(), "rule"), plural(tests, "test"));
  out.text() += untested > 0 ? fmt::format(" ({} without tests)\n", untested) : "\n";
  return out.finish(exit_done);
}

int rules_list_command(const rules_arguments& arguments) {
  const std::optional<std::vector<loaded_rule>> loaded = open_rules(arguments.paths);
  if (!loaded) {
    return exit_usage;
  }
  lines_out out;
  std::size_t width = 0;
  for (const loaded_rule& one : *loaded) {
    width = std::max(width, one.rule->id().size());
  }
  for (const loaded_rule& one : *loaded) {
    out.text() += fmt::format("{:<{}}  {:<14}  {:<11}  ", one.rule->id(), width,
                              severity_text(*one.rule), one.rule->kind());
    append_printable(one.rule->info().text().title, out.text());
    if (const auto* const several =
            dynamic_cast<const detect::sigma_correlation*>(one.rule.get())) {
      append_printable(" (" + several->summary() + ")", out.text());
    }
    for (const detect::rule_filter& filter : one.filters) {
      out.text() += "; filter: ";
      append_printable(filter.title, out.text());
    }
    out.text().push_back('\n');
    out.settle();
  }
  return out.finish(exit_done);
}

int rules_explain_command(const rules_arguments& arguments) {
  const std::optional<loaded_rule> found = find_rule(arguments.rule, arguments.rules);
  if (!found) {
    return exit_usage;
  }
  const detect::compiled_rule& rule = *found->rule;
  lines_out out;
  decode::json_reader reader;
  json_tree tree;
  std::uint64_t records = 0;
  const int code =
      each_record(arguments.input, [&](const record_fields& fields, std::uint64_t record) {
        ++records;
        if (!reader.read(fields.raw, tree)) {
          pipeline::build_tree(fields, tree);  // as replay does
        }
        append_explanation(rule, {fields, &tree}, record, out.text());
        out.settle();
      });
  if (records == 0 && code == exit_done) {
    journal{}.say(arguments.input + ": no record in it");
  }
  return out.finish(code);
}

int rules_convert_command(const rules_arguments& arguments) {
  const std::optional<detect::rule_form> form = detect::rule_form_of(arguments.to);
  if (!form) {
    journal{}.say("--to " + arguments.to + ": choose sigma, aws-cli or eventbridge");
    return exit_usage;
  }
  const std::optional<loaded_rule> found = find_rule(arguments.rule, arguments.rules);
  if (!found) {
    return exit_usage;
  }
  const auto* const pattern = dynamic_cast<const detect::pattern_rule*>(found->rule.get());
  if (pattern == nullptr) {
    journal{}.say(found->rule->id() + ": only pattern rules can be converted");
    return exit_no;
  }
  const result<detect::converted_rule> made = detect::convert(*pattern, *form);
  if (!made) {
    journal{}.say(found->rule->id() + ": " + made.failure().message);
    return exit_no;
  }
  for (const std::string& note : made.value().notes) {
    journal{}.say(found->rule->id() + ": " + note);
  }
  lines_out out;
  out.text() += made.value().text;
  return out.finish(exit_done);
}

}  // namespace trailbell::app

// `trailbell rules test`: every test of every rule, as lines or as JUnit XML.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <optional>
#include <utility>

#include "app/app.hpp"
#include "app/journal.hpp"
#include "app/record_reader.hpp"
#include "app/rule_files.hpp"
#include "app/rules_command.hpp"
#include "trailbell/base/markup.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

struct outcome {
  const detect::loaded_rule* rule;
  const detect::rule_test* test;
  std::string failure;  // empty: passed
};

std::vector<outcome> run_tests(const std::vector<detect::loaded_rule>& rules) {
  std::vector<outcome> outcomes;
  for (const detect::loaded_rule& rule : rules) {
    for (const detect::rule_test& test : rule.tests) {
      outcome one{&rule, &test, "its record cannot be read"};
      with_record(test.raw, [&](const record_fields& fields) {
        one.failure = detect::failure_of(*rule.rule, test, fields);
      });
      outcomes.push_back(std::move(one));
    }
  }
  return outcomes;
}

std::size_t failed_of(const std::vector<outcome>& outcomes) {
  std::size_t failed = 0;
  for (const outcome& one : outcomes) {
    failed += one.failure.empty() ? 0 : 1;
  }
  return failed;
}

std::string text_of(const std::vector<outcome>& outcomes, std::size_t rules) {
  std::string out;
  for (const outcome& one : outcomes) {
    out += one.failure.empty() ? "ok      " : "FAILED  ";
    out += one.rule->rule->id() + ": ";
    append_printable(one.test->name, out);
    if (!one.failure.empty()) {
      out += ": " + one.failure + "  (";
      append_printable(one.rule->path, out);
      out += fmt::format(":{})", one.test->at.line);
    }
    out.push_back('\n');
  }
  const std::size_t failed = failed_of(outcomes);
  out += fmt::format("{} rule{}, {} tests: {} passed, {} failed\n", rules, rules == 1 ? "" : "s",
                     outcomes.size(), outcomes.size() - failed, failed);
  return out;
}

// The JUnit form that continuous integration reads: a suite a rule, a case a test.
std::string junit_of(const std::vector<outcome>& outcomes) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"trailbell rules\" tests=\"{}\" failures=\"{}\">\n",
                     outcomes.size(), failed_of(outcomes));
  for (std::size_t begin = 0; begin < outcomes.size();) {
    std::size_t end = begin;
    while (end < outcomes.size() && outcomes[end].rule == outcomes[begin].rule) {
      ++end;
    }
    const std::vector<outcome> suite{outcomes.begin() + static_cast<std::ptrdiff_t>(begin),
                                     outcomes.begin() + static_cast<std::ptrdiff_t>(end)};
    const std::string& id = suite.front().rule->rule->id();
    out += fmt::format(R"(  <testsuite name="{}" tests="{}" failures="{}">)"
                       "\n",
                       id, suite.size(), failed_of(suite));
    for (const outcome& one : suite) {
      out += fmt::format(R"(    <testcase classname="{}" name=")", id);
      append_markup_text(one.test->name, out);
      out += "\" file=\"";
      append_markup_text(one.rule->path, out);
      out += fmt::format(R"(" line="{}")", one.test->at.line);
      if (one.failure.empty()) {
        out += "/>\n";
        continue;
      }
      out += "><failure message=\"";
      append_markup_text(one.failure, out);
      out += "\"/></testcase>\n";
    }
    out += "  </testsuite>\n";
    begin = end;
  }
  return out + "</testsuites>\n";
}

bool write(const std::string& path, const std::string& text) {
  if (path.empty()) {
    return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  }
  std::ofstream out{path, std::ios::trunc};
  out << text;
  out.close();
  if (!out) {
    journal{}.say("cannot write the results to " + path);
  }
  return static_cast<bool>(out);
}

}  // namespace

int rules_test_command(const rules_arguments& arguments) {
  if (arguments.format != "text" && arguments.format != "junit") {
    journal{}.say("--format " + arguments.format + ": choose text or junit");
    return exit_usage;
  }
  const std::optional<std::vector<detect::loaded_rule>> rules = open_rules(arguments.paths);
  if (!rules) {
    return exit_usage;
  }
  const std::vector<outcome> outcomes = run_tests(*rules);
  const std::string text =
      arguments.format == "text" ? text_of(outcomes, rules->size()) : junit_of(outcomes);
  if (!write(arguments.output, text)) {
    return exit_failure;
  }
  return failed_of(outcomes) > 0 ? exit_no : exit_done;
}

}  // namespace trailbell::app

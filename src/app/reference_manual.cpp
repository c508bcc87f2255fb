#include "app/reference_manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "app/reference_page.hpp"

namespace trailbell::app {
namespace {

std::string synopsis(const reference_command& command) {
  std::string line = fmt::format("`{}`", command.joined(" "));
  for (const reference_option& option : command.options) {
    if (option.required) {
      line += fmt::format(" `--{}` {}", option.long_name, option.value);
    }
  }
  line += " [OPTION]...";
  for (const reference_operand& operand : command.operands) {
    const std::string name = operand.required ? operand.name : "[" + operand.name + "]";
    line += " " + name + (operand.repeatable ? "..." : "");
  }
  return command.commands.empty() ? line : line + " COMMAND";
}

void add_options(reference_page& page, const reference_command& command) {
  page.section("OPTIONS");
  for (const reference_operand& operand : command.operands) {
    page.tagged(operand.name, "", operand.about);
  }
  for (const reference_option& option : command.options) {
    const std::string names = option.short_name.empty()
                                  ? "--" + option.long_name
                                  : "-" + option.short_name + ", --" + option.long_name;
    page.tagged(names, option.value, option.about + (option.required ? " (required)" : ""));
  }
}

// The paragraphs below a command's options say by their first words what they are.
void add_notes(reference_page& page, std::string_view notes) {
  std::vector<std::string> examples;
  std::vector<std::string> others;
  std::string codes;
  while (!notes.empty()) {
    const std::size_t end = std::min(notes.find("\n\n"), notes.size());
    std::string_view paragraph = notes.substr(0, end);
    notes.remove_prefix(std::min(end + 2, notes.size()));
    if (paragraph.starts_with("Example")) {
      examples.emplace_back(paragraph.substr(paragraph.find('\n') + 1));
      continue;
    }
    const std::size_t found = paragraph.find("Exit codes: ");
    if (found != std::string_view::npos) {
      codes = paragraph.substr(found + std::string_view{"Exit codes: "}.size());
      paragraph = paragraph.substr(0, found);
    }
    if (!paragraph.empty()) {
      others.emplace_back(paragraph);
    }
  }
  const auto add = [&page](const char* heading, const std::vector<std::string>& all) {
    if (!all.empty()) {
      page.section(heading).text(fmt::format("{}", fmt::join(all, "\n\n")));
    }
  };
  add("NOTES", others);
  add("EXIT STATUS", codes.empty() ? std::vector<std::string>{} : std::vector{codes});
  add("EXAMPLES", examples);
}

void add_whole(reference_page& page) {
  page.section("EXIT STATUS")
      .tagged("0", "", "Done.")
      .tagged("1", "", "Done, and the answer is no.")
      .tagged("2", "", "The command line, the configuration or a rule is wrong; nothing was done.")
      .tagged("3", "", "Something could not be read, or failed; the rest was done.");
  page.section("FILES")
      .tagged("/etc/trailbell/trailbell.yaml", "", "What the service is told by its unit.")
      .tagged("/usr/share/trailbell", "", "Rules, rules for Prometheus, a dashboard for Grafana.");
  page.section("ENVIRONMENT")
      .tagged("TRAILBELL_SECTION__KEY", "", "A key of the configuration, as `--set` sets it.")
      .tagged("AWS_*", "", "Credentials, region and endpoints, as AWS's own programs take them.")
      .tagged("NO_COLOR", "", "No colours, also on a terminal.");
}

}  // namespace

std::string command_page(const reference_command& command, const reference_edition& edition) {
  reference_page page{{.name = command.joined("-"),
                       .section = 1,
                       .date = edition.date,
                       .source = "trailbell " + edition.version,
                       .summary = command.summary()}};
  page.section("SYNOPSIS").text(synopsis(command));
  page.section("DESCRIPTION").text(command.about);
  add_options(page, command);
  std::string related;
  if (!command.commands.empty()) {
    page.section("COMMANDS");
    for (const reference_command& inner : command.commands) {
      page.tagged(inner.path.back(), "", inner.summary() + ".");
      related += fmt::format("`{}`(1), ", inner.joined("-"));
    }
  }
  const bool whole = command.path.size() == 1;
  if (whole) {
    add_whole(page);
  }
  add_notes(page, command.notes);
  page.section("SEE ALSO")
      .text(related + (whole ? "" : "`trailbell`(1), ") + "`trailbell.yaml`(5)");
  return page.done();
}

}  // namespace trailbell::app

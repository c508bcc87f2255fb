#include "app/reference_commands.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <utility>

#include "app/command_line.hpp"

namespace trailbell::app {
namespace {

std::string first_of(const std::vector<std::string>& names) {
  return names.empty() ? "" : names.front();
}

void add_option(const CLI::Option& from, reference_command& to) {
  if (from.get_positional()) {
    to.operands.push_back({from.get_name(true), from.get_description(), from.get_required(),
                           from.get_items_expected_max() > 1});
    return;
  }
  to.options.push_back({first_of(from.get_snames()), first_of(from.get_lnames()),
                        from.get_items_expected_max() > 0 ? from.get_type_name() : "",
                        from.get_description(), from.get_required(),
                        from.get_items_expected_max() > 1 ||
                            from.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll});
}

reference_command command_of(const CLI::App& from, std::vector<std::string> path) {
  path.push_back(from.get_name());
  reference_command command{std::move(path), from.get_description(), from.get_footer(), {}, {}, {}};
  for (const CLI::Option* const option : from.get_options()) {
    add_option(*option, command);
  }
  for (const CLI::App* const inner : from.get_subcommands(std::function<bool(const CLI::App*)>{})) {
    command.commands.push_back(command_of(*inner, command.path));
  }
  return command;
}

void flatten(const reference_command& command, std::vector<const reference_command*>& into) {
  into.push_back(&command);
  for (const reference_command& inner : command.commands) {
    flatten(inner, into);
  }
}

}  // namespace

std::string reference_command::joined(std::string_view between) const {
  std::string all;
  for (const std::string& word : path) {
    all += (all.empty() ? "" : std::string{between}) + word;
  }
  return all;
}

std::string reference_command::summary() const {
  std::string first = about.substr(0, about.find("\n\n"));
  for (char& c : first) {
    c = c == '\n' ? ' ' : c;
  }
  first = first.substr(0, first.find(". "));
  if (first.ends_with('.')) {
    first.pop_back();
  }
  return first;
}

reference_command all_commands() {
  reference_command all;
  show_command_line([&all](const CLI::App& app) { all = command_of(app, {}); });
  return all;
}

std::vector<const reference_command*> flattened(const reference_command& top) {
  std::vector<const reference_command*> all;
  flatten(top, all);
  return all;
}

}  // namespace trailbell::app

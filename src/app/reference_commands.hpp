// reference_commands: the command line as plain values, for the writers of manual and completions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trailbell::app {

struct reference_option {
  std::string short_name;  // "c"; empty: none
  std::string long_name;   // "config"
  std::string value;       // "TEXT"; empty: a flag
  std::string about;
  bool required = false;
  bool repeatable = false;
};

struct reference_operand {
  std::string name;  // "PATH"
  std::string about;
  bool required = false;
  bool repeatable = false;
};

struct reference_command {
  std::vector<std::string> path;  // {"trailbell", "rules", "check"}
  std::string about;              // paragraphs; the first line says it all
  std::string notes;              // examples, exit codes and more: paragraphs
  std::vector<reference_option> options;
  std::vector<reference_operand> operands;
  std::vector<reference_command> commands;

  [[nodiscard]] std::string joined(std::string_view between) const;
  // The first sentence of `about`, without its full stop.
  [[nodiscard]] std::string summary() const;
};

// All that the program takes.
[[nodiscard]] reference_command all_commands();

// The command and everything below it, parents first.
[[nodiscard]] std::vector<const reference_command*> flattened(const reference_command& top);

}  // namespace trailbell::app

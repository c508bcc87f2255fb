#include "app/reference_completions.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace trailbell::app {
namespace {

constexpr std::string_view origin = "# Written from the program itself, by trailbell_reference.\n";

// With a backslash before each of these characters.
std::string escaped(std::string_view text, std::string_view characters) {
  std::string out;
  for (const char c : text) {
    out += characters.find(c) == std::string_view::npos ? "" : "\\";
    out += c;
  }
  return out;
}

// In single quotes, of bash and zsh.
std::string quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '\'' ? std::string{R"('\'')"} : std::string{c};
  }
  return "'" + out + "'";
}

std::vector<std::string> option_names(const reference_option& option) {
  std::vector<std::string> names;
  if (!option.short_name.empty()) {
    names.push_back("-" + option.short_name);
  }
  names.push_back("--" + option.long_name);
  return names;
}

void add_bash_command(const reference_command& command, std::string& out) {
  std::vector<std::string> words;
  std::vector<std::string> with_value;
  words.reserve(command.commands.size() + command.options.size());
  for (const reference_command& inner : command.commands) {
    words.push_back(inner.path.back());
  }
  for (const reference_option& option : command.options) {
    const std::vector<std::string> names = option_names(option);
    words.push_back(names.back());
    if (!option.value.empty()) {
      with_value.insert(with_value.end(), names.begin(), names.end());
    }
  }
  out += fmt::format("    {})\n      words={}\n", quoted(command.joined(" ")),
                     quoted(fmt::format("{}", fmt::join(words, " "))));
  if (!with_value.empty()) {
    out += fmt::format("      with_value=' {} '\n", fmt::join(with_value, " "));
  }
  out += "      ;;\n";
}

std::string zsh_about(std::string_view text) {
  return escaped(text, "[]:\\");
}

std::string zsh_option(const reference_option& option) {
  const std::vector<std::string> names = option_names(option);
  const std::string_view star = option.repeatable ? "*" : "";
  const std::string value = option.value.empty() ? "" : ":" + zsh_about(option.value) + ":_files";
  const std::string about = quoted("[" + zsh_about(option.about) + "]" + value);
  if (names.size() == 1) {
    return fmt::format("'{}{}'{}", star, names[0], about);
  }
  const std::string others =
      option.repeatable ? "'*'" : fmt::format("'({})'", fmt::join(names, " "));
  return fmt::format("{}{{{}}}{}", others, fmt::join(names, ","), about);
}

void add_zsh_command(const reference_command& command, std::string& out) {
  out += fmt::format("_{}() {{\n", command.joined("_"));
  std::string arguments;
  for (const reference_option& option : command.options) {
    arguments += " \\\n    " + zsh_option(option);
  }
  if (command.commands.empty()) {
    for (const reference_operand& operand : command.operands) {
      arguments += fmt::format(" \\\n    '{}:{}:_files'", operand.repeatable ? "*" : "",
                               zsh_about(operand.name));
    }
    out += fmt::format("  _arguments{}\n}}\n", arguments);
    return;
  }
  std::string described;
  std::string cases;
  for (const reference_command& inner : command.commands) {
    const std::string& name = inner.path.back();
    described += fmt::format("\n      {}", quoted(name + ":" + zsh_about(inner.summary())));
    cases += fmt::format("        {}) _{} ;;\n", name, inner.joined("_"));
  }
  out += fmt::format(
      "  local curcontext=$curcontext state line\n  local -a commands=({}\n  )\n"
      "  _arguments -C{} \\\n    '1: :->command' '*:: :->rest'\n"
      "  case $state in\n    command) _describe -t commands command commands ;;\n"
      "    rest)\n      case $words[1] in\n{}      esac\n      ;;\n  esac\n}}\n",
      described, arguments, cases);
}

// fish knows two escapes inside single quotes.
std::string fish_quoted(std::string_view text) {
  return "'" + escaped(text, "'\\") + "'";
}

void add_fish_command(const reference_command& command, std::string& out) {
  const std::string here =
      fmt::format("complete -c trailbell -n '__trailbell_command {}'", command.joined(" "));
  for (const reference_command& inner : command.commands) {
    out +=
        fmt::format("{} -f -a {} -d {}\n", here, inner.path.back(), fish_quoted(inner.summary()));
  }
  for (const reference_option& option : command.options) {
    const std::string short_name =
        option.short_name.empty() ? "" : fmt::format(" -s {}", option.short_name);
    out += fmt::format("{}{} -l {}{} -d {}\n", here, short_name, option.long_name,
                       option.value.empty() ? "" : " -r", fish_quoted(option.about));
  }
}

}  // namespace

std::string bash_completion(const reference_command& top) {
  std::string paths;
  std::string tables;
  for (const reference_command* const command : flattened(top)) {
    if (command != &top) {
      paths += fmt::format("{}{}", paths.empty() ? "" : " | ", quoted(command->joined(" ")));
    }
    add_bash_command(*command, tables);
  }
  return fmt::format(R"(# bash completion for trailbell
{0}_trailbell() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
  local command=trailbell words='' with_value='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command ${{COMP_WORDS[i]}}" in
      {1})
        command+=" ${{COMP_WORDS[i]}}"
        ;;
    esac
  done
  case "$command" in
{2}  esac
  case "$with_value" in
    *" $before "*) return ;; # a value: the names of files
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}}
complete -o default -F _trailbell trailbell
)",
                     origin, paths, tables);
}

std::string zsh_completion(const reference_command& top) {
  std::string out = fmt::format("#compdef trailbell\n{}\n", origin);
  for (const reference_command* const command : flattened(top)) {
    add_zsh_command(*command, out);
  }
  return out + "\n_trailbell \"$@\"\n";
}

std::string fish_completion(const reference_command& top) {
  std::string known;
  std::string tables;
  for (const reference_command* const command : flattened(top)) {
    known += " " + fish_quoted(command->joined(" "));
    add_fish_command(*command, tables);
  }
  return fmt::format(R"(# fish completion for trailbell
{}
function __trailbell_command
    set -l known{}
    set -l at trailbell
    for word in (commandline -opc)[2..-1]
        if contains -- "$at $word" $known
            set at "$at $word"
        end
    end
    test "$at" = "$argv"
end

{})",
                     origin, known, tables);
}

}  // namespace trailbell::app

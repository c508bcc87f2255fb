#include "app/config_command.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "app/app.hpp"
#include "app/config_file.hpp"
#include "app/config_schema.hpp"
#include "app/config_show.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

int print(const std::string& text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return written ? exit_done : exit_failure;
}

std::string counted(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

int config_check_command(const config_arguments& arguments) {
  const std::optional<loaded_config> loaded = open_config(arguments.path, arguments.settings);
  if (!loaded) {
    return exit_usage;
  }
  const source_config& source = loaded->config.source;
  const std::size_t sources =
      (source.kafka ? 1U : 0U) + (source.s3 ? 1U : 0U) + (source.file ? 1U : 0U);
  std::string path;
  append_printable(arguments.path, path);
  return print(fmt::format("{}: ok: {}, {}\n", path, counted(sources, "source"),
                           counted(loaded->config.sinks.size(), "sink")));
}

int config_schema_command() {
  return print(config_schema() + "\n");
}

int config_show_command(const config_arguments& arguments) {
  std::optional<loaded_config> loaded = open_config(arguments.path, arguments.settings);
  return loaded ? print(shown(std::move(*loaded))) : exit_usage;
}

}  // namespace trailbell::app

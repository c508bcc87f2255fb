#include "app/config_file.hpp"

#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <utility>

#include "app/text_file.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> all;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text{*variable};
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return all;
}

result<std::string> read_secret(const std::string& path) {
  result<std::string> text = read_text_file(path, limits::config_value_bytes_max);
  if (!text) {
    return error{text.failure().code, path + ": " + text.failure().message};
  }
  return text;
}

void say(const std::string& line) {
  std::string safe;  // begins with the path, for whoever jumps to places
  append_printable(line, safe);
  std::fputs((safe + "\n").c_str(), stderr);
}

// A variable or a flag is one value, whose beginning is no news.
void say(const file_problem& problem, const std::string& file, const char* grade) {
  file_problem graded = problem;
  graded.what = grade + graded.what;
  if (problem.path != file && problem.at == text_place{}) {
    const std::string remedy = problem.remedy.empty() ? "" : "; " + problem.remedy;
    say(problem.path + ": " + graded.what + remedy);
  } else {
    say(graded.message());
  }
}

}  // namespace

std::optional<loaded_config> open_config(const std::string& path,
                                         const std::vector<std::string>& settings) {
  result<std::string> text = read_text_file(path, limits::yaml_bytes_max);
  if (!text) {
    say(path + ": " + text.failure().message + "; name the configuration with -c PATH");
    return std::nullopt;
  }
  auto loaded =
      load_config({path, std::move(text.value()), settings, {environment(), read_secret}});
  if (!loaded) {
    for (const file_problem& problem : loaded.failure().all) {
      say(problem, path, "");
    }
    return std::nullopt;
  }
  for (const file_problem& problem : loaded.value().warnings) {
    say(problem, path, "warning: ");
  }
  return std::move(loaded.value());
}

}  // namespace trailbell::app

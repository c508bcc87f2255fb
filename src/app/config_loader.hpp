// load_config: a file, the environment and flags to a configuration, or to all that is wrong.
//
// Flags go before the environment, that before the file, and that before the defaults. A variable
// TRAILBELL_A__B sets key b of a; its value is taken as it is, but for one of a list or a mapping,
// which is YAML. `a.b=value`, as --set has it, is the same, and `${...}` expands in it. A number
// is a sink's, from 0; in a map `_` stands for the dot of a property and the dash of a header. Pure
// but for what `read_file` does; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_expansion.hpp"
#include "app/service_config.hpp"
#include "trailbell/model/yaml_mapping.hpp"

namespace trailbell::app {

enum class config_layer : std::uint8_t { file, environment, flag };

struct config_origin {
  config_layer layer = config_layer::file;
  std::string from;  // the file's path, the variable, `--set a.b`
  text_place at;
};

struct config_input {
  std::string path;                   // for messages
  std::string text;                   // of the file
  std::vector<std::string> settings;  // `a.b=value`, the last one wins
  config_surroundings around;
};

struct loaded_config {
  service_config config;
  // Of every key that was set, by its path: `sinks.0.file.path`. The others have their defaults.
  std::map<std::string, config_origin> origins;
  std::set<std::string> masked;  // paths of values that came from a file by ${file:}
  problem_list warnings;
};

// All of them, in the order of their places.
struct config_problems {
  problem_list all;
};

[[nodiscard]] result<loaded_config, config_problems> load_config(const config_input& input);

// True of a variable that would set a key: its name has `__`, or is that of a key of the first
// level. TRAILBELL_SIMD is none.
[[nodiscard]] bool is_config_variable(std::string_view name);

}  // namespace trailbell::app

#include "app/run_log.hpp"

#include <utility>

#include "app/config_secrets.hpp"

namespace trailbell::app {
namespace {

observe::log_options options_for(const loaded_config& loaded) {
  return {loaded.config.log.format, loaded.config.log.level, secrets_of(loaded)};
}

}  // namespace

run_log::run_log(const loaded_config& loaded) : log_{options_for(loaded)} {}

log_function run_log::of(std::string kind) {
  return [this, kind = std::move(kind)](log_level level, std::string_view text) {
    say(level, kind, text);
  };
}

}  // namespace trailbell::app

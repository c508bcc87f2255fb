#include "app/run_command.hpp"

#include "app/app.hpp"
#include "app/config_file.hpp"
#include "app/journal.hpp"
#include "app/run_parts.hpp"
#include "app/run_session.hpp"

namespace trailbell::app {

int run_command(const config_arguments& arguments) {
  hold_signals();
  const std::optional<loaded_config> loaded = open_config(arguments.path, arguments.settings);
  if (!loaded) {
    return exit_usage;
  }
  run_log log{*loaded};
  stop_request stop;
  result<run_parts> parts = make_parts(loaded->config, log, stop);
  if (!parts) {
    journal{}.say(parts.failure().message);
    return exit_usage;  // before any work, whatever it is
  }
  result<std::unique_ptr<run_session>> session =
      run_session::open(loaded->config, std::move(parts.value()), log, stop);
  if (!session) {
    journal{}.say(session.failure().message);
    return exit_usage;
  }
  return session.value()->run();
}

}  // namespace trailbell::app

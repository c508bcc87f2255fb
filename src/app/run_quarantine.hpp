// run_quarantine: the quarantine that a configuration names.
#pragma once

#include <memory>
#include <string>

#include "app/run_log.hpp"
#include "app/service_config.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/quarantine.hpp"

namespace trailbell::app {

// Borrows the log, which outlives it.
[[nodiscard]] result<std::unique_ptr<emit::quarantine>> open_quarantine(
    const quarantine_config& config, run_log& log);

// Where it is, for a person.
[[nodiscard]] std::string place_of(const quarantine_config& config);

}  // namespace trailbell::app

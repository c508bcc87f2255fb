// run_tokens: what a part of the service shows to the brokers of Amazon MSK.
#pragma once

#include "app/run_log.hpp"
#include "app/service_config.hpp"
#include "trailbell/base/bearer_token.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::app {

// Empty where they are not asked for; what is wrong with the settings of AWS is said. `kind`: what
// its log lines are of, never from outside. Borrows the log, which outlives them.
[[nodiscard]] result<bearer_tokens> open_tokens(const msk_iam_config& config, const char* kind,
                                                run_log& log);

}  // namespace trailbell::app

// run_sinks: a sink of each kind, as the configuration describes it.
#pragma once

#include <memory>

#include "app/run_log.hpp"
#include "app/run_parts.hpp"
#include "app/service_config.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/sink.hpp"
#include "trailbell/emit/transaction_sink.hpp"

namespace trailbell::app {

// Borrows log and stop, which outlive the sink.
[[nodiscard]] result<std::unique_ptr<emit::sink>> open_sink(const sink_config& config, run_log& log,
                                                            stop_request& stop);

// The one that stores by transactions.
[[nodiscard]] result<std::unique_ptr<emit::transaction_sink>> open_transaction_sink(
    const kafka_sink_config& to, const service_config& config, run_log& log);

}  // namespace trailbell::app

// What a replay reads: whether it is there, how S3 is asked, and what was done before.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "app/replay_command.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/consume/object_source.hpp"
#include "trailbell/consume/replay_checkpoint.hpp"
#include "trailbell/pipeline/scan.hpp"

namespace trailbell::app {

// What can be told of the paths and the options about them without a look at S3.
[[nodiscard]] std::optional<error> check_input(const replay_arguments& arguments);

// Nothing where no path is of S3. Asks S3 until one of the paths is there. Errors: usage, none is
// there; as open_s3().
[[nodiscard]] result<std::optional<consume::s3_access>> open_input(
    const replay_arguments& arguments, const pipeline::scan_options& scan,
    const std::atomic<bool>& stop);

// nullptr: none is wanted. Errors: as replay_checkpoint; rules that count over several records.
[[nodiscard]] result<std::unique_ptr<consume::replay_checkpoint>> open_checkpoint(
    const replay_arguments& arguments, const detect::rule_set& rules);

}  // namespace trailbell::app

// What a replay reads: whether it is there, how S3 is asked, and what was done before.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "app/replay_command.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/consume/object_source.hpp"
#include "trailbell/consume/replay_checkpoint.hpp"
#include "trailbell/detect/rule_set.hpp"

namespace trailbell::app {

// The values of options, in the form that the parts of the program want.
struct input_plan {
  std::optional<std::int64_t> from_ns, to_ns;
  int threads = 1;
  std::uint64_t object_bytes_max = 0;
};
// Errors: usage.
[[nodiscard]] result<input_plan> plan_input(const input_arguments& arguments);

// What can be told of the paths and the options about them without a look at S3.
[[nodiscard]] std::optional<error> check_paths(const input_arguments& arguments);
// The same, and that no path is written to.
[[nodiscard]] std::optional<error> check_input(const replay_arguments& arguments);

// Nothing where no path is of S3. Asks S3 until one of the paths is there. Errors: usage, none is
// there; as open_s3().
[[nodiscard]] result<std::optional<consume::s3_access>> open_input(const input_arguments& arguments,
                                                                   const input_plan& plan,
                                                                   const std::atomic<bool>& stop);

// nullptr: none is wanted. Errors: as replay_checkpoint; rules that count over several records.
[[nodiscard]] result<std::unique_ptr<consume::replay_checkpoint>> open_checkpoint(
    const replay_arguments& arguments, const detect::rule_set& rules);

}  // namespace trailbell::app

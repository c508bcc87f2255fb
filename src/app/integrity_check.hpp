// The check of an archive by CloudTrail's digests, as `digest verify` and `replay --verify-digests`
// want it: where the keys come from, and what AWS is asked.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "app/input_arguments.hpp"
#include "app/replay_input.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/consume/object_source.hpp"
#include "trailbell/integrity/digest_check.hpp"

namespace trailbell::app {

class integrity_check {
 public:
  // Asks nobody yet. Errors: usage, a file of keys that is none, no path that could have digests;
  // as open_s3(), where keys will be asked for.
  static result<integrity_check> open(const input_arguments& arguments,
                                      const std::atomic<bool>& stop);

  // Reads the whole of the archive. `s3`: as open_input() gave it.
  [[nodiscard]] integrity::digest_report run(const integrity::time_range& range,
                                             const std::optional<consume::s3_access>& s3,
                                             const input_plan& plan,
                                             consume::read_control& control) const;

 private:
  integrity_check(input_arguments arguments, std::optional<integrity::public_keys> keys,
                  std::optional<s3_session> session)
      : arguments_{std::move(arguments)}, keys_{std::move(keys)}, session_{std::move(session)} {}
  [[nodiscard]] integrity::key_ring keys_for(const integrity::evidence& found) const;

  input_arguments arguments_;
  std::optional<integrity::public_keys> keys_;
  std::optional<s3_session> session_;  // nothing: no keys are asked for
};

}  // namespace trailbell::app

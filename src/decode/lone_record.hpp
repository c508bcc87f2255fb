// lone_record: what most messages of a stream are, one record and nothing else, told at the speed
// of the scan.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "decode/scan_kernel.hpp"
#include "trailbell/decode/decoder.hpp"

namespace trailbell::decode {

// True where `text` is one closed object that begins as CloudTrail writes its records, with the
// version of their format (1.01 to 1.99; messages of other services that have an eventVersion are
// 1.0 or 2.x), has an eventName and no `Records`, and nothing in it can matter to a rule: it is a
// record to be counted, and no more. As in a file of records, it is not validated then.
// False: it has to be looked at, whatever it is. `places` is scratch: once it has grown, nothing is
// allocated.
[[nodiscard]] bool is_lone_record(std::string_view text, const decode_options& options,
                                  std::vector<std::size_t>& places);

}  // namespace trailbell::decode

// An alert as bytes and back, for state that outlives the process. Its rule's label is not in it:
// that is the loaded rule's own, and the reader's to set.
#pragma once

#include <optional>

#include "trailbell/base/byte_stream.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell {

void write_alert(const alert& from, byte_writer& to);
// Nothing: the bytes are damaged, and the reader says so. Owns its texts.
[[nodiscard]] std::optional<alert> read_alert(byte_reader& from);

}  // namespace trailbell

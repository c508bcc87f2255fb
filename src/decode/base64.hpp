// base64 (RFC 4648 section 4), as Lambda, Kinesis and Firehose deliver it.
#pragma once

#include <string>
#include <string_view>

namespace trailbell::decode {

// Appends what `text` encodes. False, with `out` as it was, where it is no base64. Padding may be
// missing; white space may not occur.
[[nodiscard]] bool append_base64(std::string_view text, std::string& out);

}  // namespace trailbell::decode

// Text inside XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace trailbell {

// Appends `text` so that it may stand in an element or in a quoted attribute, of XML 1.0 and of
// HTML (XML 1.0 sections 2.2 and 2.4). What no document may hold is replaced: control characters
// but line feed and tab by a blank, bytes that are no UTF-8 by U+FFFD, as are U+FFFE and U+FFFF.
// Pure.
void append_markup_text(std::string_view text, std::string& out);

}  // namespace trailbell

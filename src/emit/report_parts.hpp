// What every report page has in common: report_page.css, report_page.html, report_page.js.
#pragma once

#include <string_view>

namespace trailbell::emit::report_parts {

extern const std::string_view style, body, script;

}  // namespace trailbell::emit::report_parts

#pragma once

namespace trailbell::app {

// rules/cis/cis-4.4.yaml, as it was when the program was built.
extern const char* const builtin_rule_text;

}  // namespace trailbell::app

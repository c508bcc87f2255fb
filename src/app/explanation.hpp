// What `filter explain` and `rules explain` write about one event.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trailbell/detect/compiled_rule.hpp"
#include "trailbell/detect/filter_explain.hpp"

namespace trailbell::app {

// A line for each part but the first, which stands for the whole.
void append_parts(const std::vector<detect::explained_part>& parts, std::string& out);

// Whether the rule holds for the record, and why.
void append_explanation(const detect::compiled_rule& rule, const detect::record_view& record,
                        std::uint64_t number, std::string& out);

}  // namespace trailbell::app

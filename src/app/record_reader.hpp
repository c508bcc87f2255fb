// Every record of a file, a pipe or a text, decoded.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "trailbell/model/record.hpp"

namespace trailbell::app {

// `record` counts from 0.
using take_record = std::function<void(const record_fields& fields, std::uint64_t record)>;

// `path`: any form that replay reads, '-' for standard input. The exit code: 0; 2 no such file; 3
// something could not be read, which was said.
int each_record(const std::string& path, const take_record& take);

// The one record that `raw` is.
void with_record(std::string_view raw, const std::function<void(const record_fields&)>& take);

}  // namespace trailbell::app

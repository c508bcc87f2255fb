// Credentials from a program: credential_process of a profile. Source: AWS SDKs and Tools Reference
// Guide, "Process credential provider".
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/aws/credentials.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::aws {

// A command line as words: blanks between them, quotes and backslashes as a shell has them; nothing
// is expanded. Errors: usage, a quote that is not closed, no word.
[[nodiscard]] result<std::vector<std::string>> words_of(std::string_view command);

// What it writes to standard output, 64 KiB at most. No shell; its standard error is ours. Errors:
// it cannot be started, ends with another code than 0, takes longer (then it is killed).
[[nodiscard]] result<std::string> output_of(const std::vector<std::string>& command,
                                            std::chrono::milliseconds bound);

// Of the JSON that it writes, version 1.
[[nodiscard]] result<credentials> credentials_of_process(std::string_view command);

}  // namespace trailbell::aws

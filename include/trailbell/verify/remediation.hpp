// What would make a chain whole, for this account: existing trails, log groups and topics are
// reused under their names. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

enum class remediation_form : std::uint8_t { cli, cloudformation, terraform };
[[nodiscard]] std::optional<remediation_form> remediation_form_of(std::string_view name) noexcept;

// A POSIX shell script; or a template of what has to be added, with what has to be changed as
// commands in comments. Says so where there is nothing to do.
[[nodiscard]] std::string remediation_of(const inventory& of,
                                         const std::vector<control_verdict>& controls,
                                         remediation_form form);

}  // namespace trailbell::verify

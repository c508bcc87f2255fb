// What mends an account, in each form; and the words that the forms share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verify/mending_plan.hpp"

namespace trailbell::verify {

// One line, whatever an account's names hold.
[[nodiscard]] std::string comment(std::string_view text);
[[nodiscard]] std::string of_region(const std::string& region);  // ` --region 'eu-west-1'`
// Which control, and what is not known of it.
[[nodiscard]] std::string heading(const mending_plan& plan);
// A trail that is there is told of a log group; both as words of a shell.
[[nodiscard]] std::string update_trail_command(const mending_plan& plan,
                                               const std::string& group_arn,
                                               const std::string& role_arn);
// What no template can add: the settings of what is there.
[[nodiscard]] std::string changes_as_comments(const mending_plan& plan);

[[nodiscard]] std::string as_terraform(const std::string& account_id,
                                       const std::vector<mending_plan>& plans);

}  // namespace trailbell::verify

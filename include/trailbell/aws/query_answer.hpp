// query_answer: what a service answers that speaks XML, as the JSON that AWS's SDKs make of it.
//
// Of SNS, STS and EC2: members of lists become arrays, entries of maps objects, everything else
// texts; an element without content becomes null. Pure. Source: Smithy, "AWS query protocol", "AWS
// EC2 query protocol".
#pragma once

#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::aws {

// The object of `<ACTIONResult>`, or, of EC2, of `<ACTIONResponse>`. Errors: not_text, where it is
// no XML or answers another call; they show nothing of it.
[[nodiscard]] result<std::string> query_answer(std::string_view xml, const std::string& action);

}  // namespace trailbell::aws

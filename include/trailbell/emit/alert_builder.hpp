// alert_builder: what a record says about who did what to which policy.
// Source: AWS CloudTrail User Guide, "userIdentity element"; IAM API Reference, the sixteen
// actions.
#pragma once

#include <string_view>

#include "trailbell/model/alert.hpp"
#include "trailbell/model/record.hpp"

namespace trailbell::emit {

// Everything but where the record was found and when. The alert still shows the record's texts: see
// alert::own_texts(). Pure.
[[nodiscard]] alert build_alert(const rule_label& rule, severity level,
                                const record_fields& fields);

}  // namespace trailbell::emit

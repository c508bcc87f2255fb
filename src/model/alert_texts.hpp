// Every text of an alert that came from the record.
#pragma once

#include "trailbell/model/alert.hpp"

namespace trailbell {

// `use`: of a text that may be missing.
template <class Use>
void each_text(alert_content& a, Use use) {
  for (text_view* const text : {&a.event_id,
                                &a.event_name,
                                &a.event_source,
                                &a.event_time,
                                &a.aws_region,
                                &a.account_id,
                                &a.error_code,
                                &a.error_message,
                                &a.source_ip,
                                &a.user_agent,
                                &a.actor.type,
                                &a.actor.arn,
                                &a.actor.name,
                                &a.actor.session_name,
                                &a.actor.principal_id,
                                &a.actor.account_id,
                                &a.actor.access_key_id,
                                &a.actor.session_issuer_arn,
                                &a.actor.invoked_by,
                                &a.target.policy_arn,
                                &a.target.policy_name,
                                &a.target.principal_name,
                                &a.raw}) {
    use(*text);
  }
}

}  // namespace trailbell

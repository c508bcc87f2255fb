#include "trailbell/model/alert.hpp"

#include <cstddef>

namespace trailbell {

std::string_view to_string(severity level) noexcept {
  return severity_names[static_cast<std::size_t>(level)];
}

namespace {

// Every text that came from the record.
template <class Use>
void each_text(alert& a, Use use) {
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
    if (*text) {
      use(**text);
    }
  }
}

}  // namespace

void alert::own_texts() {
  std::size_t size = 0;
  each_text(*this, [&](const std::string_view& text) { size += text.size(); });
  auto owned = std::make_unique_for_overwrite<char[]>(size);
  char* to = owned.get();
  each_text(*this, [&](std::string_view& text) {
    const std::size_t copied = text.copy(to, text.size());
    text = {to, copied};
    to += copied;
  });
  texts_ = std::move(owned);
}

alert alert::copy() const {
  alert made;
  static_cast<alert_content&>(made) = static_cast<const alert_content&>(*this);
  made.own_texts();
  return made;
}

}  // namespace trailbell

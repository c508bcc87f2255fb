// AWS's answers, one page each, into the values of an inventory.
#pragma once

#include "trailbell/verify/inventory.hpp"
#include "verify/answer_fields.hpp"

namespace trailbell::verify {

void read_trails(answer_fields& in, const located& page, std::vector<trail>& out);
void read_status(answer_fields& in, const located& page, trail_status& out);
void read_selectors(answer_fields& in, const located& page, event_selectors& out);
void read_log_groups(answer_fields& in, const located& page, std::vector<log_group>& out);
void read_metric_filters(answer_fields& in, const located& page, std::vector<metric_filter>& out);
void read_transformer(answer_fields& in, const located& page, std::vector<transformer_step>& out);
void read_alarms(answer_fields& in, const located& page, alarm_listing& out);
void read_mute_rules(answer_fields& in, const located& page, std::vector<mute_rule>& out);
void read_mute_targets(answer_fields& in, const located& page, mute_targets& out);
void read_topics(answer_fields& in, const located& page, std::vector<std::string>& out);
void read_topic(answer_fields& in, const located& page, topic_attributes& out);
void read_subscriptions(answer_fields& in, const located& page, std::vector<subscription>& out);
void read_subscription(answer_fields& in, const located& page, subscription_attributes& out);
void read_event_rules(answer_fields& in, const located& page, std::vector<event_rule>& out);
void read_event_targets(answer_fields& in, const located& page, std::vector<event_target>& out);
void read_bucket_notices(answer_fields& in, const located& page, bucket_notices& out);
void read_queue(answer_fields& in, const located& page, queue_attributes& out);

}  // namespace trailbell::verify

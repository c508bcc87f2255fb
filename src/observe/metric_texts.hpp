// Every metric of the service: its name, its labels, what it says.
#pragma once

#include "observe/metric_family.hpp"

namespace trailbell::observe::metric_texts {

inline const metric_text records{"trailbell_records_total",
                                 {"source", "outcome"},
                                 "CloudTrail records of batches that were acknowledged."};
inline const metric_text bytes{
    "trailbell_bytes_total", {"source", "kind"}, "Bytes of input, as they were read and inflated."};
inline const metric_text objects{"trailbell_objects_total",
                                 {"source", "outcome"},
                                 "Files, messages and stored objects that were taken."};
inline const metric_text skipped{"trailbell_skipped_total",
                                 {"source", "kind"},
                                 "What was recognised, and is no record or none that is known."};
inline const metric_text s3_objects{"trailbell_s3_objects_total",
                                    {"outcome"},
                                    "Objects that messages announced: read, or why not."};
inline const metric_text s3_get_failures{
    "trailbell_s3_get_failures_total", {"reason"}, "Attempts to read an object that gave none."};
inline const metric_text s3_get_bytes{
    "trailbell_s3_get_bytes_total", {}, "Bytes of the objects that were read."};
inline const metric_text s3_get_seconds{
    "trailbell_s3_get_seconds", {}, "Time that reading an object took, of those that were read."};
inline const metric_text s3_lag{"trailbell_s3_lag_seconds",
                                {},
                                "From the event of the object that was acknowledged last to then."};
inline const metric_text reconcile_objects{
    "trailbell_s3_reconcile_objects_total",
    {"outcome"},
    "Objects that were listed: missing are those that nobody announced, and that are read."};
inline const metric_text reconcile_rounds{"trailbell_s3_reconcile_rounds_total",
                                          {"outcome"},
                                          "Listings of all that is to be reconciled: complete once "
                                          "all that was missing is acknowledged."};
inline const metric_text reconcile_lag{
    "trailbell_s3_reconcile_lag_seconds",
    {},
    "Since the time up to which every object that is listed is acknowledged."};
inline const metric_text reconcile_under_way{
    "trailbell_s3_reconcile_objects_under_way",
    {},
    "Objects that were missing and are not acknowledged yet."};
inline const metric_text reconcile_remembered{
    "trailbell_s3_reconcile_objects_remembered", {}, "Objects that are known to be done with."};
inline const metric_text sqs_notices{"trailbell_sqs_notices_total",
                                     {"kind"},
                                     "What messages held that announces no object with records."};
inline const metric_text sqs_received{
    "trailbell_sqs_messages_received_total", {"queue"}, "Messages that were received."};
inline const metric_text sqs_redelivered{
    "trailbell_sqs_messages_redelivered_total",
    {"queue"},
    "Messages that were received, and not for the first time."};
inline const metric_text sqs_deleted{"trailbell_sqs_messages_deleted_total",
                                     {"queue"},
                                     "Messages that were deleted, as all of theirs was done."};
inline const metric_text sqs_extended{"trailbell_sqs_messages_extended_total",
                                      {"queue"},
                                      "Times that a message's visibility time-out was extended."};
inline const metric_text sqs_released{"trailbell_sqs_messages_released_total",
                                      {"queue"},
                                      "Messages that others may have, at once or after a while."};
inline const metric_text sqs_lost{"trailbell_sqs_messages_lost_total",
                                  {"queue"},
                                  "Messages whose visibility could not be extended in time."};
inline const metric_text sqs_in_flight{"trailbell_sqs_messages_in_flight",
                                       {"queue"},
                                       "Messages that were received and are not done with."};
inline const metric_text sqs_oldest{"trailbell_sqs_oldest_message_age_seconds",
                                    {"queue"},
                                    "Since the oldest message in flight was sent."};
inline const metric_text sqs_receive_count{"trailbell_sqs_receive_count_max",
                                           {"queue"},
                                           "How often a message in flight was received, at most."};
inline const metric_text sqs_waiting{"trailbell_sqs_messages_waiting",
                                     {"queue"},
                                     "About how many messages the queue says can be received."};
inline const metric_text policy_changes{"trailbell_iam_policy_changes_total",
                                        {"event_name", "outcome"},
                                        "Matched records that are one of the sixteen changes."};
inline const metric_text changes_by_actor{"trailbell_iam_policy_changes_by_actor_total",
                                          {"actor_type", "outcome"},
                                          "The same changes, by the type of who made them."};
inline const metric_text findings{
    "trailbell_findings_total", {"rule"}, "Findings: those that became alerts, and suppressed."};
inline const metric_text alerts{
    "trailbell_alerts_total", {"rule", "severity"}, "Alerts that every required sink accepted."};
inline const metric_text suppressed{
    "trailbell_alerts_suppressed_total", {"reason"}, "Findings that became no alert."};
inline const metric_text quarantined{
    "trailbell_quarantined_total", {"reason"}, "What was put into quarantine."};
inline const metric_text quarantine_cut{
    "trailbell_quarantine_cut_total", {}, "What was put into quarantine, and not whole."};
inline const metric_text deliveries{"trailbell_sink_deliveries_total",
                                    {"sink", "outcome"},
                                    "Alerts by the outcome of each attempt to deliver them."};
inline const metric_text delivery_seconds{
    "trailbell_sink_delivery_seconds", {"sink"}, "Time that one attempt of a sink took."};
inline const metric_text event_age{
    "trailbell_event_age_seconds", {}, "Detection time minus event time, of findings."};
inline const metric_text last_progress{"trailbell_last_progress_timestamp_seconds",
                                       {"source"},
                                       "When a batch was last acknowledged, or the start."};
inline const metric_text lag{"trailbell_kafka_lag_records",
                             {"topic", "partition"},
                             "Messages between what was taken and the end of the partition."};
inline const metric_text rebalances{
    "trailbell_kafka_rebalances_total", {}, "Assignments of partitions that were taken up."};
inline const metric_text duplicates{"trailbell_kafka_duplicates_dropped_total",
                                    {},
                                    "Messages that came twice within one assignment."};
inline const metric_text ready{
    "trailbell_ready", {"part"}, "1 where a source, required sink or quarantine is ready, else 0."};
inline const metric_text in_flight{
    "trailbell_in_flight_bytes", {}, "Bytes of input that were taken and not yet acknowledged."};
inline const metric_text rules_loaded{"trailbell_rules_loaded", {}, "Rules that run now."};
inline const metric_text reload_failures{
    "trailbell_rule_reload_failures_total", {}, "Rule sets that were refused; the old one stayed."};
inline const metric_text verdicts{
    "trailbell_verify_verdict",
    {"control", "verdict"},
    "1 for what verify last said of a control's alarm chain, 0 for what it did not say."};
inline const metric_text link_verdicts{
    "trailbell_verify_link",
    {"control", "link", "verdict"},
    "1 for what verify last said of a link of a control's alarm chain, 0 for what it did not say."};
inline const metric_text canaries{
    "trailbell_canaries_total", {}, "Canaries that were found and acknowledged."};
inline const metric_text verify_time{
    "trailbell_verify_last_timestamp_seconds", {}, "When verify last had a verdict."};
inline const metric_text transactions{
    "trailbell_transactions_total", {"outcome"}, "Transactions of exactly_once that ended."};
inline const metric_text build_info{
    "trailbell_build_info", {"version", "commit", "simd"}, "Always 1; the labels say what runs."};

}  // namespace trailbell::observe::metric_texts

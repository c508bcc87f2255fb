#include "trailbell/observe/prometheus_meter.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/scraped.hpp"
#include "trailbell/model/canary.hpp"

namespace trailbell::observe {
namespace {

constexpr std::array<std::string_view, 3> names{"CreatePolicy", "DeletePolicy", "PutUserPolicy"};

prometheus_options two_sources() {
  return {.version = "1.2.3",
          .commit = "abcdef0",
          .simd = "avx2",
          .sources = {"kafka", "file"},
          .sinks = {"alerts", "pager"},
          .parts = {"source kafka", "quarantine"},
          .event_names = names,
          .started_ns = 1'700'000'000'000'000'000};
}

// Ten records: four matched, five passed, one rejected; five findings, three of them alerts.
batch_counts ten_records() {
  batch_counts counts;
  counts.objects = 2;
  counts.bytes_read = 100;
  counts.bytes_inflated = 1'000;
  counts.decoded.records = 10;
  counts.decoded.rejected = 1;
  counts.decoded.skipped.digest = 3;
  counts.matched = 4;
  counts.findings = 5;
  counts.suppressed_by_dedup = 1;
  counts.suppressed_by_rule = 1;
  counts.findings_by_rule["cis-4.4"] = 5;
  counts.alerts[{"cis-4.4", severity::high}] = 2;
  counts.alerts[{"cis-4.4", severity::medium}] = 1;
  counts.policy_changes[0] = {3, 1};
  counts.changes_by_actor["Root"] = {1, 0};
  counts.changes_by_actor["what nobody knows"] = {1, 1};
  counts.changes_by_actor[""] = {1, 0};
  counts.quarantined["rejected"] = 1;
  counts.event_ages = {-5, 0.5, 299, 86'401};
  return counts;
}

double records(const scraped& metrics) {
  return metrics.sum("trailbell_records_total");
}

TEST(prometheus_meter, shows_what_a_batch_did) {
  prometheus_meter meter{two_sources()};
  meter.add("kafka", ten_records(), 1'700'000'060'500'000'000);
  const scraped metrics{meter.scrape()};
  for (const auto& [series, value] : std::initializer_list<std::pair<const char*, double>>{
           {R"(trailbell_records_total{outcome="matched",source="kafka"})", 4},
           {R"(trailbell_records_total{outcome="passed",source="kafka"})", 5},
           {R"(trailbell_records_total{outcome="rejected",source="kafka"})", 1},
           {R"(trailbell_records_total{outcome="matched",source="file"})", 0},
           {R"(trailbell_bytes_total{kind="read",source="kafka"})", 100},
           {R"(trailbell_bytes_total{kind="inflated",source="kafka"})", 1'000},
           {R"(trailbell_objects_total{outcome="read",source="kafka"})", 2},
           {R"(trailbell_skipped_total{kind="digest",source="kafka"})", 3},
           {R"(trailbell_findings_total{rule="cis-4.4"})", 5},
           {R"(trailbell_alerts_total{rule="cis-4.4",severity="high"})", 2},
           {R"(trailbell_alerts_total{rule="cis-4.4",severity="medium"})", 1},
           {R"(trailbell_alerts_suppressed_total{reason="dedup"})", 1},
           {R"(trailbell_alerts_suppressed_total{reason="rule"})", 1},
           {R"(trailbell_iam_policy_changes_total{event_name="CreatePolicy",outcome="success"})",
            3},
           {R"(trailbell_iam_policy_changes_total{event_name="CreatePolicy",outcome="failure"})",
            1},
           {R"(trailbell_iam_policy_changes_by_actor_total{actor_type="Root",outcome="success"})",
            1},
           {R"(trailbell_iam_policy_changes_by_actor_total{actor_type="Root",outcome="failure"})",
            0},
           {R"(trailbell_iam_policy_changes_by_actor_total{actor_type="other",outcome="success"})",
            2},
           {R"(trailbell_iam_policy_changes_by_actor_total{actor_type="other",outcome="failure"})",
            1},
           {R"(trailbell_quarantined_total{reason="rejected"})", 1},
           {R"(trailbell_event_age_seconds_count)", 4},
           {R"(trailbell_event_age_seconds_bucket{le="1"})", 2},
           {R"(trailbell_event_age_seconds_bucket{le="300"})", 3},
           {R"(trailbell_event_age_seconds_bucket{le="86400"})", 3},
           {R"(trailbell_event_age_seconds_bucket{le="259200"})", 4},
           {R"(trailbell_last_progress_timestamp_seconds{source="kafka"})", 1'700'000'060.5},
           {R"(trailbell_last_progress_timestamp_seconds{source="file"})", 1'700'000'000},
           {R"(trailbell_build_info{commit="abcdef0",simd="avx2",version="1.2.3"})", 1},
       }) {
    EXPECT_EQ(metrics.at(series), value) << series;
  }
}

TEST(prometheus_meter, has_every_series_that_can_be_known_at_0_from_the_start) {
  prometheus_meter meter{two_sources()};
  const std::string rules[] = {"cis-4.4", "other-rule", "cis-4.4"};
  meter.set_rules(rules);
  const scraped metrics{meter.scrape()};
  EXPECT_EQ(metrics.count("trailbell_records_total"), 2 * 3);
  EXPECT_EQ(metrics.count("trailbell_iam_policy_changes_total"), 3 * 2);
  EXPECT_EQ(metrics.count("trailbell_iam_policy_changes_by_actor_total"), (12 + 1) * 2);
  EXPECT_EQ(metrics.count("trailbell_findings_total"), 2);
  EXPECT_EQ(metrics.count("trailbell_alerts_total"), 2 * 5);
  EXPECT_EQ(metrics.count("trailbell_alerts_suppressed_total"), 2);
  EXPECT_EQ(metrics.count("trailbell_quarantined_total"), 4);
  EXPECT_EQ(metrics.count("trailbell_sink_deliveries_total"), 2 * 4);
  EXPECT_EQ(metrics.count("trailbell_sink_delivery_seconds_count"), 2);
  EXPECT_EQ(metrics.count("trailbell_bytes_total"), 2 * 2);
  EXPECT_EQ(metrics.at("trailbell_rules_loaded"), 2);
  EXPECT_EQ(metrics.at("trailbell_in_flight_bytes"), 0);
  EXPECT_EQ(metrics.at("trailbell_rule_reload_failures_total"), 0);
  EXPECT_EQ(metrics.sum("trailbell_findings_total"), 0);
  EXPECT_EQ(metrics.count("trailbell_s3_objects_total"), 0);
  EXPECT_EQ(metrics.count("trailbell_kafka_lag_records"), 0);
  EXPECT_EQ(metrics.at("trailbell_kafka_rebalances_total"), 0);
  EXPECT_EQ(metrics.at("trailbell_kafka_duplicates_dropped_total"), 0);
  EXPECT_EQ(metrics.at(R"(trailbell_ready{part="quarantine"})"), 0);
}

TEST(prometheus_meter, counts_what_happens_to_a_consumer_group_where_kafka_is_a_source) {
  prometheus_meter meter{two_sources()};
  meter.add_group_events({1, 0});
  meter.add_group_events({2, 5});
  const scraped metrics{meter.scrape()};
  EXPECT_EQ(metrics.at("trailbell_kafka_rebalances_total"), 3);
  EXPECT_EQ(metrics.at("trailbell_kafka_duplicates_dropped_total"), 5);
  prometheus_options files = two_sources();
  files.sources = {"file"};
  EXPECT_EQ(scraped{prometheus_meter{files}.scrape()}.count("trailbell_kafka_rebalances_total"), 0);
}

TEST(prometheus_meter, says_which_part_is_ready) {
  prometheus_meter meter{two_sources()};
  meter.set_ready("source kafka", "");
  meter.set_ready("quarantine", "");
  meter.set_ready("quarantine", "it is full");
  meter.set_ready("what nobody named", "");
  meter.add_quarantine_cut(3);
  const scraped metrics{meter.scrape()};
  EXPECT_EQ(metrics.at(R"(trailbell_ready{part="source kafka"})"), 1);
  EXPECT_EQ(metrics.at(R"(trailbell_ready{part="quarantine"})"), 0);
  EXPECT_EQ(metrics.count("trailbell_ready"), 3);
  EXPECT_EQ(metrics.at("trailbell_quarantine_cut_total"), 3);
}

TEST(prometheus_meter, shows_one_verdict_of_a_control) {
  prometheus_meter meter{two_sources()};
  EXPECT_EQ(scraped{meter.scrape()}.count("trailbell_verify_verdict"), 0);
  meter.set_verdict("cis-4.4", "");
  EXPECT_EQ(scraped{meter.scrape()}.at(
                R"(trailbell_verify_verdict{control="cis-4.4",verdict="present"})"),
            0);
  meter.set_verdict("cis-4.4", "present");
  meter.set_verdict("cis-4.4", "missing");
  meter.set_verify_time(1'500'000'000);
  const scraped metrics{meter.scrape()};
  EXPECT_EQ(metrics.at(R"(trailbell_verify_verdict{control="cis-4.4",verdict="missing"})"), 1);
  EXPECT_EQ(metrics.at(R"(trailbell_verify_verdict{control="cis-4.4",verdict="present"})"), 0);
  EXPECT_EQ(metrics.at(R"(trailbell_verify_verdict{control="cis-4.4",verdict="undetermined"})"), 0);
  EXPECT_EQ(metrics.at("trailbell_verify_last_timestamp_seconds"), 1.5);
}

TEST(prometheus_meter, shows_each_link_of_a_control_that_was_looked_at) {
  prometheus_meter meter{two_sources()};
  EXPECT_EQ(scraped{meter.scrape()}.count("trailbell_verify_link"), 0);
  using said = std::pair<std::string_view, std::string_view>;
  meter.set_links("cis-4.4", std::array{said{"trail", "present"}, said{"alarm", ""}});
  const scraped first{meter.scrape()};
  EXPECT_EQ(first.sum("trailbell_verify_link"), 1);
  EXPECT_EQ(first.count("trailbell_verify_link"), 6);
  meter.set_links("cis-4.4", std::array{said{"trail", "missing"}, said{"alarm", "undetermined"}});
  const scraped metrics{meter.scrape()};
  const std::string trail = R"(trailbell_verify_link{control="cis-4.4",link="trail",verdict=)";
  EXPECT_EQ(metrics.at(trail + "\"present\"}"), 0);
  EXPECT_EQ(metrics.at(trail + "\"missing\"}"), 1);
  EXPECT_EQ(metrics.sum("trailbell_verify_link"), 2);
}

TEST(prometheus_meter, counts_canaries_apart_and_remembers_the_last) {
  prometheus_meter meter{two_sources()};
  EXPECT_EQ(scraped{meter.scrape()}.at("trailbell_canaries_total"), 0);
  batch_counts counts = ten_records();
  for (int i = 0; i < 60; ++i) {
    counts.canaries.push_back("c" + std::to_string(i));
  }
  meter.add("kafka", counts, 7);
  counts.canaries.front() = "again";
  meter.add("kafka", counts, 8);
  EXPECT_EQ(scraped{meter.scrape()}.at("trailbell_canaries_total"), 120);
  const auto canaries = meter.canaries();
  ASSERT_EQ(canaries.size(), canaries_shown_max);
  EXPECT_EQ(canaries.front(), (std::pair<std::string, std::int64_t>{"c20", 7}));
  EXPECT_EQ(canaries.at(40), (std::pair<std::string, std::int64_t>{"again", 8}));
}

TEST(prometheus_meter, counts_objects_of_s3_where_it_is_a_source) {
  prometheus_options options = two_sources();
  options.sources = {"s3"};
  prometheus_meter meter{options};
  EXPECT_EQ(scraped{meter.scrape()}.at(R"(trailbell_s3_objects_total{outcome="missing"})"), 0);
  announced_status said;
  said.objects[static_cast<std::size_t>(object_outcome::read)] = 2;
  said.get_failures[static_cast<std::size_t>(get_failure::denied)] = 3;
  said.notices[0] = 1;
  said.get_times[2] = 2;
  said.get_seconds = 0.04;
  said.lag_seconds = 7.5;
  queue_status trails;
  trails.queue = "trails";
  trails.received = 5;
  trails.deleted = 4;
  trails.in_flight = 1;
  said.queues.push_back(trails);
  said.reconcile.emplace();
  said.reconcile->objects[static_cast<std::size_t>(listed_as::missing)] = 3;
  said.reconcile->lag_seconds = 60.5;
  meter.set_announced(said);
  said.reconcile->objects[static_cast<std::size_t>(listed_as::missing)] = 4;
  said.reconcile->rounds_complete = 1;
  said.objects[static_cast<std::size_t>(object_outcome::read)] = 5;
  said.queues[0].deleted = 6;
  said.queues[0].in_flight = 0;
  said.queues[0].waiting = 9;
  meter.set_announced(said);
  const scraped metrics{meter.scrape()};
  EXPECT_EQ(metrics.at(R"(trailbell_s3_objects_total{outcome="read"})"), 5);
  EXPECT_EQ(metrics.at(R"(trailbell_s3_get_failures_total{reason="denied"})"), 3);
  EXPECT_EQ(metrics.at(R"(trailbell_sqs_notices_total{kind="test"})"), 1);
  EXPECT_EQ(metrics.at("trailbell_s3_get_seconds_count"), 2);
  EXPECT_EQ(metrics.at("trailbell_s3_lag_seconds"), 7.5);
  EXPECT_EQ(metrics.at(R"(trailbell_sqs_messages_received_total{queue="trails"})"), 5);
  EXPECT_EQ(metrics.at(R"(trailbell_sqs_messages_deleted_total{queue="trails"})"), 6);
  EXPECT_EQ(metrics.at(R"(trailbell_sqs_messages_in_flight{queue="trails"})"), 0);
  EXPECT_EQ(metrics.at(R"(trailbell_sqs_messages_waiting{queue="trails"})"), 9);
  EXPECT_EQ(metrics.at(R"(trailbell_s3_reconcile_objects_total{outcome="missing"})"), 4);
  EXPECT_EQ(metrics.at(R"(trailbell_s3_reconcile_rounds_total{outcome="complete"})"), 1);
  EXPECT_EQ(metrics.at(R"(trailbell_s3_reconcile_rounds_total{outcome="incomplete"})"), 0);
  EXPECT_EQ(metrics.at("trailbell_s3_reconcile_lag_seconds"), 60.5);
}

TEST(prometheus_meter, counts_alerts_by_what_became_of_an_attempt) {
  prometheus_meter meter{two_sources()};
  meter.add_delivery("pager", "retry", 7, 0.02);
  meter.add_delivery("pager", "accepted", 7, 0.3);
  meter.add_delivery("pager", "dropped", 2, 0);
  const scraped metrics{meter.scrape()};
  EXPECT_EQ(metrics.at(R"(trailbell_sink_deliveries_total{outcome="retry",sink="pager"})"), 7);
  EXPECT_EQ(metrics.at(R"(trailbell_sink_deliveries_total{outcome="accepted",sink="pager"})"), 7);
  EXPECT_EQ(metrics.at(R"(trailbell_sink_deliveries_total{outcome="dropped",sink="pager"})"), 2);
  EXPECT_EQ(metrics.at(R"(trailbell_sink_delivery_seconds_count{sink="pager"})"), 2);
  EXPECT_EQ(metrics.at(R"(trailbell_sink_delivery_seconds_bucket{sink="pager",le="0.025"})"), 1);
}

TEST(prometheus_meter, lets_the_lag_of_partitions_vanish_that_went_away) {
  prometheus_meter meter{two_sources()};
  const partition_lag before[] = {{"trail", 0, 5}, {"trail", 1, 6}};
  meter.set_lags(before);
  EXPECT_EQ(scraped{meter.scrape()}.count("trailbell_kafka_lag_records"), 2);
  const partition_lag after[] = {{"trail", 1, 9}};
  meter.set_lags(after);
  const scraped metrics{meter.scrape()};
  EXPECT_EQ(metrics.count("trailbell_kafka_lag_records"), 1);
  EXPECT_EQ(metrics.at(R"(trailbell_kafka_lag_records{partition="1",topic="trail"})"), 9);
  meter.set_lags({});
  EXPECT_EQ(scraped{meter.scrape()}.count("trailbell_kafka_lag_records"), 0);
}

TEST(prometheus_meter, keeps_the_counters_of_rules_that_were_taken_away) {
  prometheus_meter meter{two_sources()};
  const std::string first[] = {"a", "b"};
  meter.set_rules(first);
  batch_counts counts;
  counts.findings = counts.findings_by_rule["a"] = 2;
  counts.alerts[{"a", severity::low}] = 2;
  meter.add("file", counts, 0);
  const std::string second[] = {"b"};
  meter.set_rules(second);
  const scraped metrics{meter.scrape()};
  EXPECT_EQ(metrics.at(R"(trailbell_findings_total{rule="a"})"), 2);
  EXPECT_EQ(metrics.at("trailbell_rules_loaded"), 1);
}

TEST(prometheus_meter, escapes_labels) {
  prometheus_options options = two_sources();
  options.sinks = {"a\"b\\c\nd\xff"};
  prometheus_meter meter{options};
  EXPECT_NE(meter.scrape().find("sink=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\"} 0\n"), std::string::npos);
}

TEST(prometheus_meter, makes_no_label_of_what_it_does_not_know) {
  prometheus_meter meter{two_sources()};
  batch_counts counts = ten_records();
  counts.quarantined["AccessDenied: arn:aws:iam::1:user/x"] = 1;
  meter.add("elsewhere", counts, 0);
  meter.add_delivery("nowhere", "lost", 3, 0.1);
  const std::string text = meter.scrape();
  for (const char* const word : {"elsewhere", "nowhere", "lost", "arn:aws"}) {
    EXPECT_EQ(text.find(word), std::string::npos) << word;
  }
  const scraped metrics{text};
  EXPECT_EQ(metrics.at(R"(trailbell_records_total{outcome="matched",source="other"})"), 4);
  EXPECT_EQ(metrics.at(R"(trailbell_sink_deliveries_total{outcome="other",sink="other"})"), 3);
  EXPECT_EQ(metrics.at(R"(trailbell_quarantined_total{reason="other"})"), 1);
}

TEST(prometheus_meter, counts_exactly_beyond_what_a_float_can) {
  prometheus_meter meter{two_sources()};
  batch_counts counts;
  counts.bytes_read = 1'234'567'890'123'456;
  meter.add("file", counts, 0);
  EXPECT_NE(meter.scrape().find(R"({kind="read",source="file"} 1234567890123456)"),
            std::string::npos);
}

TEST(prometheus_meter, tells_what_the_process_uses) {
  prometheus_meter meter{two_sources()};
  const scraped first{meter.scrape()};
  EXPECT_GT(first.at("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(first.at("process_virtual_memory_bytes"), first.at("process_resident_memory_bytes"));
  EXPECT_GE(first.at("process_open_fds"), 3);
  EXPECT_GT(first.at("process_max_fds"), first.at("process_open_fds"));
  EXPECT_EQ(first.at("process_start_time_seconds"), 1'700'000'000);
  double cpu = first.at("process_cpu_seconds_total");
  for (int scrapes = 0; scrapes < 100; ++scrapes) {
    const double now = scraped{meter.scrape()}.at("process_cpu_seconds_total");
    EXPECT_GE(now, cpu);
    cpu = now;
  }
  EXPECT_GT(cpu, 0);
}

TEST(prometheus_meter, shows_whole_batches_only) {
  prometheus_meter meter{two_sources()};
  std::atomic<int> scrapes{0};
  int batches = 0;
  std::thread adder{[&] {
    const batch_counts counts = ten_records();
    while (scrapes < 300) {
      meter.add(++batches % 2 == 0 ? "kafka" : "file", counts, 0);
    }
  }};
  for (; scrapes < 300; ++scrapes) {
    const scraped metrics{meter.scrape()};
    const double matched =
        metrics.at(R"(trailbell_records_total{outcome="matched",source="kafka"})") +
        metrics.at(R"(trailbell_records_total{outcome="matched",source="file"})");
    EXPECT_EQ(records(metrics) * 4, matched * 10);
    EXPECT_EQ(
        metrics.sum("trailbell_findings_total"),
        metrics.sum("trailbell_alerts_total") + metrics.sum("trailbell_alerts_suppressed_total"));
    EXPECT_EQ(metrics.sum("trailbell_iam_policy_changes_total"), matched);
    EXPECT_EQ(metrics.sum("trailbell_iam_policy_changes_by_actor_total"), matched);
    EXPECT_EQ(metrics.sum("trailbell_bytes_total"), records(metrics) * 110);
  }
  adder.join();
  EXPECT_EQ(records(scraped{meter.scrape()}), batches * 10);
}

}  // namespace
}  // namespace trailbell::observe

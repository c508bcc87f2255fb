// Against librdkafka's mock cluster, which keeps no transactions apart: what is committed, aborted
// and fenced for real is the business of tests/integration.
#include "trailbell/emit/kafka_transaction_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "kafka/configuration.hpp"
#include "support/test_kafka.hpp"

namespace trailbell::emit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::array ids{"e0", "e1", "e2"};
constexpr std::int16_t produce_request = 0;
constexpr std::int16_t end_transaction_request = 26;
constexpr std::int16_t init_producer_request = 22;

class kafka_transaction_sink_test : public ::testing::Test {
 protected:
  kafka_transaction_sink_test() {
    kafka_.create_topic("alerts");
    for (std::size_t i = 0; i < 3; ++i) {
      alerts_.emplace_back();
      alerts_.back().fingerprint = std::string(31, 'a') + std::to_string(i);
      alerts_.back().event_id = ids[i];
      alerts_.back().account_id = "111122223333";
      alerts_.back().place.name = "x";
      content_.alerts.push_back(nullptr);
    }
    for (std::size_t i = 0; i < 3; ++i) {
      content_.alerts[i] = &alerts_[i];
    }
  }
  [[nodiscard]] kafka_transaction_options options() const {
    kafka_transaction_options quick;
    quick.to.brokers = kafka_.brokers();
    quick.to.topic = "alerts";
    quick.group_id = "g";
    quick.instance = "one";
    return quick;
  }
  static std::unique_ptr<transaction_sink> open(kafka_transaction_options how) {
    result<std::unique_ptr<transaction_sink>> opened = open_kafka_transaction_sink(std::move(how));
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.failure().message);
    return std::move(opened.value());
  }
  void fail(std::int16_t request, rd_kafka_resp_err_t code, std::size_t times = 1) const {
    const std::vector<rd_kafka_resp_err_t> errors(times, code);
    rd_kafka_mock_push_request_errors_array(kafka_.cluster(), request, errors.size(),
                                            errors.data());
  }

  // Of the group, on its own, with that beside it.
  void commit(const char* topic, std::int64_t offset, const std::string& note) const {
    kafka::configuration configuration;
    ASSERT_TRUE(configuration.set("bootstrap.servers", kafka_.brokers()).ok());
    ASSERT_TRUE(configuration.set("group.id", "g").ok());
    result<kafka::client_handle> client = configuration.make(RD_KAFKA_CONSUMER);
    ASSERT_TRUE(client.ok());
    const kafka::partition_list list = kafka::make_list(1);
    rd_kafka_topic_partition_t* const item =
        rd_kafka_topic_partition_list_add(list.get(), topic, 0);
    item->offset = offset;
    item->metadata = rd_kafka_mem_malloc(nullptr, note.size());
    std::memcpy(item->metadata, note.data(), note.size());
    item->metadata_size = note.size();
    ASSERT_EQ(rd_kafka_commit(client.value().get(), list.get(), 0), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  static std::string membership() {
    rd_kafka_consumer_group_metadata_t* const member = rd_kafka_consumer_group_metadata_new("g");
    void* text = nullptr;
    std::size_t size = 0;
    EXPECT_EQ(rd_kafka_consumer_group_metadata_write(member, &text, &size), nullptr);
    const std::string all{static_cast<const char*>(text), size};
    rd_kafka_mem_free(nullptr, text);
    rd_kafka_consumer_group_metadata_destroy(member);
    return all;
  }

  test::mock_kafka kafka_;
  std::vector<alert> alerts_;
  transaction_content content_;
};

TEST_F(kafka_transaction_sink_test, stores_alerts_and_records_in_one_transaction) {
  kafka_.create_topic("quarantine");
  const transaction_record record{"quarantine", "key", "bytes", {{"reason", "no json"}}};
  content_.records.push_back(&record);
  const auto sink = open(options());
  const transaction_result went = sink->run(content_);
  EXPECT_EQ(went.what, transaction_outcome::committed) << went.reason;
  const auto stored = kafka_.read("alerts");
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[0].key, "111122223333");
  EXPECT_THAT(stored[2].value, HasSubstr("\"event_id\":\"e2\""));
  ASSERT_EQ(kafka_.read("quarantine").size(), 1U);
  EXPECT_EQ(kafka_.read("quarantine")[0].value, "bytes");
}

TEST_F(kafka_transaction_sink_test, pieces_are_messages_of_the_quarantine_topic) {
  const auto elsewhere = open(options());
  const quarantine_entry piece{{source_kind::kafka, "in", "", 2, 9}, 0, 1, "rejected", "no", "{"};
  EXPECT_FALSE(elsewhere->records_of(piece));
  kafka_transaction_options with = options();
  with.quarantine_topic = "q";
  const std::optional<quarantine_records> made = open(std::move(with))->records_of(piece);
  ASSERT_TRUE(made);
  ASSERT_EQ(made->records.size(), 1U);
  EXPECT_FALSE(made->is_cut);
  const transaction_record& one = made->records[0];
  EXPECT_EQ(one.topic, "q");
  EXPECT_EQ(one.key, "in[2]@9/0/1/rejected");
  EXPECT_EQ(one.value, "{");
  const std::pair<std::string, std::string> reason{"trailbell.reason", "no"};
  EXPECT_THAT(one.headers, ::testing::Contains(reason));
}

TEST_F(kafka_transaction_sink_test, pieces_come_in_smaller_parts_where_the_topic_takes_no_larger) {
  kafka_.create_topic("q");
  kafka_transaction_options with = options();
  with.quarantine_topic = "q";
  const auto sink = open(std::move(with));
  const std::string bytes(600'000, 'x');
  const quarantine_entry piece{{source_kind::kafka, "in", "", 0, 1}, 0, 0, "rejected", "no", bytes};
  transaction_content content;
  std::optional<quarantine_records> made = sink->records_of(piece);
  ASSERT_EQ(made->records.size(), 1U);
  content.records.push_back(&made->records[0]);
  fail(produce_request, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  const transaction_result went = sink->run(content);
  EXPECT_EQ(went.what, transaction_outcome::aborted);
  EXPECT_TRUE(went.refused.empty()) << "no alert is";
  EXPECT_THAT(went.reason, HasSubstr("to topic q"));
  made = sink->records_of(piece);
  ASSERT_EQ(made->records.size(), 2U);
  content.records = {&made->records[0], &made->records[1]};
  EXPECT_EQ(sink->run(content).what, transaction_outcome::committed);
  EXPECT_EQ(kafka_.read("q").size(), 2U);
}

TEST_F(kafka_transaction_sink_test, asks_again_while_the_coordinator_is_busy) {
  fail(init_producer_request, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 2);
  fail(end_transaction_request, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 2);
  const auto sink = open(options());
  const transaction_result went = sink->run(content_);
  EXPECT_EQ(went.what, transaction_outcome::committed) << went.reason;
}

TEST_F(kafka_transaction_sink_test, tells_which_alert_the_broker_will_never_store) {
  fail(produce_request, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  content_.alerts.resize(1);
  const auto sink = open(options());
  const transaction_result went = sink->run(content_);
  EXPECT_EQ(went.what, transaction_outcome::aborted);
  ASSERT_EQ(went.refused.size(), 1U);
  EXPECT_EQ(went.refused[0].first, 0U);
  EXPECT_THAT(went.refused[0].second, HasSubstr("too large"));
  // The mock cluster may fence the producer that had to bump its epoch: then another goes on.
  transaction_result next = sink->run(content_);
  for (int i = 0; i < 3 && next.what == transaction_outcome::aborted; ++i) {
    EXPECT_TRUE(next.refused.empty()) << next.reason;
    next = sink->run(content_);
  }
  EXPECT_EQ(next.what, transaction_outcome::committed) << next.reason;
}

TEST_F(kafka_transaction_sink_test, refuses_what_is_larger_than_any_message) {
  kafka_transaction_options small = options();
  small.to.properties["message.max.bytes"] = "2000";
  const auto sink = open(std::move(small));
  EXPECT_EQ(sink->refuses(alerts_[0]), std::nullopt);
  const std::string large(3'000, 'x');
  alerts_[0].event_id = large;
  EXPECT_THAT(sink->refuses(alerts_[0]).value_or(""), HasSubstr("message.max.bytes (2000)"));
}

TEST_F(kafka_transaction_sink_test, ends_where_another_process_has_its_instance) {
  kafka_transaction_options theirs = options();
  theirs.instance_is_ours = false;
  const auto sink = open(std::move(theirs));
  ASSERT_EQ(sink->run(content_).what, transaction_outcome::committed);
  fail(end_transaction_request, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
  const transaction_result went = sink->run(content_);
  EXPECT_EQ(went.what, transaction_outcome::unusable);
  EXPECT_THAT(went.reason, HasSubstr("'one' as delivery.instance"));
}

TEST_F(kafka_transaction_sink_test, goes_on_with_a_new_producer_where_nobody_else_can_have_it) {
  const auto sink = open(options());
  ASSERT_EQ(sink->run(content_).what, transaction_outcome::committed);
  fail(end_transaction_request, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
  EXPECT_EQ(sink->run(content_).what, transaction_outcome::aborted);
  EXPECT_EQ(sink->run(content_).what, transaction_outcome::committed);
}

// The answer to a commit is lost, of a transaction that stores a position where it was. The mock
// cluster does not store it: what is there is of before.
TEST_F(kafka_transaction_sink_test, finds_out_by_the_note_what_became_of_a_transaction) {
  kafka_.create_topic("in");
  commit("in", 5, "first");
  content_.membership = membership();
  content_.positions.push_back({"in", 0, 5, "first"});
  const auto sink = open(options());
  for (const auto& [note, outcome] : {std::pair{"first", transaction_outcome::committed},
                                      std::pair{"second", transaction_outcome::aborted}}) {
    content_.positions[0].note = note;
    fail(end_transaction_request, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
    const transaction_result went = sink->run(content_);
    EXPECT_EQ(went.what, outcome) << note << ": " << went.reason;
  }
  content_.positions[0] = {"in", 0, 5, "first", false};  // which tells nothing: it was there before
  fail(end_transaction_request, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
  EXPECT_EQ(sink->run(content_).what, transaction_outcome::aborted);
}

TEST_F(kafka_transaction_sink_test, brokers_that_do_not_answer_are_no_reason_to_end) {
  kafka_transaction_options nowhere = options();
  nowhere.to.brokers = "127.0.0.1:1";
  const auto sink = open(std::move(nowhere));
  EXPECT_EQ(sink->run(content_).what, transaction_outcome::aborted);
}

TEST(kafka_transaction_options_test, refuse_what_is_missing_or_breaks_the_guarantee) {
  EXPECT_FALSE(open_kafka_transaction_sink({}).ok());
  kafka_transaction_options options;
  options.to.brokers = "127.0.0.1:1";
  options.to.topic = "alerts";
  options.group_id = "g";
  options.instance = "one";
  options.to.properties["transactional.id"] = "other";
  const auto opened = open_kafka_transaction_sink(options);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.failure().message, HasSubstr("delivery.instance"));
  options.to.properties = {{"transaction.timeout.ms", "60000"}};
  EXPECT_TRUE(open_kafka_transaction_sink(options).ok());
}

}  // namespace
}  // namespace trailbell::emit

#include "trailbell/consume/kafka_source.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <span>

#include "unit/consume/kafka_member.hpp"

namespace trailbell::consume {
namespace {

using ::testing::HasSubstr;

constexpr std::int16_t fetch_request = 1;

class kafka_source_test : public ::testing::Test {
 protected:
  kafka_source_options options() const { return quick_options(kafka_.brokers()); }
  std::int64_t committed(int partition = 0) const { return kafka_.committed("g", "t", partition); }

  // Until all that is stored now is queued: one fetch is under way at a time, so that the third
  // from here on was asked for after the answer to one that had seen it all.
  void attend_while_fetching(kafka_member& member) const {
    rd_kafka_mock_start_request_tracking(kafka_.cluster());
    const auto end = std::chrono::steady_clock::now() + 20s;
    int fetches = 0;
    while (fetches < 3 && std::chrono::steady_clock::now() < end) {
      fetches = 0;
      std::size_t count = 0;
      rd_kafka_mock_request_t** const requests =
          rd_kafka_mock_get_requests(kafka_.cluster(), &count);
      for (rd_kafka_mock_request_t* request : std::span{requests, count}) {
        fetches += rd_kafka_mock_request_api_key(request) == fetch_request ? 1 : 0;
        rd_kafka_mock_request_destroy(request);
      }
      std::free(requests);
      EXPECT_TRUE(member.source->attend().ok());
    }
    rd_kafka_mock_stop_request_tracking(kafka_.cluster());
    EXPECT_GE(fetches, 3);
  }

  test::mock_kafka kafka_;
};

TEST_F(kafka_source_test, gives_messages_in_order_with_their_places) {
  kafka_.create_topic("t");
  kafka_.produce("t", 0, {"one", std::nullopt, "", "four"});
  kafka_member member{options()};
  ASSERT_TRUE(member.take(4));
  const source_batch& first = member.batches.front();
  EXPECT_EQ(first.place.source, source_kind::kafka);
  EXPECT_EQ(first.place.name, "t");
  EXPECT_EQ(first.place.partition, 0);
  EXPECT_GE(first.bytes, 3U);
  EXPECT_EQ(member.values(), "one   four");
  std::int64_t offset = 0;
  for (const source_batch& batch : member.batches) {
    for (const source_object& object : batch.objects) {
      EXPECT_EQ(object.offset, offset++);
    }
  }
  EXPECT_EQ(member.source->status().not_ready, "");
}

TEST_F(kafka_source_test, commits_up_to_the_watermark_and_not_beyond) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 30);
  kafka_source_options ten = options();
  ten.batch_messages = 10;
  kafka_member member{ten};
  ASSERT_TRUE(member.take(30));
  ASSERT_GE(member.batches.size(), 3U);
  for (std::size_t i = 1; i < member.batches.size(); ++i) {
    member.source->settle(member.batches[i].receipt, outcome::acked);
  }
  ASSERT_TRUE(member.source->attend().ok());
  EXPECT_LE(committed(), 0);
  member.source->settle(member.batches[0].receipt, outcome::acked);
  EXPECT_TRUE(member.step_until([&] { return committed() == 30; }));
}

TEST_F(kafka_source_test, reads_again_from_the_watermark_after_a_nack) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 2'000);
  kafka_source_options ten = options();
  ten.batch_messages = 10;
  kafka_member member{ten};
  ASSERT_TRUE(member.take(100));
  const receipt_id first = member.batches[0].receipt;
  const receipt_id later = member.batches[5].receipt;
  std::size_t next = member.batches[0].objects.size();  // as many as were queued, up to ten
  member.source->settle(first, outcome::acked);
  member.source->settle(member.batches[2].receipt, outcome::nacked);
  member.source->settle(later, outcome::acked);  // forgotten: it comes again
  member.batches.clear();
  ASSERT_TRUE(member.take(2'000 - next));
  for (const source_batch& batch : member.batches) {
    EXPECT_NE(batch.receipt, later);
    for (const source_object& object : batch.objects) {
      ASSERT_EQ(object.bytes, std::to_string(next++));
    }
  }
  member.settle_all(outcome::acked);
  EXPECT_TRUE(member.step_until([&] { return committed() == 2'000; }));
  EXPECT_EQ(member.source->status().dropped, 0U);
}

TEST_F(kafka_source_test, tells_what_a_nack_took_along_once) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 50);
  kafka_source_options ten = options();
  ten.batch_messages = 10;
  kafka_member member{ten};
  ASSERT_TRUE(member.take(50));
  EXPECT_TRUE(member.source->take_given_up().empty());
  const auto receipt = [&](std::size_t i) { return member.batches[i].receipt; };
  member.source->settle(receipt(3), outcome::acked);
  member.source->settle(receipt(1), outcome::nacked);
  // The nacked one is settled, and so is the acked one; the first is read again, too.
  std::vector<receipt_id> others;
  for (std::size_t i = 0; i < member.batches.size(); ++i) {
    if (i != 1 && i != 3) {
      others.push_back(receipt(i));
    }
  }
  EXPECT_THAT(member.source->take_given_up(), ::testing::UnorderedElementsAreArray(others));
  EXPECT_TRUE(member.source->take_given_up().empty());
}

TEST_F(kafka_source_test, loses_nothing_however_often_it_is_nacked) {
  kafka_.create_topic("t", 2);
  kafka_.produce_numbers("t", 0, 0, 3'000);
  kafka_.produce_numbers("t", 1, 3'000, 6'000);
  kafka_source_options few = options();
  few.batch_messages = 100;
  kafka_member member{few};
  std::set<std::string> acked;
  std::uint32_t random = 12'345;
  ASSERT_TRUE(member.step_until([&] {
    for (const source_batch& batch : member.batches) {
      random = random * 1'664'525U + 1'013'904'223U;
      const bool keep = (random >> 24U) % 4 != 0;
      if (keep) {
        for (const source_object& object : batch.objects) {
          acked.insert(std::string{object.bytes});
        }
      }
      member.source->settle(batch.receipt, keep ? outcome::acked : outcome::nacked);
    }
    member.batches.clear();
    return committed(0) == 3'000 && committed(1) == 3'000;
  }));
  EXPECT_EQ(acked.size(), 6'000U);
}

TEST_F(kafka_source_test, gives_each_partition_its_turn) {
  kafka_.create_topic("t", 2);
  kafka_source_options ten = options();
  ten.batch_messages = 10;
  kafka_member member{ten};
  ASSERT_TRUE(member.step_until([&] { return member.source->status().lags.size() == 2; }));
  kafka_.produce_numbers("t", 0, 0, 500);
  kafka_.produce_numbers("t", 1, 0, 500);
  attend_while_fetching(member);
  ASSERT_TRUE(member.take(1'000));
  std::array<std::size_t, 2> given{};
  for (const source_batch& batch : member.batches) {
    given.at(static_cast<std::size_t>(batch.place.partition)) += batch.objects.size();
    // One that waits for its turn waits for no more than what the other had queued meanwhile.
    if (given[0] < 400 && given[1] < 400) {
      EXPECT_LE(std::max(given[0], given[1]) - std::min(given[0], given[1]), 100U);
    }
  }
}

TEST_F(kafka_source_test, goes_on_where_the_group_was_after_a_crash) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 20);
  kafka_source_options ten = options();
  ten.batch_messages = 10;
  ten.properties["session.timeout.ms"] = "1000";
  kafka_member first{ten};
  ASSERT_TRUE(first.take(20));
  const std::size_t acked = first.batches[0].objects.size();  // what was queued, up to ten
  first.source->settle(first.batches[0].receipt, outcome::acked);
  ASSERT_TRUE(first.step_until([&] { return committed() == static_cast<std::int64_t>(acked); }));
  first.crash();
  kafka_member second{ten};
  ASSERT_TRUE(second.take(20 - acked));
  EXPECT_EQ(second.batches.front().objects.front().bytes, std::to_string(acked));
  EXPECT_EQ(second.taken(), 20 - acked);
}

// Else a group that begins at the end of the log would begin there again.
TEST_F(kafka_source_test, loses_nothing_that_came_while_it_was_away_before_its_first_ack) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 5);
  kafka_source_options from_now_on = options();
  from_now_on.properties["auto.offset.reset"] = "latest";
  from_now_on.properties["session.timeout.ms"] = "1000";
  kafka_member first{from_now_on};
  ASSERT_TRUE(first.step_until([&] { return committed() == 5; }, 10s));
  first.crash();
  kafka_.produce_numbers("t", 0, 5, 8);
  kafka_member second{from_now_on};
  ASSERT_TRUE(second.take(3));
  EXPECT_EQ(second.values(), "5 6 7");
}

TEST_F(kafka_source_test, close_commits_what_was_acked_after_stop) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 10);
  kafka_source_options slow = options();
  slow.commit_interval = 1h;
  kafka_member member{slow};
  ASSERT_TRUE(member.take(10));
  member.source->stop();
  kafka_.produce_numbers("t", 0, 10, 20);
  EXPECT_FALSE(member.step(100ms));
  member.settle_all(outcome::acked);
  ASSERT_TRUE(member.source->close().ok());
  EXPECT_EQ(committed(), 10);
}

TEST_F(kafka_source_test, with_transactions_shows_its_membership_and_commits_nothing) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 10);
  kafka_source_options stored_elsewhere = options();
  stored_elsewhere.transactional = true;
  kafka_member member{stored_elsewhere};
  ASSERT_TRUE(member.take(10));
  EXPECT_EQ(member.batches.back().end, 10);
  const std::optional<std::string> shown = member.source->take_membership();
  EXPECT_NE(shown.value_or(""), "");
  EXPECT_EQ(member.source->take_membership(), std::nullopt) << "told once";
  member.settle_all(outcome::acked);
  ASSERT_TRUE(member.source->close().ok());
  EXPECT_EQ(committed(), -1);
}

// Else a process that is killed before its first transaction begins elsewhere when it comes back.
TEST_F(kafka_source_test, with_transactions_gives_where_reading_begins_until_something_is_acked) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 5);
  kafka_source_options from_now_on = options();
  from_now_on.properties["auto.offset.reset"] = "latest";
  from_now_on.transactional = true;
  kafka_member member{from_now_on};
  const auto starts = [&] {
    return std::ranges::count(member.batches, reading::start, &source_batch::what);
  };
  ASSERT_TRUE(member.step_until([&] { return starts() == 1; }));
  EXPECT_EQ(member.batches.front().end, 5);
  EXPECT_EQ(member.batches.front().objects.size(), 0U);
  member.settle_all(outcome::nacked);
  kafka_.produce_numbers("t", 0, 5, 7);
  ASSERT_TRUE(member.take(2));
  EXPECT_EQ(starts(), 1) << "it was given back: it is due again, before what comes behind it";
  EXPECT_EQ(member.batches.front().what, reading::start);
  EXPECT_EQ(member.values(), "5 6");
  member.source->settle(member.batches[0].receipt, outcome::acked);
  member.source->settle(member.batches[1].receipt, outcome::nacked);
  member.batches.clear();
  ASSERT_TRUE(member.take(2));
  EXPECT_EQ(starts(), 0) << "it is stored";
  EXPECT_EQ(member.values(), "5 6");
}

TEST_F(kafka_source_test, tells_the_lag_of_what_it_owns) {
  kafka_.create_topic("t", 2);
  kafka_.produce_numbers("t", 0, 0, 10);
  kafka_member member{options()};
  const auto lag = [&](int partition) -> std::int64_t {
    for (const partition_lag& each : member.source->status().lags) {
      if (each.topic == "t" && each.partition == partition) {
        return each.records;
      }
    }
    return -1;
  };
  EXPECT_TRUE(member.step_until([&] { return lag(0) == 0 && lag(1) == 0; }));
  member.source->stop();
  kafka_.produce_numbers("t", 0, 10, 17);
  EXPECT_TRUE(member.step_until([&] { return lag(0) == 7; }));
}

TEST_F(kafka_source_test, notices_a_partition_that_stands_still_and_fetches_anew) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 1);
  kafka_source_options watchful = options();
  watchful.stall_after = 200ms;
  kafka_member member{watchful};
  ASSERT_TRUE(member.take(1));
  // Fetches fail from here on, while the end of the log is still told.
  std::vector<rd_kafka_resp_err_t> errors(100'000, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR);
  rd_kafka_mock_push_request_errors_array(kafka_.cluster(), fetch_request, errors.size(),
                                          errors.data());
  kafka_.produce_numbers("t", 0, 1, 5);
  EXPECT_TRUE(member.step_until([&] {
    return member.source->status().not_ready == "t[0] stands still 4 records before its end";
  })) << member.source->status().not_ready;
  EXPECT_TRUE(member.logged("t[0]: no message came for"));
  rd_kafka_mock_clear_request_errors(kafka_.cluster(), fetch_request);
  ASSERT_TRUE(member.take(5));
  EXPECT_EQ(member.values(), "0 1 2 3 4");
  EXPECT_TRUE(member.step_until([&] { return member.source->status().not_ready.empty(); }));
}

TEST_F(kafka_source_test, is_not_ready_before_it_is_in_the_group) {
  kafka_.create_topic("t");
  kafka_member member{options()};
  EXPECT_EQ(member.source->status().not_ready, "not in the group g yet");
  EXPECT_TRUE(member.step_until([&] { return member.source->status().not_ready.empty(); }));
}

TEST_F(kafka_source_test, reads_all_topics_that_a_regular_expression_names) {
  kafka_.create_topic("logs-a");
  kafka_.create_topic("logs-b");
  kafka_.create_topic("other");
  kafka_.produce("logs-a", 0, {"a"});
  kafka_.produce("logs-b", 0, {"b"});
  kafka_.produce("other", 0, {"c"});
  kafka_source_options regex = options();
  regex.topics = {"^logs-"};
  kafka_member member{regex};
  ASSERT_TRUE(member.take(2));
  std::string values = member.values();
  std::ranges::sort(values);
  EXPECT_EQ(values, " ab");
}

TEST_F(kafka_source_test, ends_where_it_is_told_to_at_an_offset_that_is_gone) {
  kafka_.create_topic("t");
  kafka_source_options strict = options();
  strict.properties["auto.offset.reset"] = "error";
  kafka_member member{strict};
  member.step_until([&] { return !member.failure.empty(); });
  EXPECT_THAT(member.failure, HasSubstr("t[0]"));
  EXPECT_THAT(member.failure, HasSubstr("auto.offset.reset"));
}

TEST(kafka_source_options_test, refuse_what_would_break_a_guarantee) {
  const auto said = [](const std::string& name, const std::string& value) {
    kafka_source_options options = quick_options("127.0.0.1:1");
    options.properties[name] = value;
    const result<std::unique_ptr<source>> opened = open_kafka_source(std::move(options));
    return opened ? std::string{} : opened.failure().message;
  };
  EXPECT_EQ(said("enable.auto.commit", "true"),
            "Kafka property enable.auto.commit: messages would be committed before they are "
            "acknowledged");
  EXPECT_THAT(said("enable.auto.offset.store", "true"), HasSubstr("acknowledged"));
  EXPECT_THAT(said("group.protocol", "consumer"), HasSubstr("classic"));
  EXPECT_THAT(said("group.id", "other"), HasSubstr("group_id"));
  EXPECT_EQ(said("enable.auto.commit", "false"), "");
  EXPECT_EQ(said("partition.assignment.strategy", "cooperative-sticky"), "");
}

TEST(kafka_source_options_test, refuse_what_is_missing_or_does_not_fit) {
  EXPECT_FALSE(open_kafka_source({}).ok());
  kafka_source_options dirty = quick_options("127.0.0.1:1");
  dirty.transactional = true;
  EXPECT_TRUE(open_kafka_source(dirty).ok());
  dirty.properties["isolation.level"] = "read_uncommitted";
  EXPECT_FALSE(open_kafka_source(dirty).ok());
  kafka_source_options options = quick_options("127.0.0.1:1");
  options.properties["session.timeout.ms"] = "1000";
  options.properties["max.poll.interval.ms"] = "5000";
  const result<std::unique_ptr<source>> opened = open_kafka_source(std::move(options));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.failure().code, errc::usage);
  EXPECT_THAT(opened.failure().message, HasSubstr("drain_timeout"));
}

}  // namespace
}  // namespace trailbell::consume

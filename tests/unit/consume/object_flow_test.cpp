#include "consume/object_flow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/consume/object_flow_fixture.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(ObjectFlow, a_message_is_removed_when_all_of_its_objects_are_acked) {
  make();
  announce({object("a"), object("b")});
  const auto both = wanted();
  ASSERT_EQ(both.size(), 2U);
  got(both[1], "second");
  got(both[0], "first");
  const auto given = batches();
  ASSERT_EQ(given.size(), 2U);
  EXPECT_EQ(given[0].place.name, "b");
  EXPECT_EQ(given[0].place.bucket, "b");
  EXPECT_EQ(given[0].place.source, source_kind::s3);
  EXPECT_EQ(given[0].objects[0].bytes, "second");
  EXPECT_EQ(given[0].bytes, 6U);
  settle(given[0]);
  EXPECT_THAT(chores(), IsEmpty());
  pass(seconds{3});
  settle(given[1]);
  EXPECT_THAT(chores(), ElementsAre("remove r1"));
  const announced_status said = flow_->status(now_.ns);
  EXPECT_EQ(said.queues[0].received, 1U);
  EXPECT_EQ(said.queues[0].in_flight, 0U);
  EXPECT_EQ(said.lag_seconds, 1'003);
  EXPECT_EQ(said.get_bytes, 11U);
  EXPECT_EQ(flow_->take_permits(0), 1U);
  EXPECT_EQ(flow_->take_permits(0), 0U);
}

TEST_F(ObjectFlow, what_announces_nothing_is_removed_at_once) {
  make();
  announce({});
  EXPECT_THAT(chores(), ElementsAre("remove r1"));
  EXPECT_EQ(flow_->take_permits(0), 1U);
}

TEST_F(ObjectFlow, an_object_of_two_messages_is_read_once_and_holds_both) {
  make();
  announce({object("a")});
  announce({object("a")});
  const auto one = wanted();
  ASSERT_EQ(one.size(), 1U);
  got(one[0]);
  const auto given = batches();
  ASSERT_EQ(given.size(), 1U);
  EXPECT_THAT(chores(), IsEmpty());
  settle(given[0]);
  EXPECT_THAT(chores(), ElementsAre("remove r1", "remove r2"));
  announce({object("a")});
  EXPECT_THAT(chores(), ElementsAre("remove r3"));
  EXPECT_EQ(counted(object_outcome::duplicate), 2U);
}

TEST_F(ObjectFlow, what_is_given_back_is_released_and_read_again) {
  make();
  announce({object("a"), object("b")}, 3);
  const auto both = wanted();
  got(both[0]);
  got(both[1]);
  const auto given = batches();
  settle(given[0], outcome::nacked);
  EXPECT_THAT(chores(), ElementsAre("release r1 after 8"));
  settle(given[1]);
  EXPECT_THAT(chores(), IsEmpty());
  announce({object("a"), object("b")}, 4);
  const auto again = wanted();
  ASSERT_EQ(again.size(), 1U) << "what was acked is not read again";
  EXPECT_EQ(again[0].key, "a");
}

TEST_F(ObjectFlow, a_missing_object_is_asked_for_until_its_time_is_over) {
  make({.missing_object_wait = minutes{5}});
  announce({object("a"), object("b")});
  const auto both = wanted();
  got(both[1]);
  int tries = 0;
  std::vector<wanted_object> again{both[0]};
  while (!again.empty()) {
    ++tries;
    failed(again[0], get_failure::missing);
    again.clear();
    for (int i = 0; i < 30 && again.empty() && tries < 100; ++i) {
      pass(seconds{1});
      again = wanted();
    }
  }
  EXPECT_GT(tries, 10);
  EXPECT_LT(tries, 20);
  EXPECT_EQ(counted(object_outcome::missing), 1U);
  const auto given = batches();
  ASSERT_EQ(given.size(), 2U);
  EXPECT_EQ(given[1].problem, "why it failed");
  EXPECT_EQ(given[1].place.name, "a");
  EXPECT_EQ(given[1].objects[0].bytes, "{\"s3Bucket\":\"b\",\"s3ObjectKey\":[\"a\"]}\n");
  settle(given[0]);
  EXPECT_THAT(chores(), IsEmpty());
  settle(given[1]);
  EXPECT_THAT(chores(), ElementsAre("remove r1"));
  announce({object("a")});
  EXPECT_EQ(wanted().size(), 1U) << "it is asked for again: it may be there by now";
}

TEST_F(ObjectFlow, an_object_that_waits_lets_other_messages_come) {
  make();
  announce({object("a")});
  failed(wanted().at(0), get_failure::missing);
  EXPECT_EQ(flow_->take_permits(0), 1U);
  pass(seconds{2});
  got(wanted().at(0));
  settle(batches().at(0));
  EXPECT_EQ(flow_->take_permits(0), 0U) << "given back already";
}

TEST_F(ObjectFlow, an_object_that_may_not_be_read_holds_its_message_and_is_said) {
  make({.missing_object_wait = seconds{0}});
  announce({object("a")});
  auto next = wanted();
  for (int tries = 0; tries < 50; ++tries) {
    failed(next.at(0), get_failure::denied);
    EXPECT_EQ(flow_->trouble(now_.steady), "why it failed");
    pass(seconds{60});
    next = wanted();
  }
  EXPECT_THAT(chores(), IsEmpty());
  got(next.at(0));
  EXPECT_EQ(flow_->trouble(now_.steady), "");
  settle(batches().at(0));
  EXPECT_THAT(chores(), ElementsAre("remove r1"));
}

TEST_F(ObjectFlow, what_fails_for_a_while_is_trouble_only_where_nothing_is_read) {
  make();
  announce({object("a"), object("b")});
  auto both = wanted();
  failed(both[0], get_failure::passing);
  EXPECT_EQ(flow_->trouble(now_.steady), "");
  pass(seconds{10});
  failed(wanted().at(0), get_failure::passing);
  EXPECT_EQ(flow_->trouble(now_.steady), "why it failed");
  got(both[1]);
  EXPECT_EQ(flow_->trouble(now_.steady), "");
}

TEST_F(ObjectFlow, what_failed_is_no_trouble_where_nobody_wants_it_any_more) {
  make();
  const message_number message = announce({object("a")});
  failed(wanted().at(0), get_failure::passing);
  pass(seconds{20});
  EXPECT_EQ(flow_->trouble(now_.steady), "why it failed");
  flow_->lost(message);
  EXPECT_THAT(wanted(), IsEmpty());
  EXPECT_EQ(flow_->trouble(now_.steady), "");
}

TEST_F(ObjectFlow, poison_goes_to_quarantine_and_what_is_sound_beside_it_does_not) {
  make();
  announce({object("a")}, 1, "it is no JSON");
  const auto poison = batches();
  ASSERT_EQ(poison.size(), 1U);
  EXPECT_THAT(poison[0].problem, HasSubstr("queue q is no notification: it is no JSON"));
  EXPECT_EQ(poison[0].place.name, "sqs:q/m1");
  EXPECT_EQ(poison[0].place.bucket, "");
  EXPECT_EQ(poison[0].objects[0].bytes, "body");
  settle(poison[0]);
  EXPECT_THAT(chores(), IsEmpty());
  got(wanted().at(0));
  settle(batches().at(0));
  EXPECT_THAT(chores(), ElementsAre("remove r1"));
}

TEST_F(ObjectFlow, a_message_that_comes_too_often_is_poison_as_a_whole) {
  make({.max_receives = 3});
  announce({object("a")}, 3);
  EXPECT_EQ(wanted().size(), 1U);
  announce({object("b"), object("c")}, 4);
  EXPECT_THAT(wanted(), IsEmpty());
  const auto poison = batches();
  ASSERT_EQ(poison.size(), 1U);
  EXPECT_THAT(poison[0].problem, HasSubstr("received 4 times"));
  settle(poison[0]);
  EXPECT_THAT(chores(), ElementsAre("remove r2"));
  announce({object("a")}, 4);
  EXPECT_THAT(batches(), IsEmpty()) << "its object is under way";
}

TEST_F(ObjectFlow, poison_is_left_to_the_redrive_policy_where_that_is_wanted) {
  make({.quarantines = false, .missing_object_wait = seconds{0}, .max_receives = 3});
  announce({}, 5, "it is no JSON");
  EXPECT_THAT(batches(), IsEmpty());
  EXPECT_THAT(chores(), ElementsAre("release r1 after 32"));
  announce({object("a"), object("b")}, 9);
  const auto both = wanted();
  ASSERT_EQ(both.size(), 2U);
  failed(both[0], get_failure::missing);
  EXPECT_THAT(chores(), IsEmpty());
  got(both[1]);
  settle(batches().at(0));
  EXPECT_THAT(chores(), ElementsAre("release r2 after 60"));
  EXPECT_EQ(counted(object_outcome::missing), 1U);
}

TEST_F(ObjectFlow, a_message_with_records_is_decoded_itself) {
  make();
  announce({}, 1, "", true);
  const auto given = batches();
  ASSERT_EQ(given.size(), 1U);
  EXPECT_EQ(given[0].problem, "");
  EXPECT_EQ(given[0].objects[0].bytes, "body");
  settle(given[0]);
  EXPECT_THAT(chores(), ElementsAre("remove r1"));
}

TEST_F(ObjectFlow, bytes_ahead_and_fetches_have_bounds_and_something_always_has_room) {
  make({.ahead_bytes = 100'000, .fetches_max = 3});
  announce({object("large", 1'000'000), object("b", 60'000), object("c", 60'000)});
  auto one = wanted();
  ASSERT_EQ(one.size(), 1U);
  got(one[0], std::string(150'000, 'x'));
  EXPECT_THAT(wanted(), IsEmpty()) << "what is ready is ahead too";
  EXPECT_EQ(batches().size(), 1U);
  EXPECT_EQ(wanted().size(), 1U);
  announce({object("d", 1), object("e", 1), object("f", 1)});
  EXPECT_THAT(wanted(), IsEmpty()) << "in their order";
}

TEST_F(ObjectFlow, a_stop_releases_what_was_not_taken) {
  make();
  announce({object("a")});
  announce({object("b")});
  announce({object("c")});
  const auto all = wanted();
  got(all[0]);
  const auto given = batches();
  got(all[1]);
  flow_->stop();
  EXPECT_THAT(chores(), testing::UnorderedElementsAre("release r2 after 0", "release r3 after 0"));
  got(all[2]);
  EXPECT_THAT(batches(), IsEmpty());
  EXPECT_THAT(wanted(), IsEmpty());
  announce({object("d")});
  EXPECT_THAT(chores(), ElementsAre("release r4 after 0"));
  settle(given[0]);
  EXPECT_THAT(chores(), ElementsAre("remove r1"));
  flow_->release_all();
  EXPECT_THAT(chores(), IsEmpty());
}

TEST_F(ObjectFlow, a_message_that_was_lost_is_not_removed_and_its_object_not_read_twice) {
  make();
  const message_number first = announce({object("a")});
  got(wanted().at(0));
  const auto given = batches();
  flow_->lost(first);
  EXPECT_EQ(flow_->take_permits(0), 1U);
  announce({object("a")}, 2);
  EXPECT_THAT(wanted(), IsEmpty());
  settle(given[0]);
  EXPECT_THAT(chores(), ElementsAre("remove r2"));
  flow_->lost(first);
  EXPECT_EQ(flow_->status(now_.ns).queues[0].lost, 1U);
}

}  // namespace
}  // namespace trailbell::consume

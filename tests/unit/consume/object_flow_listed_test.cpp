// Objects that a listing found, beside those that messages announce.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "unit/consume/object_flow_fixture.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class ListedObjects : public ObjectFlow {
 protected:
  void remember(flow_options options = {}) {
    options.was_done = [this](const object_identity& one) { return done_.contains(one.key); };
    make(std::move(options));
  }
  bool list(const std::string& key, const std::string& etag = "") {
    announced_object one = object(key);
    one.etag = etag;
    return flow_->add_listed(++last_, one, now_);
  }
  // "7 done", "8 given back", of what was listed; chores of queues fail the test.
  std::vector<std::string> told() {
    std::vector<std::string> all;
    while (const auto one = flow_->next_chore()) {
      EXPECT_EQ(one->first, 2U) << "behind both queues";
      all.push_back(std::to_string(one->second.message) +
                    (one->second.what == queue_chore::kind::remove ? " done" : " given back"));
    }
    return all;
  }
  std::vector<std::string> acked() {
    std::vector<std::string> all;
    while (const auto one = flow_->next_acked()) {
      all.push_back(one->object.key + "@" + one->object.etag +
                    (one->quarantined ? " in quarantine" : ""));
    }
    return all;
  }

  std::set<std::string> done_;
};

TEST_F(ListedObjects, one_is_remembered_once_it_is_acked_and_not_before) {
  remember();
  EXPECT_TRUE(list("a", "1"));
  const auto one = wanted();
  ASSERT_EQ(one.size(), 1U);
  flow_->fetched({one[0].object, {}, "bytes", {}, 0.02, "2"}, now_);
  const auto given = batches();
  ASSERT_EQ(given.size(), 1U);
  EXPECT_EQ(given[0].place.name, "a");
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(acked(), IsEmpty());
  settle(given[0]);
  EXPECT_THAT(told(), ElementsAre("1 done"));
  EXPECT_THAT(acked(), ElementsAre("a@2")) << "as it was read, not as it was listed";
  EXPECT_EQ(flow_->take_permits(2), 1U);
}

TEST_F(ListedObjects, one_that_is_given_back_is_not_remembered_and_told) {
  remember();
  list("a");
  got(wanted().at(0));
  settle(batches().at(0), outcome::nacked);
  EXPECT_THAT(told(), ElementsAre("1 given back"));
  EXPECT_THAT(acked(), IsEmpty());
  EXPECT_TRUE(list("a")) << "it is found again";
}

TEST_F(ListedObjects, one_that_a_message_announces_too_is_read_once) {
  remember();
  announce({object("a")});
  EXPECT_FALSE(list("a"));
  EXPECT_TRUE(list("b"));
  announce({object("b")});
  const auto both = wanted();
  ASSERT_EQ(both.size(), 2U);
  got(both[0]);
  got(both[1]);
  for (const source_batch& one : batches()) {
    settle(one);
  }
  std::vector<std::size_t> queues;
  while (const auto one = flow_->next_chore()) {
    EXPECT_EQ(one->second.what, queue_chore::kind::remove);
    queues.push_back(one->first);
  }
  EXPECT_THAT(queues, testing::UnorderedElementsAre(0, 2, 2, 0));
  EXPECT_THAT(acked(), ElementsAre("a@", "b@"));
  EXPECT_EQ(counted(object_outcome::duplicate), 1U);
}

TEST_F(ListedObjects, what_was_done_with_in_another_life_is_read_by_nobody) {
  remember();
  done_.insert("a");
  EXPECT_FALSE(list("a"));
  EXPECT_THAT(told(), ElementsAre("1 done"));
  announce({object("a")});
  EXPECT_THAT(chores(), ElementsAre("remove r2"));
  EXPECT_THAT(wanted(), IsEmpty());
  EXPECT_EQ(counted(object_outcome::duplicate), 1U);
}

TEST_F(ListedObjects, poison_goes_to_quarantine_as_no_redrive_policy_takes_it) {
  remember({.quarantines = false, .missing_object_wait = minutes{0}});
  list("large", "1");
  failed(wanted().at(0), get_failure::too_large);
  const auto given = batches();
  ASSERT_EQ(given.size(), 1U);
  EXPECT_EQ(given[0].problem, "why it failed");
  settle(given[0]);
  EXPECT_THAT(told(), ElementsAre("1 done"));
  EXPECT_THAT(acked(), ElementsAre("large@1 in quarantine"));
}

TEST_F(ListedObjects, what_is_gone_when_it_is_asked_for_is_not_remembered) {
  remember({.missing_object_wait = minutes{0}});
  list("gone", "1");
  failed(wanted().at(0), get_failure::missing);
  settle(batches().at(0));
  EXPECT_THAT(told(), ElementsAre("1 done"));
  EXPECT_THAT(acked(), IsEmpty()) << "it may come to be there";
}

TEST_F(ListedObjects, one_that_may_not_be_read_lets_others_be_handed_on) {
  remember();
  list("a");
  failed(wanted().at(0), get_failure::denied);
  EXPECT_EQ(flow_->take_permits(2), 1U);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(ListedObjects, a_stop_gives_them_back_and_a_message_itself_is_no_object) {
  remember();
  list("a");
  flow_->stop();
  EXPECT_THAT(told(), ElementsAre("1 given back"));
  EXPECT_FALSE(list("b"));
  EXPECT_THAT(told(), ElementsAre("2 given back"));
  EXPECT_EQ(flow_->status(now_.ns).queues.size(), 2U);
  remember();
  announce({}, 1, "", true);
  settle(batches().at(0));
  EXPECT_THAT(acked(), IsEmpty());
}

}  // namespace
}  // namespace trailbell::consume

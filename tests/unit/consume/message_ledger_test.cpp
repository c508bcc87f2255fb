#include "consume/message_ledger.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace trailbell::consume {
namespace {

using std::chrono::minutes;
using numbers = std::vector<message_number>;

message_number open_in(message_ledger& ledger) {
  static message_number last = 0;
  ledger.open(++last);
  return last;
}

constexpr steady_time_point start{};
const object_identity a{"b", "a", "1"}, b{"b", "b", "2"};

TEST(message_ledger, a_message_is_done_when_all_of_its_objects_are_acked) {
  message_ledger ledger{{}};
  const message_number message = open_in(ledger);
  const auto first = ledger.add(message, a, start).first;
  const auto second = ledger.add(message, b, start).first;
  EXPECT_FALSE(ledger.is_done(message));
  EXPECT_EQ(ledger.ack(second, true, start), numbers{});
  EXPECT_EQ(ledger.ack(second, true, start), numbers{}) << "twice";
  EXPECT_EQ(ledger.ack(first, true, start), numbers{message});
  ledger.close(message);
  EXPECT_EQ(ledger.messages(), 0U);
}

TEST(message_ledger, an_object_that_is_announced_again_is_read_once) {
  message_ledger ledger{{}};
  const message_number one = open_in(ledger);
  const message_number two = open_in(ledger);
  const auto [object, before] = ledger.add(one, a, start);
  EXPECT_EQ(before, announced_before::no);
  const auto again = ledger.add(two, {"b", "a", ""}, start);
  EXPECT_EQ(again, std::pair(object, announced_before::under_way));
  EXPECT_EQ(ledger.add(two, a, start).second, announced_before::under_way) << "in one message";
  EXPECT_EQ(ledger.awaiting(object), (numbers{one, two}));
  EXPECT_EQ(ledger.ack(object, true, start), (numbers{one, two}));
  const message_number three = open_in(ledger);
  EXPECT_EQ(ledger.add(three, a, start).second, announced_before::acked);
  EXPECT_TRUE(ledger.is_done(three));
}

TEST(message_ledger, what_was_written_anew_is_another_object) {
  message_ledger ledger{{}};
  const message_number one = open_in(ledger);
  const auto first = ledger.add(one, {"b", "a", "1"}, start);
  const auto second = ledger.add(one, {"b", "a", "2"}, start);
  EXPECT_EQ(second.second, announced_before::no);
  EXPECT_NE(first.first, second.first);
  ledger.ack(first.first, true, start);
  EXPECT_EQ(ledger.add(open_in(ledger), {"b", "a", "3"}, start).second, announced_before::no);
  EXPECT_EQ(ledger.add(open_in(ledger), {"b", "a", "1"}, start).second, announced_before::acked);
}

TEST(message_ledger, what_is_given_back_or_not_to_be_remembered_is_read_again) {
  message_ledger ledger{{}};
  const message_number one = open_in(ledger);
  const message_number two = open_in(ledger);
  const auto object = ledger.add(one, a, start).first;
  ledger.add(two, a, start);
  EXPECT_EQ(ledger.give_back(object), (numbers{one, two}));
  EXPECT_TRUE(ledger.give_back(object).empty());
  const auto anew = ledger.add(one, a, start);
  EXPECT_EQ(anew.second, announced_before::no);
  EXPECT_EQ(ledger.ack(anew.first, false, start), numbers{one});
  EXPECT_EQ(ledger.add(two, a, start).second, announced_before::no);
}

TEST(message_ledger, a_message_that_is_closed_leaves_its_objects_under_way) {
  message_ledger ledger{{}};
  const message_number one = open_in(ledger);
  const auto object = ledger.add(one, a, start).first;
  ledger.close(one);
  EXPECT_FALSE(ledger.is_awaited(object));
  const message_number again = open_in(ledger);
  EXPECT_EQ(ledger.add(again, a, start), std::pair(object, announced_before::under_way));
  EXPECT_EQ(ledger.ack(object, true, start), numbers{again});
}

TEST(message_ledger, a_messages_own_is_nobody_elses) {
  message_ledger ledger{{}};
  const message_number one = open_in(ledger);
  const auto own = ledger.add_own(one);
  EXPECT_NE(ledger.add_own(open_in(ledger)), own);
  EXPECT_EQ(ledger.ack(own, true, start), numbers{one});
}

TEST(message_ledger, what_was_acked_is_forgotten_by_number_and_time) {
  message_ledger ledger{{.acked_max = 2, .acked_for = minutes{5}}};
  const auto ack_at = [&](const object_identity& object, minutes at) {
    const message_number message = open_in(ledger);
    const auto added = ledger.add(message, object, start + at);
    ledger.ack(added.first, true, start + at);
    ledger.close(message);
    return added.second;
  };
  EXPECT_EQ(ack_at(a, minutes{0}), announced_before::no);
  EXPECT_EQ(ack_at(b, minutes{1}), announced_before::no);
  EXPECT_EQ(ack_at({"b", "c", ""}, minutes{2}), announced_before::no);
  EXPECT_EQ(ack_at(b, minutes{3}), announced_before::acked);
  EXPECT_EQ(ack_at(a, minutes{3}), announced_before::no) << "beyond the number";
  EXPECT_EQ(ack_at({"b", "c", ""}, minutes{7}), announced_before::no) << "beyond the time";
}

// Whatever comes in whatever order: a message is done once, and exactly when all that it announced
// was acked since.
TEST(message_ledger, agrees_with_a_plain_count) {
  std::mt19937_64 random{7};
  message_ledger ledger{{.acked_max = 3}};
  std::map<message_number, std::set<object_number>> waits;
  std::set<object_number> under_way;
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 3 != 0 || under_way.empty()) {
      const message_number message = open_in(ledger);
      for (std::uint64_t i = random() % 4; i > 0; --i) {
        const std::string key(1, static_cast<char>('a' + random() % 6));
        const std::string etag(random() % 2, static_cast<char>('1' + random() % 2));
        const auto [object, before] = ledger.add(message, {"b", key, etag}, start);
        if (before != announced_before::acked) {
          ASSERT_EQ(before == announced_before::no, under_way.insert(object).second);
          waits[message].insert(object);
        }
      }
      ASSERT_EQ(ledger.is_done(message), !waits.contains(message));
      if (!waits.contains(message)) {
        ledger.close(message);
      }
      continue;
    }
    const auto object =
        *std::next(under_way.begin(), static_cast<std::ptrdiff_t>(random() % under_way.size()));
    under_way.erase(object);
    std::set<message_number> expected;
    for (auto& [message, awaited] : waits) {
      if (awaited.erase(object) > 0 && awaited.empty()) {
        expected.insert(message);
      }
    }
    const numbers done = ledger.ack(object, random() % 2 == 0, start);
    ASSERT_EQ(std::set<message_number>(done.begin(), done.end()), expected);
    ASSERT_EQ(done.size(), expected.size());
    for (const message_number message : done) {
      waits.erase(message);
      ledger.close(message);
    }
  }
}

}  // namespace
}  // namespace trailbell::consume

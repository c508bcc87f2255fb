#include "pipeline/refused_alerts.hpp"

#include <gtest/gtest.h>

namespace trailbell::pipeline {
namespace {

alert alert_at(const char* topic, std::int32_t partition, std::int64_t offset,
               std::uint64_t record = 0) {
  alert made;
  made.place = {source_kind::kafka, topic, "", partition, offset};
  made.record = record;
  made.fingerprint = "f";
  return made;
}

TEST(refused_alerts, are_known_until_their_partition_is_stored_beyond_them) {
  refused_alerts all;
  for (const alert& each : {alert_at("a", 1, 9), alert_at("a", 1, 10), alert_at("a", 1, 10, 1),
                            alert_at("a", 2, 3), alert_at("b", 1, 3)}) {
    all.add(refused_alert_of(each), "why");
  }
  all.stored("a", 1, 10);
  EXPECT_EQ(all.find(alert_at("a", 1, 9)), nullptr);
  ASSERT_NE(all.find(alert_at("a", 1, 10)), nullptr);
  EXPECT_EQ(*all.find(alert_at("a", 1, 10)), "why");
  EXPECT_EQ(all.find(alert_at("a", 1, 10, 2)), nullptr) << "another record of the message";
  all.stored("a", 1, 11);
  EXPECT_EQ(all.count(), 2U) << "of other partitions";
  EXPECT_NE(all.find(alert_at("a", 2, 3)), nullptr);
  EXPECT_NE(all.find(alert_at("b", 1, 3)), nullptr);
}

}  // namespace
}  // namespace trailbell::pipeline

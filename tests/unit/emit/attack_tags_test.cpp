#include "emit/attack_tags.hpp"

#include <gtest/gtest.h>

namespace trailbell::emit {
namespace {

TEST(attack_tags, techniques_with_and_without_a_part) {
  EXPECT_EQ(read_attack_tag("attack.t1098")->technique, "T1098");
  EXPECT_EQ(read_attack_tag("attack.t1098")->sub_technique, "");
  EXPECT_EQ(read_attack_tag("attack.T1098.003")->technique, "T1098");
  EXPECT_EQ(read_attack_tag("attack.T1098.003")->sub_technique, "T1098.003");
}

TEST(attack_tags, tactics_by_name_however_spelt) {
  for (const char* const tag : {"attack.privilege-escalation", "attack.Privilege_Escalation"}) {
    EXPECT_EQ(read_attack_tag(tag)->tactic_id, "TA0004") << tag;
    EXPECT_EQ(read_attack_tag(tag)->tactic, "Privilege Escalation") << tag;
  }
}

TEST(attack_tags, what_is_neither_is_left_alone) {
  for (const char* const tag :
       {"attack.s0002", "attack.g0016", "attack.t10981", "attack.t1098.3", "attack.t1098.003x",
        "attack.t109", "attack.t", "attack.", "t1098", "cve.2024-1", "", "attack.persistence2"}) {
    EXPECT_FALSE(read_attack_tag(tag)) << tag;
  }
}

}  // namespace
}  // namespace trailbell::emit

#include "trailbell/model/canary.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace trailbell {
namespace {

const std::string id = "trailbell-canary-0123456789abcdef0123456789abcdef";

alert of(text_view source, text_view event_id) {
  alert out;
  out.event_name = "CreatePolicy";
  out.event_source = source;
  out.event_id = event_id;
  return out;
}

TEST(canary, has_a_source_that_aws_never_writes_and_an_id_of_its_form) {
  EXPECT_TRUE(is_canary(of(canary_source, id)));
}

TEST(canary, is_nothing_that_iam_did_whatever_its_id_is) {
  EXPECT_FALSE(is_canary(of("iam.amazonaws.com", id)));
  EXPECT_FALSE(is_canary(of("canary.trailbell.invalid.amazonaws.com", id)));
  EXPECT_FALSE(is_canary(of("CANARY.trailbell.invalid", id)));
  EXPECT_FALSE(is_canary(of(std::nullopt, id)));
}

TEST(canary, is_nothing_with_another_id) {
  for (const std::string& other :
       {std::string{}, std::string{"e"}, id + "0", id.substr(1), id.substr(0, id.size() - 1),
        id.substr(0, id.size() - 1) + "G", id.substr(0, id.size() - 1) + "\n"}) {
    EXPECT_FALSE(is_canary(of(canary_source, other))) << other;
  }
  EXPECT_FALSE(is_canary(of(canary_source, std::nullopt)));
}

TEST(canary, is_no_alert_of_several_records_whichever_came_last) {
  alert several = of(canary_source, id);
  several.burst = std::make_unique<alert_burst>();
  EXPECT_FALSE(is_canary(several));
}

}  // namespace
}  // namespace trailbell

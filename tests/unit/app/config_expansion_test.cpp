#include "app/config_expansion.hpp"

#include <gtest/gtest.h>

namespace trailbell::app {
namespace {

const config_surroundings around{
    {{"A", "a"}, {"EMPTY", ""}, {"DIR", "/run"}, {"TRICKY", "${A} $$"}},
    [](const std::string& path) -> result<std::string> {
      if (path == "/run/token") {
        return std::string{"t0ken\r\n"};
      }
      return error{errc::not_found, path + ": no such file"};
    }};

std::string expanded(std::string_view text) {
  const auto got = expand(text, around);
  return got ? got.value().text : "fault";
}

TEST(expansion, puts_in_variables_defaults_and_files) {
  EXPECT_EQ(expanded("x${A}y"), "xay");
  EXPECT_EQ(expanded("${NO:-b}${EMPTY:-c}${A:-d}"), "bca");
  EXPECT_EQ(expanded("${EMPTY}"), "");
  EXPECT_EQ(expanded("${NO:-}"), "");
  EXPECT_EQ(expanded("${file:/run/token}"), "t0ken");
  EXPECT_EQ(expanded("${file:${DIR}/token}"), "t0ken");
  EXPECT_EQ(expanded("${NO:-<${A}>}"), "<a>");
}

TEST(expansion, leaves_other_dollars_alone) {
  EXPECT_EQ(expanded("^ct-.*$"), "^ct-.*$");
  EXPECT_EQ(expanded("$A {$}"), "$A {$}");
  EXPECT_EQ(expanded("$${A}"), "${A}");
  EXPECT_EQ(expanded("$$$$"), "$$");
}

TEST(expansion, does_not_look_into_what_it_put_in) {
  EXPECT_EQ(expanded("${TRICKY}"), "${A} $$");
}

TEST(expansion, tells_what_came_from_a_file) {
  EXPECT_TRUE(expand("${file:/run/token}", around).value().from_file);
  EXPECT_FALSE(expand("${A}", around).value().from_file);
  EXPECT_TRUE(expand("${A}", around).value().expanded);
  EXPECT_FALSE(expand("$$A", around).value().expanded);
}

TEST(expansion, says_where_and_why_it_fails) {
  const auto fault = [](std::string_view text) {
    const auto got = expand(text, around);
    return got ? std::string{} : std::to_string(got.failure().offset) + " " + got.failure().what;
  };
  EXPECT_EQ(fault("ab${NO}"), "2 the environment has no NO");
  EXPECT_EQ(fault("${A"), "0 '${' that no '}' closes");
  EXPECT_EQ(fault("${}"), "0 '${}' names no variable");
  EXPECT_EQ(fault("${a-b}"), "0 '${a-b}' names no variable");
  EXPECT_EQ(fault("${NO:-x${NEITHER}}"), "7 the environment has no NEITHER");
  EXPECT_EQ(fault("${file:token}"), "0 '${file:token}' does not name a file from the root");
  EXPECT_EQ(fault("x${file:/no}"), "1 /no: no such file");
}

TEST(expansion, is_bounded_in_depth_and_size) {
  std::string deep;
  for (int i = 0; i < 20; ++i) {
    deep = "${NO:-" + deep + "}";
  }
  EXPECT_EQ(expanded(deep), "fault");
  EXPECT_EQ(expanded(std::string(70'000, 'x')), "fault");
}

TEST(expansion, can_be_undone) {
  for (const char* const text : {"a$b", "${A}", "$$", "^x$"}) {
    EXPECT_EQ(expanded(unexpanded(text)), text);
  }
}

}  // namespace
}  // namespace trailbell::app

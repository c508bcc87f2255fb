#include "detect/scan_probe.hpp"

#include <gtest/gtest.h>

#include "trailbell/decode/decoder.hpp"

namespace trailbell::detect {
namespace {

// Whether record 1 is handed out.
class watcher final : public decode::record_visitor {
 public:
  bool seen = false;
  bool on_record(const record_fields&, std::uint64_t record) override {
    seen = seen || record == 1;
    return true;
  }
  void on_loss(const loss&) override {}
};

bool seen_in(const scan_probe& probe, const std::string& text) {
  decode::decoder decoder{{probe.probe()}};
  watcher visitor;
  memory_stream stream{text};
  decoder.decode(stream, visitor);
  return visitor.seen;
}

// Whether a record with that member is a candidate, as a line and as an element.
bool passes(const std::shared_ptr<const scan_probe>& probe, const std::string& member) {
  const auto record = [](const std::string& with) {
    return R"({"eventVersion":"1.08",)" + with + R"(,"eventSource":"s"})";
  };
  const std::string other = record(R"("eventName":"Other")");
  const std::string asked = record(member);
  const bool line = seen_in(*probe, other + "\n" + asked + "\n" + other + "\n" + other + "\n");
  const bool element =
      seen_in(*probe, "{\"Records\":[" + other + "," + asked + "," + other + "," + other + "]}");
  EXPECT_EQ(line, element) << member;
  return line;
}

TEST(scan_probe, an_event_name_is_found_behind_its_key_however_that_is_spaced) {
  const auto probe = scan_probe::make({"CreateTrail", "StopLogging"}, {});
  ASSERT_NE(probe, nullptr);
  EXPECT_TRUE(passes(probe, R"("eventName":"CreateTrail")"));
  EXPECT_TRUE(passes(probe, R"("eventName" : "StopLogging")"));
  EXPECT_TRUE(passes(probe, R"("a":{"eventName":"StopLogging"},"eventName":"Other")"));
  EXPECT_TRUE(passes(probe, R"("eventName":"Other","eventName":"CreateTrail")"));
}

TEST(scan_probe, an_event_name_is_found_in_any_case) {
  const auto probe = scan_probe::make({"CreateTrail", std::string(300, 'a')}, {});
  EXPECT_TRUE(passes(probe, R"("eventName":"createTRAIL")"));
  EXPECT_TRUE(passes(probe, "\"eventName\":\"" + std::string(300, 'A') + "\""));
  EXPECT_FALSE(passes(probe, R"("eventName":"createTRAI")"));
}

TEST(scan_probe, another_plain_name_passes_the_record_over) {
  const auto probe = scan_probe::make({"CreateTrail"}, {});
  EXPECT_FALSE(passes(probe, R"("eventName":"CreateTrails")"));
  EXPECT_FALSE(passes(probe, R"("eventName":"CreateTrai")"));
  EXPECT_FALSE(passes(probe, "\"eventName\":\"\xc3\xa7reateTrail\""));
  EXPECT_FALSE(passes(probe, R"("eventName":"")"));
  EXPECT_FALSE(passes(probe, R"("eventName"  :  "Other")"));
  EXPECT_FALSE(passes(probe, R"("eventNames":"CreateTrail")"));
  EXPECT_FALSE(passes(probe, R"("a":"CreateTrail")"));
}

TEST(scan_probe, whatever_could_mean_the_name_makes_a_candidate) {
  const auto probe = scan_probe::make({"CreateVpc2", "a/b"}, {});
  EXPECT_TRUE(passes(probe, R"("eventName":"CreateVpc\u0032")"));
  EXPECT_TRUE(passes(probe, R"("eventName":"a\/b")"));
  EXPECT_TRUE(passes(probe, R"("event\u004eame":"CreateVpc2")"));
  EXPECT_TRUE(passes(probe, R"("eventName":null)"));
  EXPECT_TRUE(passes(probe, R"("eventName":["x"])"));
}

TEST(scan_probe, short_names_and_early_escapes_are_not_passed_over_by_their_beginning) {
  const auto probe = scan_probe::make({"Tag", "CreateTrail"}, {});
  EXPECT_TRUE(passes(probe, R"("eventName":"Tag")"));
  EXPECT_TRUE(passes(probe, R"("eventName":"\u0054ag")"));
  EXPECT_TRUE(passes(probe, R"("eventName":"Cr\u0065ateTrail")"));
  EXPECT_FALSE(passes(probe, R"("eventName":"Tug")"));
  EXPECT_FALSE(passes(probe, R"("eventName":"CreaseTrail")"));
}

TEST(scan_probe, literals_are_found_whole_beside_names) {
  const auto probe = scan_probe::make(
      {"CreateTrail"},
      {{"UnauthorizedOperation\"", false}, {"\"AccessDenied", false}, {"\"Root\"", false}});
  ASSERT_NE(probe, nullptr);
  EXPECT_TRUE(passes(probe, R"("errorCode":"AccessDeniedException")"));
  EXPECT_TRUE(passes(probe, R"("errorCode":"Client.UnauthorizedOperation")"));
  EXPECT_TRUE(passes(probe, R"("type":"Root","eventName":"X")"));
  EXPECT_TRUE(passes(probe, R"("type":"Roo\u0074")"));
  EXPECT_FALSE(passes(probe, R"("type":"Rooted","b":"xAccessDenied")"));
  EXPECT_FALSE(passes(probe, R"("b":"UnauthorizedOperations")"));
}

TEST(scan_probe, what_is_cut_may_become_what_is_looked_for) {
  const auto made = scan_probe::make({"CreateTrail"}, {});
  const literal_probe probe = made->probe();
  const auto confirms = [&probe](const std::string& text) {
    std::size_t at = 0;
    while (text[at] != probe.firsts[0] || text[at + 3] != probe.fourths[0]) {
      ++at;
    }
    return probe.confirm(probe.context, text.data() + at, at, text.size() - at);
  };
  for (const char* const cut :
       {"\"eventName", "\"eventName\"", "\"eventName\":", "\"eventName\":\"", "\"eventName\":\"Cr",
        "\"eventName\":\"CreateTr"}) {
    EXPECT_TRUE(confirms(cut)) << cut;
  }
  EXPECT_FALSE(confirms("\"eventNames"));
  EXPECT_FALSE(confirms("\"eventName\":\"Other"));
}

TEST(scan_probe, there_is_none_where_a_probe_cannot_hold_it) {
  EXPECT_EQ(scan_probe::make({}, {{"any case", true}}), nullptr);
  EXPECT_EQ(scan_probe::make({}, {{"abc", false}}), nullptr);
  std::vector<needed_literal> many;
  for (std::size_t i = 0; i <= literal_probe::pairs_max; ++i) {
    many.push_back({"literal " + std::to_string(i), false});
  }
  EXPECT_EQ(scan_probe::make({}, many), nullptr);
  EXPECT_EQ(scan_probe::make({}, {{"\xc3\xa4\xc3\xb6", false}}), nullptr);
}

}  // namespace
}  // namespace trailbell::detect

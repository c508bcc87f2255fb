// A message that is one record, and what is nearly one: the short way and the long way agree.
#include "decode/lone_record.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "support/collected.hpp"
#include "trailbell/detect/rule.hpp"

namespace trailbell::test {
namespace {

constexpr int messages_made = 300'000;

std::string shown(const collected& got) {
  const decode_tally& t = got.outcome.tally;
  std::string text = "records " + std::to_string(t.records) + ", rejected " +
                     std::to_string(t.rejected) + ", unrecognised " +
                     std::to_string(t.unrecognised) + ", skipped " +
                     std::to_string(t.skipped.total()) + (got.outcome.failed ? ", failed" : "");
  for (const oracle_match& m : got.matches) {
    text += '\n' + std::to_string(m.record) + ' ' + m.event_name;
  }
  for (const std::string& reason : got.reasons) {
    text += '\n' + reason;
  }
  return text;
}

class message_maker {
 public:
  explicit message_maker(std::uint64_t seed) : random_{seed} {}

  std::string next() {
    std::string text = record();
    for (std::uint64_t left = below(4); left > 0; --left) {
      spoil(text);
    }
    return text;
  }
  std::mt19937_64& random() { return random_; }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  template <class Choices>
  std::string pick(const Choices& choices) {
    return std::string{choices[below(std::size(choices))]};
  }

  std::string value(int depth) {
    static constexpr std::array scalars{R"("x")",      "null",
                                        "true",        "false",
                                        "0",           "-1.5e3",
                                        "17",          R"("")",
                                        R"("a\"b\\")", R"("\\\"{")",
                                        R"("]}")",     R"("\u00e9")",
                                        R"("AKIA\/")", R"("{\"Statement\":[]}")",
                                        "[]",          "{}"};
    if (depth > 2 || below(3) > 0) {
      return pick(scalars);
    }
    const bool array = below(2) == 0;
    std::string text{array ? "[" : "{"};
    for (std::uint64_t i = 0, n = below(4); i < n; ++i) {
      text += (i > 0 ? "," : "") + (array ? std::string{} : "\"m" + std::to_string(i) + "\":") +
              value(depth + 1);
    }
    return text + (array ? "]" : "}");
  }

  std::string record() {
    static constexpr std::array versions{"1.08", "1.08", "1.11", "1.0", "2.1", "1.081", "1.0x"};
    static constexpr std::array names{"ListRoles",    "GetPolicy", "AssumeRole",
                                      "CreatePolicy", "",          "Insight"};
    static constexpr std::array members{"userIdentity",
                                        "requestParameters",
                                        "responseElements",
                                        "errorCode",
                                        "eventType",
                                        "eventCategory",
                                        "Records",
                                        "detail",
                                        "eventName",
                                        "eventVersion",
                                        "logEvents",
                                        "Message",
                                        "Type",
                                        "messageType",
                                        "Event",
                                        "s3",
                                        "s3Bucket",
                                        "s3ObjectKey",
                                        "eventSource",
                                        "eventSource",
                                        "eventSource"};
    std::string text = "{\"eventVersion\":\"" + pick(versions) + '"';
    if (below(8) > 0) {
      text += ",\"eventName\":\"" + pick(names) + '"';
    }
    for (std::uint64_t i = 0, n = below(6); i < n; ++i) {
      text += ",\"" + pick(members) + "\":" + value(0);
    }
    return text + "}";
  }

  void spoil(std::string& text) {
    static constexpr std::string_view odd{"{}[]\",:\\\n\r\t 0-.truefalsnu\x01\x7f\xef\0I", 30};
    static const std::array<std::string, 13> behind{"\n",
                                                    " ",
                                                    "\r\n\n",
                                                    "{}",
                                                    "x",
                                                    ",",
                                                    "]",
                                                    "}",
                                                    "\xef\xbb\xbf",
                                                    std::string(1, '\0'),
                                                    "null",
                                                    R"({"eventVersion":"1.08"})",
                                                    "\n"
                                                    R"({"eventVersion":"1.08","eventName":"A"})"};
    static constexpr std::array before{"\xef\xbb\xbf", " ", "\n", "x", "[", "{}", ","};
    const std::size_t at = below(text.size() + 1);
    switch (below(7)) {
      case 0:
        text.insert(at, 1, odd[below(odd.size())]);
        break;
      case 1:
        text.erase(at, 1 + below(3));
        break;
      case 2:
        text.replace(at, 1, 1, odd[below(odd.size())]);
        break;
      case 3:
        text.resize(at);
        break;
      case 4:
        text = pick(before) + text;
        break;
      default:
        text += pick(behind);
    }
  }

  std::mt19937_64 random_;
};

// simdjson takes "\\P" for "P", so that a name that is spelt so is found by who reads it; the scan,
// which passes over it in files too, is right: it is no JSON.
bool has_unknown_escape(std::string_view text) {
  for (std::size_t at = text.find('\\'); at < text.size() - 1; at = text.find('\\', at + 2)) {
    if (std::string_view{R"("\/bfnrtu)"}.find(text[at + 1]) == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

TEST(lone_record, is_told_as_the_long_way_tells_it) {
  message_maker make{20261128};
  const decode::decode_options options{detect::cis_4_4().probe, false};
  std::vector<std::size_t> places;
  const std::string one = "records 1, rejected 0, unrecognised 0, skipped 0";
  int alone = 0;
  int no_json = 0;
  for (int i = 0; i < messages_made; ++i) {
    const std::string text = make.next();
    if (!decode::is_lone_record(text, options, places)) {
      continue;
    }
    ++alone;
    // A stream that does not know its end is read the long way.
    const collected truth = decode_text(text, {.pieces = &make.random()});
    if (shown(truth) == one) {
      continue;
    }
    ++no_json;
    ASSERT_FALSE(ask_oracle(text).valid) << shown(truth) << '\n' << text;
    ASSERT_TRUE(truth.matches.empty() || has_unknown_escape(text)) << shown(truth) << '\n' << text;
  }
  EXPECT_GT(alone, messages_made / 20);
  EXPECT_GT(no_json, 0) << "nothing was spoilt";
}

}  // namespace
}  // namespace trailbell::test

// Generated patterns on generated events: the evaluator and the slow oracle agree, a printed
// pattern means the same, and so does the explanation. And the JSON reader agrees with a JSON
// library on what is a document, and what is in it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "support/filter_oracle.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/filter_explain.hpp"
#include "trailbell/detect/filter_pattern.hpp"

namespace trailbell::test {
namespace {

using detect::filter_pattern;
using nlohmann::json;

constexpr int rounds = 30'000;

// Few names and few values, so that patterns often hold.
class generator {
 public:
  explicit generator(std::uint64_t seed) : random_{seed} {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  const char* pick(std::initializer_list<const char*> choices) {
    return choices.begin()[below(choices.size())];
  }

  std::string json_event() {
    if (below(30) == 0) {
      return pick({"", "x", "[1]", "{\"a\":1", "{\"a\":1}}", "1"});
    }
    return object(3);
  }
  std::string json_pattern() {
    wildcards_ = 0;
    return "{ " + conditions(3) + " }";
  }

  std::string word() { return pick({"a", "b", "ab", "abab", "1", "1.0", "2", "10", "-1", "1e0"}); }
  std::string words() {
    std::string text;
    for (std::uint64_t n = below(6); n > 0; --n) {
      text += (text.empty() ? "" : " ") + word();
    }
    return text;
  }
  std::string field_pattern() {
    std::string text = "[";
    const std::uint64_t count = below(5);
    const std::uint64_t ellipsis = below(8);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string name = "f" + std::to_string(i);
      text += i > 0 ? "," : "";
      if (i == ellipsis) {
        text += "...";
      } else if (below(6) > 0) {
        text += name;
        for (std::uint64_t n = below(3); n > 0; --n) {
          text += test() + (n > 1 ? std::string{pick({" && ", " || "})} + name : "");
        }
      }
    }
    return text + "]";
  }
  std::string term_pattern() {
    std::string text;
    for (std::uint64_t n = 1 + below(3); n > 0; --n) {
      text +=
          std::string{pick({" ", " -", " ?"})} + pick({"a", "b", "ab", "1", "\"a b\"", "\" \""});
    }
    return text;
  }

 private:
  std::string object(std::uint64_t depth) {
    std::string text = "{";
    for (std::uint64_t n = below(4); n > 0; --n) {
      text +=
          "\"" + std::string{pick({"a", "b", "c"})} + "\":" + value(depth - 1) + (n > 1 ? "," : "");
    }
    return text + "}";
  }
  std::string value(std::uint64_t depth) {
    if (depth > 0 && below(4) == 0) {
      return object(depth);
    }
    if (depth > 0 && below(3) == 0) {
      std::string text = "[";
      for (std::uint64_t n = below(4); n > 0; --n) {
        text += value(depth - 1) + (n > 1 ? "," : "");
      }
      return text + "]";
    }
    return pick({"null", "true", "false", "0", "1", "2", "10", "-1", "1.5", "1.0", "\"\"", "\"1\"",
                 "\"a\"", "\"ab\"", "\"abab\"", "\"a*b\"", "\"true\""});
  }
  std::string test() {
    if (below(4) == 0) {
      return std::string{pick({" < ", " <= ", " > ", " >= "})} + pick({"0", "1", "1.5", "10"});
    }
    return std::string{pick({" = ", " != "})} +
           pick({"1", "1.0", "\"1\"", "\"1.0\"", "a", "ab", "*", "a*", "*b", "*ab", "\"a*b\"",
                 "a*a*", "*1*", "\"\"", "true", "10"});
  }
  std::string conditions(std::uint64_t depth) {
    if (depth == 0 || below(3) == 0) {
      return selector() +
             (below(3) == 0 ? pick({" IS NULL", " IS TRUE", " IS FALSE", " NOT EXISTS"}) : test());
    }
    const std::string left = "(" + conditions(depth - 1) + ")";
    return left + pick({" && ", " || "}) + conditions(depth - 1);
  }
  std::string selector() {
    std::string text = "$." + std::string{pick({"a", "b", "c"})};
    if (wildcards_ < 3 && below(3) == 0) {
      ++wildcards_;
      text += pick({"[*]", ".*"});
    }
    for (std::uint64_t n = below(3); n > 0; --n) {
      text += pick({".a", ".b", "[0]", "[1]"});
    }
    return text;
  }

  std::mt19937_64 random_;
  std::uint64_t wildcards_ = 0;
};

struct tally {
  int held = 0;
  int failed = 0;
};

void check(const std::string& text, const std::string& event, tally& seen) {
  SCOPED_TRACE(text + "\non " + event);
  const auto pattern = filter_pattern::parse(text);
  ASSERT_TRUE(pattern) << pattern.failure().message();
  decode::json_reader reader;
  json_tree tree;
  const bool is_json = reader.read(event, tree);
  const detect::event_view view{event, is_json ? &tree : nullptr};
  const bool holds = pattern.value().matches(view);
  ++(holds ? seen.held : seen.failed);
  EXPECT_EQ(holds, oracle_matches(pattern.value().syntax(), event));
  EXPECT_EQ(holds,
            detect::explain(pattern.value(), view).front().outcome == detect::part_outcome::holds);

  const auto again = filter_pattern::parse(to_text(pattern.value().syntax()));
  ASSERT_TRUE(again) << to_text(pattern.value().syntax());
  EXPECT_EQ(pattern.value(), again.value());
}

TEST(filter_agreement, json_patterns_mean_to_the_evaluator_what_they_mean_to_the_oracle) {
  generator make{21};
  tally seen;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    const std::string pattern = make.json_pattern();
    check(pattern, make.json_event(), seen);
  }
  EXPECT_GT(seen.held, rounds / 10);
  EXPECT_GT(seen.failed, rounds / 10);
}

TEST(filter_agreement, field_patterns_too) {
  generator make{22};
  tally seen;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    const std::string pattern = make.field_pattern();
    check(pattern, make.words(), seen);
  }
  EXPECT_GT(seen.held, rounds / 10);
  EXPECT_GT(seen.failed, rounds / 10);
}

TEST(filter_agreement, and_terms) {
  generator make{23};
  tally seen;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    const std::string pattern = make.term_pattern();
    check(pattern, make.words(), seen);
  }
  EXPECT_GT(seen.held, rounds / 10);
  EXPECT_GT(seen.failed, rounds / 10);
}

// The library's tree and ours hold the same.
bool same(json_value ours, const json& theirs) {
  if (theirs.is_structured()) {
    if (ours.size() != theirs.size() || ours.is(json_kind::object) != theirs.is_object()) {
      return false;
    }
    for (const json_value child : ours) {
      if (theirs.is_object() &&
          !(theirs.contains(child.key()) && same(child, theirs[std::string{child.key()}]))) {
        return false;
      }
    }
    for (std::size_t i = 0; theirs.is_array() && i < theirs.size(); ++i) {
      if (!same(*ours.at(i), theirs[i])) {
        return false;
      }
    }
    return true;
  }
  if (theirs.is_string()) {
    return ours.is(json_kind::text) && ours.text() == theirs.get<std::string>();
  }
  if (theirs.is_boolean()) {
    return ours.is(json_kind::boolean) && ours.truth() == theirs.get<bool>();
  }
  if (theirs.is_null()) {
    return ours.is(json_kind::null);
  }
  return ours.is(json_kind::number) && json::parse(ours.text()) == theirs;
}

TEST(filter_agreement, the_reader_and_a_json_library_accept_the_same_documents) {
  generator make{24};
  decode::json_reader reader;
  json_tree tree;
  tally seen;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    std::string text = make.json_event();
    for (std::uint64_t n = make.below(3); n > 0 && !text.empty(); --n) {
      const std::size_t at = make.below(text.size());
      switch (make.below(3)) {
        case 0:
          text.erase(at, 1 + make.below(3));
          break;
        case 1:
          text.insert(
              at, make.pick({"\"", "\\", "\\n", "{",  "}", "[",  "]",    ",",       ":", " ",
                             "0",  "-",  ".",   "e1", "+", "\n", "true", "\\u0041", "x", "\x01"}));
          break;
        default:
          text.insert(at, text.substr(make.below(text.size()), make.below(9)));
      }
    }
    SCOPED_TRACE(text);
    const json theirs = json::parse(text, nullptr, false);
    const bool read = reader.read(text, tree);
    ++(read ? seen.held : seen.failed);
    ASSERT_EQ(read, !theirs.is_discarded()) << (read ? "" : reader.reason());
    EXPECT_TRUE(!read || same(tree.root(), theirs));
  }
  EXPECT_GT(seen.held, rounds / 10);
  EXPECT_GT(seen.failed, rounds / 10);
}

}  // namespace
}  // namespace trailbell::test

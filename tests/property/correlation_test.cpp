// Correlations over random streams agree with an oracle that looks at every window anew, remembers
// everything, and is too simple to be fast.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/correlated.hpp"

namespace trailbell::test {
namespace {

struct record {
  int second;
  char name;  // A, B, C or D
  int group;
  int value;
  std::string id;
};

struct asked {
  std::string type;
  std::string rules;  // "AB": which names, in which order
  int timespan_s;
  std::size_t least;
  std::size_t most;  // 0: no upper bound
  bool grouped;

  [[nodiscard]] bool counts(const record& r) const {
    return rules.find(r.name) != std::string::npos;
  }
  [[nodiscard]] std::string yaml() const {
    std::string names;
    for (const char name : rules) {
      names += (names.empty() ? "" : ", ") + std::string(1, name);
    }
    std::string condition = "gte: " + std::to_string(least);
    condition += most == 0 ? "" : ", lte: " + std::to_string(most);
    condition += type == "value_count" ? ", field: v" : "";
    return correlations({"  type: " + type + "\n  rules: [" + names + "]\n  timespan: " +
                         std::to_string(timespan_s) + "s\n" + (grouped ? "  group-by: [g]\n" : "") +
                         "  condition: {" + condition + "}\n"});
  }
};

using records = std::vector<record>;

// Whether rules[from...] come in this order among records[at...], each in a record of its own.
bool in_order(const records& window, std::size_t at, const std::string& rules, std::size_t from) {
  if (from == rules.size()) {
    return true;
  }
  for (std::size_t i = at; i < window.size(); ++i) {
    if (window[i].name == rules[from] && in_order(window, i + 1, rules, from + 1)) {
      return true;
    }
  }
  return false;
}

std::size_t count_of(const asked& what, const records& window) {
  std::set<int> distinct;
  for (const record& r : window) {
    distinct.insert(what.type == "value_count" ? r.value : r.name);
  }
  if (what.type == "temporal_ordered") {
    return in_order(window, 0, what.rules, 0) ? what.rules.size() : 0;
  }
  return what.type == "event_count" ? window.size() : distinct.size();
}

std::string shown(const asked& what, const records& window) {
  std::string text = "c1 " + std::to_string(count_of(what, window)) + ":";
  for (const record& r : window) {
    text += " " + r.id;
  }
  return text;
}

// One group, in the order in which its records are judged.
class oracle {
 public:
  explicit oracle(const asked& what) : what_{what} {}

  void judge(const record& r) {
    close_before(r.second);
    what_.most == 0 ? slide(r) : collect(r);
  }
  // Windows with an upper bound that were over before that time.
  void close_before(int second) {
    for (auto one = open_.begin(); one != open_.end();) {
      if (one->first + what_.timespan_s >= second) {
        ++one;
        continue;
      }
      const std::size_t count = count_of(what_, one->second);
      if (count >= what_.least && count <= what_.most) {
        fired_.push_back(shown(what_, one->second));
      }
      one = open_.erase(one);
    }
  }
  [[nodiscard]] const std::vector<std::string>& fired() const noexcept { return fired_; }

 private:
  static std::size_t insert(records& into, const record& r) {
    const auto place =
        std::upper_bound(into.begin(), into.end(), r,
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    const auto index = static_cast<std::size_t>(place - into.begin());
    into.insert(place, r);
    return index;
  }

  // Every window that ends with a record and holds the new one, the earliest end first.
  void slide(const record& r) {
    std::erase_if(seen_,
                  [&](const record& old) { return old.second < r.second - what_.timespan_s; });
    for (std::size_t end = insert(seen_, r); end < seen_.size(); ++end) {
      records window;
      for (std::size_t i = 0; i <= end; ++i) {
        if (seen_[i].second >= seen_[end].second - what_.timespan_s) {
          window.push_back(seen_[i]);
        }
      }
      const bool holds_it = std::any_of(window.begin(), window.end(),
                                        [&](const record& one) { return one.id == r.id; });
      if (holds_it && count_of(what_, window) >= what_.least) {
        fired_.push_back(shown(what_, window));
        seen_.erase(seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(end) + 1);
        return;
      }
    }
  }

  void collect(const record& r) {
    std::pair<int, records>* best = nullptr;
    for (auto& one : open_) {
      if (one.first <= r.second && r.second <= one.first + what_.timespan_s &&
          (best == nullptr || one.first > best->first)) {
        best = &one;
      }
    }
    insert(best == nullptr ? open_.emplace_back(r.second, records{}).second : best->second, r);
  }

  const asked& what_;
  records seen_;
  std::vector<std::pair<int, records>> open_;  // by their first moment
  std::vector<std::string> fired_;
};

class correlation_property : public ::testing::Test {
 protected:
  int below(int end) { return std::uniform_int_distribution<int>{0, end - 1}(random_); }

  asked some_rule() {
    static const std::vector<std::string> types{"event_count", "value_count", "temporal",
                                                "temporal_ordered"};
    asked what{types[static_cast<std::size_t>(below(4))], {}, 1 + below(30), 0, 0, below(2) == 0};
    std::string names = "ABCD";
    std::shuffle(names.begin(), names.end(), random_);
    const bool temporal = what.type.starts_with("temporal");
    what.rules = names.substr(0, static_cast<std::size_t>(temporal ? 2 + below(2) : 1 + below(3)));
    const std::size_t all = what.rules.size();
    what.least = !temporal ? static_cast<std::size_t>(1 + below(5))
                 : what.type == "temporal_ordered" || below(2) == 0
                     ? all
                     : 1 + static_cast<std::size_t>(below(static_cast<int>(all)));
    if (what.type != "temporal_ordered" && what.least < all + (temporal ? 0 : 9) && below(3) == 0) {
      const std::size_t most = what.least + static_cast<std::size_t>(below(2));
      what.most = temporal && most >= all ? 0 : most;  // no bound at all
    }
    return what;
  }

  records some_records() {
    records all;
    int second = 0;
    for (int i = 0; i < 150; ++i) {
      second += below(3) == 0 ? below(12) : 0;
      all.push_back({second, "ABCD"[below(4)], below(2), below(6), "r" + std::to_string(i)});
    }
    return all;
  }

  // What the oracle says, group by group; `ordered`: what is judged in the order of time.
  static std::vector<std::string> expected(const asked& what, records all, bool ordered) {
    if (ordered) {
      std::stable_sort(all.begin(), all.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
    }
    std::vector<oracle> groups(what.grouped ? 2 : 1, oracle{what});
    for (const record& r : all) {
      if (what.counts(r)) {
        for (oracle& group : groups) {
          group.close_before(r.second);
        }
        groups[what.grouped ? static_cast<std::size_t>(r.group) : 0].judge(r);
      }
    }
    std::vector<std::string> fired;
    for (oracle& group : groups) {
      group.close_before(1'000'000);
      fired.insert(fired.end(), group.fired().begin(), group.fired().end());
    }
    std::sort(fired.begin(), fired.end());
    return fired;
  }

  // `restarts`: how many of a hundred records are followed by another process.
  std::vector<std::string> got(correlated& c, const records& all, int restarts = 0) {
    for (const record& r : all) {
      c.add(r.second, std::string(1, r.name), r.id,
            "\"g\":" + std::to_string(r.group) + ",\"v\":" + std::to_string(r.value));
      if (below(100) < restarts) {
        EXPECT_TRUE(c.restart(c.saved()));
      }
    }
    std::vector<std::string> fired = c.finished();
    std::sort(fired.begin(), fired.end());
    return fired;
  }

  std::mt19937 random_{20260301};
  std::size_t fired_ = 0;
};

TEST_F(correlation_property, agrees_with_the_oracle_on_what_is_in_order_or_a_little_late) {
  for (int round = 0; round < 400; ++round) {
    const asked what = some_rule();
    records all = some_records();
    if (round % 2 == 1) {
      std::shuffle(all.begin(), all.end(), random_);  // all within the allowed lateness
    }
    correlated c{what.yaml()};
    const std::vector<std::string> fired = got(c, all);
    ASSERT_EQ(fired, expected(what, all, true)) << round << "\n" << what.yaml();
    fired_ += fired.size();
  }
  EXPECT_GT(fired_, 2000U) << "or nothing was tested";
}

TEST_F(correlation_property, agrees_with_the_oracle_on_what_is_too_late_to_be_put_in_order) {
  for (int round = 0; round < 400; ++round) {
    const asked what = some_rule();
    records all = some_records();
    if (round % 3 == 1) {
      std::reverse(all.begin(), all.end());  // newest first, as LookupEvents gives them
    } else if (round % 3 == 2) {
      std::shuffle(all.begin(), all.end(), random_);
    }
    correlated c{what.yaml()};
    // Far ahead, in a window that nothing else reaches; judged at the end.
    c.add(300'000, std::string(1, what.rules.front()), "r", R"("g":9,"v":9)");
    std::vector<std::string> fired = got(c, all);
    std::erase_if(fired, [](const std::string& one) { return one.ends_with(" r"); });
    ASSERT_EQ(fired, expected(what, all, false)) << round << "\n" << what.yaml();
    fired_ += fired.size();
  }
  EXPECT_GT(fired_, 1000U) << "or nothing was tested";
}

TEST_F(correlation_property, what_is_saved_and_loaded_goes_on_as_if_nothing_had_happened) {
  for (int round = 0; round < 400; ++round) {
    const asked what = some_rule();
    records all = some_records();
    if (round % 2 == 1) {
      std::shuffle(all.begin(), all.end(), random_);
    }
    correlated c{what.yaml()};
    const bool late = round % 4 >= 2;  // what is judged when it comes
    if (late) {
      c.add(300'000, std::string(1, what.rules.front()), "r", R"("g":9,"v":9)");
    }
    std::vector<std::string> fired = got(c, all, 10);
    std::erase_if(fired, [](const std::string& one) { return one.ends_with(" r"); });
    ASSERT_EQ(fired, expected(what, all, !late)) << round << "\n" << what.yaml();
    fired_ += fired.size();
  }
  EXPECT_GT(fired_, 2000U) << "or nothing was tested";
}

// Under a sanitizer: whatever the bytes are, nothing is read beyond them.
TEST_F(correlation_property, what_is_damaged_is_told_or_makes_some_sense) {
  for (int round = 0; round < 100; ++round) {
    const asked what = some_rule();
    correlated c{what.yaml()};
    c.add(300'000, std::string(1, what.rules.front()), "r", R"("g":9,"v":9)");
    got(c, some_records());
    const std::string whole = c.saved();
    for (int cut = 0; cut < 10; ++cut) {
      EXPECT_FALSE(c.restart(
          whole.substr(0, static_cast<std::size_t>(below(static_cast<int>(whole.size()))))));
      std::string other = whole;
      other[static_cast<std::size_t>(below(static_cast<int>(other.size())))] ^=
          static_cast<char>(1 << below(8));
      c.restart(other);
      c.add(300'010, "A", "after", R"("g":0,"v":0)");
    }
  }
}

}  // namespace
}  // namespace trailbell::test

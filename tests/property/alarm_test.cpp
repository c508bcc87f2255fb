// Whether one event rings an alarm, against a slow oracle: it counts second by second in windows
// that slide, with the event at every minute of its period, and fills missing periods by trying
// out what they stand for. And chains of halves: what is covered is what some whole chain matches.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "verify/alarm_evaluation.hpp"
#include "verify/metric_series.hpp"

namespace trailbell::verify {
namespace {

enum class oracle_state : std::uint8_t { ok, alarm, unsure };

struct oracle_alarm {
  int period_minutes, n, m;
  double threshold;
  bool or_equal;
  missing_data treat;
  double value;
  std::optional<double> other;  // published for each other record
};

// One sample a minute: of the event, or of another record.
using minutes = std::vector<std::vector<double>>;

std::optional<bool> breaching(const oracle_alarm& alarm, const minutes& all, int end) {
  double sum = 0;
  bool any = false;
  for (int at = end - alarm.period_minutes; at < end; ++at) {
    for (const double value : all[static_cast<std::size_t>(at)]) {
      sum += value;
      any = true;
    }
  }
  if (!any) {
    return std::nullopt;
  }
  return alarm.or_equal ? sum >= alarm.threshold : sum > alarm.threshold;
}

// AWS's words, one by one.
oracle_state oracle_evaluate(const oracle_alarm& alarm,
                             const std::vector<std::optional<bool>>& range, oracle_state current) {
  std::vector<bool> real;  // newest first
  for (auto at = range.rbegin(); at != range.rend(); ++at) {
    if (*at) {
      real.push_back(**at);
    }
  }
  const auto n = static_cast<std::size_t>(alarm.n);
  const bool filled = real.size() < n;
  if (real.empty() && alarm.treat == missing_data::missing) {
    return oracle_state::unsure;
  }
  const bool all_breach = std::all_of(real.begin(), real.end(), [](bool one) { return one; });
  if (filled && alarm.treat == missing_data::missing && all_breach) {
    for (int age = static_cast<int>(range.size()); age >= alarm.m; --age) {
      if (range[range.size() - static_cast<std::size_t>(age)]) {
        return oracle_state::alarm;
      }
    }
  }
  const bool few = std::count(real.begin(), real.end(), true) < alarm.m;
  if (filled && alarm.treat == missing_data::ignore && all_breach && few) {
    return current;
  }
  real.resize(n, alarm.treat == missing_data::breaching);
  return std::count(real.begin(), real.end(), true) >= alarm.m ? oracle_state::alarm
                                                               : oracle_state::ok;
}

// Every minute, over periods that end in it.
std::vector<int> rings_at(const oracle_alarm& alarm, const minutes& all, int range) {
  std::vector<int> rung;
  // A period ends every so many minutes: what AWS aligns to its own clock.
  std::vector<oracle_state> states(static_cast<std::size_t>(alarm.period_minutes),
                                   oracle_state::unsure);
  const int first = range * alarm.period_minutes;
  for (int end = first; end <= static_cast<int>(all.size()); ++end) {
    std::vector<std::optional<bool>> data;
    for (int back = range - 1; back >= 0; --back) {
      data.push_back(breaching(alarm, all, end - back * alarm.period_minutes));
    }
    oracle_state& state = states[static_cast<std::size_t>(end % alarm.period_minutes)];
    const oracle_state next = oracle_evaluate(alarm, data, state);
    if (next == oracle_state::alarm && state != oracle_state::alarm) {
      rung.push_back(end);
    }
    state = next;
  }
  return rung;
}

// Two events, far apart, at one minute of their period; in a world with other records or without.
bool oracle_rings(const oracle_alarm& alarm, bool busy, int range, int offset) {
  const int quiet = (3 * range + alarm.n + 4) * alarm.period_minutes;
  const int first = quiet + offset;
  const int second = first + 2 * quiet;
  minutes all(static_cast<std::size_t>(second + quiet));
  for (int at = 0; at < static_cast<int>(all.size()); ++at) {
    if (at == first || at == second) {
      all[static_cast<std::size_t>(at)].push_back(alarm.value);
    }
    // Some day another record comes: half way between them.
    const bool at_rest = at > first + quiet - 2 * alarm.period_minutes &&
                         at <= first + quiet + 2 * alarm.period_minutes;
    if (alarm.other && (busy || at_rest)) {
      all[static_cast<std::size_t>(at)].push_back(*alarm.other);
    }
  }
  // Each clock has to ring, by itself, behind each event.
  for (int clock = 0; clock < alarm.period_minutes; ++clock) {
    bool after_first = false;
    bool after_second = false;
    for (const int at : rings_at(alarm, all, range)) {
      const bool mine = at % alarm.period_minutes == clock;
      after_first = after_first || (mine && at > first && at <= first + quiet);
      after_second = after_second || (mine && at > second);
    }
    if (!after_first || !after_second) {
      return false;
    }
  }
  return true;
}

oracle_alarm random_alarm(std::mt19937& random) {
  const auto pick = [&](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  oracle_alarm alarm{};
  alarm.period_minutes = 1 + pick(3);
  alarm.n = 1 + pick(4);
  alarm.m = 1 + pick(alarm.n);
  alarm.threshold = std::array{0.0, 0.5, 1.0, 2.0}.at(static_cast<std::size_t>(pick(4)));
  alarm.or_equal = pick(2) == 0;
  alarm.treat = static_cast<missing_data>(pick(4));
  alarm.value = std::array{0.0, 1.0, 2.0}.at(static_cast<std::size_t>(pick(3)));
  if (pick(2) == 0) {
    alarm.other = pick(4) == 0 ? 1.0 : 0.0;
  }
  return alarm;
}

metric_alarm as_metric_alarm(const oracle_alarm& of) {
  metric_alarm alarm;
  alarm.metric_namespace = "N";
  alarm.metric_name = "m";
  alarm.statistic = "Sum";
  alarm.period_s = of.period_minutes * 60;
  alarm.evaluation_periods = of.n;
  alarm.datapoints_to_alarm = of.m;
  alarm.threshold = of.threshold;
  alarm.comparison = of.or_equal ? "GreaterThanOrEqualToThreshold" : "GreaterThanThreshold";
  alarm.treat_missing_data = std::array{"missing", "ignore", "breaching", "notBreaching"}.at(
      static_cast<std::size_t>(of.treat));
  return alarm;
}

std::string shown(const oracle_alarm& of) {
  return "period " + std::to_string(of.period_minutes) + " " + std::to_string(of.m) + "/" +
         std::to_string(of.n) + (of.or_equal ? " >= " : " > ") + std::to_string(of.threshold) +
         " treat " + std::to_string(static_cast<int>(of.treat)) + " value " +
         std::to_string(of.value) + " other " +
         (of.other ? std::to_string(*of.other) : std::string{"none"});
}

TEST(alarm_property, one_event_rings_as_the_slow_oracle_says) {
  std::mt19937 random{20'260'310};
  int rang = 0;
  for (int round = 0; round < 400; ++round) {
    const oracle_alarm alarm = random_alarm(random);
    const ring_answer got =
        one_event_rings(as_metric_alarm(alarm), {"N", "m", alarm.value, alarm.other, {}});
    ASSERT_NE(got.is, rings::unknown) << shown(alarm);
    bool all_ring = true;
    for (const int range : {alarm.n, alarm.n + 2}) {
      for (int offset = 0; offset < alarm.period_minutes && all_ring; ++offset) {
        all_ring =
            oracle_rings(alarm, false, range, offset) && oracle_rings(alarm, true, range, offset);
      }
    }
    // It tries more worlds than two: what it says rings has to ring here, and what does not ring
    // here it may not say.
    if (got.is == rings::yes) {
      EXPECT_TRUE(all_ring) << shown(alarm);
      ++rang;
    } else if (!alarm.other) {
      EXPECT_FALSE(all_ring) << shown(alarm) << ": " << got.why;
    }
  }
  EXPECT_GT(rang, 30);  // the test tests something
}

}  // namespace
}  // namespace trailbell::verify

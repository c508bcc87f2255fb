// Decided by trying: the alarm is run over a series with one event in it, in several worlds. In a
// quiet one there are no other records, in a busy one a thousand in each period, and some lie
// between; they differ only where a filter publishes a default value for what it does not match.
// The alarm has to ring in all of them, for a second event too.
#include "verify/metric_series.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "verify/metric_math.hpp"

namespace trailbell::verify {
namespace {

constexpr std::size_t busy_records = 1000;  // of other kinds, in a period

struct world {
  const char* name;
  std::size_t (*records)(int away);
};

constexpr auto worlds = std::to_array<world>({
    {"no other records come", [](int) -> std::size_t { return 0; }},
    {"other records come in every period", [](int) -> std::size_t { return busy_records; }},
    {"one other record comes in every period", [](int) -> std::size_t { return 1; }},
    {"other records come before it", [](int away) -> std::size_t { return away < 0 ? 1 : 0; }},
    {"other records come behind it", [](int away) -> std::size_t { return away > 0 ? 1 : 0; }},
    {"other records come in its period only",
     [](int away) -> std::size_t { return away == 0 ? busy_records : 0; }},
    {"other records come in every second period",
     [](int away) -> std::size_t { return away % 2 == 0 ? 1 : 0; }},
});

// pNN, p99.9: the share, 0 to 1.
std::optional<double> percentile_of(std::string_view statistic) {
  if (statistic.size() < 2 || (statistic.front() != 'p' && statistic.front() != 'P')) {
    return std::nullopt;
  }
  double percent = 0;
  const char* const end = statistic.data() + statistic.size();
  const auto got = std::from_chars(statistic.data() + 1, end, percent);
  const bool sound = got.ec == std::errc{} && got.ptr == end && percent >= 0 && percent <= 100;
  return sound ? std::optional{percent / 100} : std::nullopt;
}

std::string shown(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string operator_of(std::string_view comparison) {
  return comparison == "GreaterThanOrEqualToThreshold" ? ">="
         : comparison == "GreaterThanThreshold"        ? ">"
         : comparison == "LessThanThreshold"           ? "<"
                                                       : "<=";
}

// The values of an alarm's metric or expression, period by period.
class alarm_values {
 public:
  alarm_values(const metric_alarm& alarm, const event_source& event)
      : alarm_{alarm}, event_{event} {}

  [[nodiscard]] std::int64_t period_s() const {
    for (const metric_query& query : alarm_.queries) {
      if (query.period_s > 0) {
        return query.period_s;
      }
    }
    return alarm_.period_s;
  }

  // Empty where it can be followed; else what cannot.
  [[nodiscard]] std::string obstacle() const {
    if (alarm_.queries.empty()) {
      return is_known_statistic(statistic())
                 ? ""
                 : "its statistic " + statistic() + " is not evaluated here";
    }
    period_values values;
    for (const metric_query& query : alarm_.queries) {
      if (!query.expression.empty()) {
        continue;
      }
      if (!is_known_statistic(query.stat)) {
        return "the statistic " + query.stat + " of " + query.id + " is not evaluated here";
      }
      const bool known = is_event_metric(query) || event_.others.contains(metric_of(query));
      if (!known || !query.dimensions.empty()) {
        return "its expression also reads " + query.metric_namespace + " " + query.metric_name +
               ", which no metric filter of this log group publishes";
      }
    }
    bool understood = true;
    (void)expression_value(0, worlds.front(), understood);
    return understood ? "" : "its metric math is not one that is followed here";
  }

  [[nodiscard]] std::optional<double> at(int away, const world& in) const {
    if (alarm_.queries.empty()) {
      return statistic_of(statistic(), event_samples(away, in));
    }
    bool understood = true;
    return expression_value(away, in, understood);
  }

  [[nodiscard]] bool has_defaults() const {
    return event_.default_value ||
           std::any_of(event_.others.begin(), event_.others.end(),
                       [](const auto& other) { return !other.second.empty(); });
  }

  [[nodiscard]] std::string statistic() const {
    return alarm_.statistic.empty() ? alarm_.extended_statistic : alarm_.statistic;
  }

 private:
  static std::pair<std::string, std::string> metric_of(const metric_query& query) {
    return {query.metric_namespace, query.metric_name};
  }
  [[nodiscard]] bool is_event_metric(const metric_query& query) const {
    return query.metric_namespace == event_.metric_namespace &&
           query.metric_name == event_.metric_name;
  }

  // Filters publish once a minute: a shorter period has data in some of its slots only.
  [[nodiscard]] std::size_t records(int away, const world& in) const {
    const std::int64_t period = std::max<std::int64_t>(period_s(), 1);
    const int spacing = static_cast<int>(std::max<std::int64_t>(60 / period, 1));
    return away % spacing == 0 ? in.records(away) : 0;
  }

  [[nodiscard]] samples default_samples(const std::vector<double>& defaults, int away,
                                        const world& in) const {
    samples all;
    const std::size_t times = records(away, in) + (away == 0 ? 1 : 0);  // the event is none of its
    for (const double value : defaults) {
      all.insert(all.end(), times, value);
    }
    return all;
  }

  [[nodiscard]] samples event_samples(int away, const world& in) const {
    samples all;
    const auto beside = event_.others.find({event_.metric_namespace, event_.metric_name});
    if (beside != event_.others.end()) {
      all = default_samples(beside->second, away, in);
    }
    if (event_.default_value) {
      all.insert(all.end(), records(away, in), *event_.default_value);
    }
    if (away == 0) {
      all.push_back(event_.value);
    }
    return all;
  }

  [[nodiscard]] samples samples_of(const metric_query& query, int away, const world& in) const {
    if (is_event_metric(query)) {
      return event_samples(away, in);
    }
    const auto other = event_.others.find(metric_of(query));
    return other == event_.others.end() ? samples{} : default_samples(other->second, away, in);
  }

  // Expressions may read each other: as often as there are some, so that all are told.
  [[nodiscard]] std::optional<double> expression_value(int away, const world& in,
                                                       bool& understood) const {
    period_values values;
    period_values metrics;
    std::string returned;
    for (const metric_query& query : alarm_.queries) {
      returned = query.returned ? query.id : returned;
      if (query.expression.empty()) {
        values[query.id] = statistic_of(query.stat, samples_of(query, away, in));
        metrics[query.id] = values[query.id];
      }
    }
    for (std::size_t round = 0; round < alarm_.queries.size(); ++round) {
      for (const metric_query& query : alarm_.queries) {
        if (query.expression.empty() || values.contains(query.id)) {
          continue;
        }
        const math_answer answer = evaluate_math(query.expression, values, metrics);
        if (answer.understood) {
          values[query.id] = answer.value;
        }
      }
    }
    const auto told = values.find(returned);
    understood = told != values.end();
    return understood ? told->second : std::nullopt;
  }

  const metric_alarm& alarm_;
  const event_source& event_;
};

class ring_trial {
 public:
  ring_trial(const metric_alarm& alarm, const event_source& event, alarm_settings settings)
      : alarm_{alarm}, settings_{settings}, values_{alarm, event} {}

  ring_answer run() {
    for (const world& in : worlds) {
      if (std::optional<ring_answer> failed = try_in(in)) {
        return *failed;
      }
      if (!values_.has_defaults()) {
        break;  // other records publish nothing: all worlds are alike
      }
    }
    return {rings::yes, "", endless_ ? 0 : static_cast<std::int64_t>(held_) * values_.period_s()};
  }

 private:
  [[nodiscard]] datum datum_at(int away, const world& in) const {
    const std::optional<double> value = values_.at(away, in);
    if (!value) {
      return datum::missing;
    }
    return *breaches(*value, alarm_.comparison, *alarm_.threshold) ? datum::breaching : datum::fine;
  }

  std::optional<ring_answer> try_in(const world& in) {
    event_series series;
    series.event = datum_at(0, in);
    std::map<int, datum> seen;
    series.elsewhere = [&](int away) {
      const auto at = seen.find(away);
      return at != seen.end() ? at->second : seen.emplace(away, datum_at(away, in)).first->second;
    };
    // Some day another record comes, which ends what missing data prolongs.
    series.at_rest = datum_at(-1, worlds[2]);
    bool some_ring = false;
    std::optional<ring> failed;
    for (const std::size_t range : evaluation_ranges(settings_)) {
      const ring got = ring_of(series, settings_, range);
      if (got.first && got.again) {
        some_ring = true;
        endless_ = endless_ || got.held == 0;
        held_ = std::max(held_, got.held);
      } else if (!failed) {
        failed = got;
      }
    }
    if (!failed) {
      return std::nullopt;
    }
    if (some_ring) {
      return ring_answer{rings::unknown,
                         "whether one event rings depends on how many periods AWS looks back, "
                         "which it does not publish",
                         0};
    }
    return ring_answer{rings::no, why_not(*failed, series.event, in), 0};
  }

  [[nodiscard]] std::string wanted() const {
    return operator_of(alarm_.comparison) + " " + shown(*alarm_.threshold);
  }

  [[nodiscard]] std::string value_text(const world& in) const {
    const std::optional<double> value = values_.at(0, in);
    const std::string what =
        alarm_.queries.empty() ? values_.statistic() : std::string{"an expression"};
    return value ? "a period with one event has " + what + " " + shown(*value)
                 : "a period with one event has no value";
  }

  [[nodiscard]] std::string why_not(const ring& got, datum event, const world& in) const {
    const std::string where = &in == worlds.data() ? "" : " (where " + std::string{in.name} + ")";
    if (got.always_on) {
      const bool by_missing = datum_at(-1, in) == datum::missing;
      return std::string{by_missing ? "missing data is treated as breaching, so "
                                    : "a period without any event breaches too, so "} +
             "it is in ALARM without any event, and an event changes nothing" + where;
    }
    if (got.first) {
      return "the first event rings and no later one: missing data is ignored, so it stays in "
             "ALARM" +
             where;
    }
    if (event != datum::breaching) {
      return value_text(in) + ", and the alarm wants " + wanted() + where;
    }
    return "one event makes one breaching period, and the alarm wants " +
           std::to_string(settings_.to_alarm) + " of " + std::to_string(settings_.periods) +
           ", with missing data treated as " + alarm_.treat_missing_data + where;
  }

  const metric_alarm& alarm_;
  alarm_settings settings_;
  alarm_values values_;
  std::size_t held_ = 0;
  bool endless_ = false;
};

constexpr std::int64_t periods_max = 2'000;  // a day of minutes has 1,440

}  // namespace

bool is_known_statistic(std::string_view statistic) {
  constexpr auto known =
      std::to_array<std::string_view>({"Sum", "Average", "Minimum", "Maximum", "SampleCount"});
  return std::find(known.begin(), known.end(), statistic) != known.end() ||
         percentile_of(statistic);
}

std::optional<double> statistic_of(std::string_view statistic, const samples& of) {
  if (of.empty() || !is_known_statistic(statistic)) {
    return std::nullopt;
  }
  if (statistic == "SampleCount") {
    return static_cast<double>(of.size());
  }
  if (statistic == "Minimum") {
    return *std::min_element(of.begin(), of.end());
  }
  if (statistic == "Maximum") {
    return *std::max_element(of.begin(), of.end());
  }
  if (const std::optional<double> share = percentile_of(statistic)) {
    samples sorted = of;
    std::sort(sorted.begin(), sorted.end());
    const double rank = std::ceil(*share * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  }
  double total = 0;
  for (const double value : of) {
    total += value;
  }
  return statistic == "Sum" ? total : total / static_cast<double>(of.size());
}

std::optional<bool> breaches(double value, std::string_view comparison, double threshold) {
  if (comparison == "GreaterThanOrEqualToThreshold") {
    return value >= threshold;
  }
  if (comparison == "GreaterThanThreshold") {
    return value > threshold;
  }
  if (comparison == "LessThanThreshold") {
    return value < threshold;
  }
  return comparison == "LessThanOrEqualToThreshold" ? std::optional{value <= threshold}
                                                    : std::nullopt;
}

ring_answer one_event_rings(const metric_alarm& alarm, const event_source& event) {
  const auto unknown = [](std::string why) {
    return ring_answer{rings::unknown, std::move(why), 0};
  };
  if (alarm.promql) {
    return unknown("it evaluates a PromQL query, which is not followed here");
  }
  if (!alarm.threshold_metric.empty() || !breaches(0, alarm.comparison, 0)) {
    return unknown("it compares with an anomaly detection band, which is not followed here");
  }
  const std::optional<missing_data> treat = missing_data_of(alarm.treat_missing_data);
  const std::int64_t n = alarm.evaluation_periods;
  const std::int64_t m = alarm.datapoints_to_alarm.value_or(n);
  if (n > periods_max) {
    return unknown("it looks back over more periods than are tried here");
  }
  if (!alarm.threshold || !treat || n < 1 || m < 1 || m > n) {
    return unknown("its threshold, periods or treatment of missing data make no sense");
  }
  const alarm_values values{alarm, event};
  if (const std::string obstacle = values.obstacle(); !obstacle.empty()) {
    return unknown(obstacle);
  }
  if (alarm.low_sample_count == "ignore" && percentile_of(values.statistic())) {
    return {rings::no, "it ignores periods with few samples, and one event is one sample", 0};
  }
  const alarm_settings settings{static_cast<std::size_t>(n), static_cast<std::size_t>(m), *treat};
  return ring_trial{alarm, event, settings}.run();
}

}  // namespace trailbell::verify

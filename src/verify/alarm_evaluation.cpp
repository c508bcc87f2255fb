#include "verify/alarm_evaluation.hpp"

#include <algorithm>

namespace trailbell::verify {
namespace {

struct counts {
  std::size_t real = 0, breaching = 0;
};

counts count(std::span<const datum> data) noexcept {
  counts of;
  for (const datum one : data) {
    of.real += one != datum::missing ? 1 : 0;
    of.breaching += one == datum::breaching ? 1 : 0;
  }
  return of;
}

// The newest `wanted` that are not missing.
std::size_t breaching_among_newest(std::span<const datum> range, std::size_t wanted) noexcept {
  std::size_t seen = 0;
  std::size_t breaching = 0;
  for (std::size_t at = range.size(); at > 0 && seen < wanted; --at) {
    const datum one = range[at - 1];
    seen += one != datum::missing ? 1 : 0;
    breaching += one == datum::breaching ? 1 : 0;
  }
  return breaching;
}

// Nothing but breaching data, the oldest of them M periods old or older: the rest may be missing.
// A datum within the threshold anywhere in the range stands against it (the row `0 - X - -`).
bool goes_early(std::span<const datum> range, counts of, std::size_t to_alarm) noexcept {
  if (of.breaching == 0 || of.breaching != of.real) {
    return false;
  }
  const auto oldest = std::find(range.begin(), range.end(), datum::breaching);
  return static_cast<std::size_t>(range.end() - oldest) >= to_alarm;
}

}  // namespace

std::optional<missing_data> missing_data_of(std::string_view name) noexcept {
  if (name == "missing" || name.empty()) {
    return missing_data::missing;
  }
  if (name == "ignore") {
    return missing_data::ignore;
  }
  if (name == "breaching") {
    return missing_data::breaching;
  }
  return name == "notBreaching" ? std::optional{missing_data::not_breaching} : std::nullopt;
}

alarm_state evaluate(std::span<const datum> range, const alarm_settings& settings,
                     alarm_state current) noexcept {
  const counts of = count(range);
  const auto state = [&](std::size_t breaching) {
    return breaching >= settings.to_alarm ? alarm_state::alarm : alarm_state::ok;
  };
  if (of.real >= settings.periods) {  // enough that is real: how to treat the rest plays no part
    return state(breaching_among_newest(range, settings.periods));
  }
  switch (settings.treat) {
    case missing_data::breaching:
      return state(of.breaching + (settings.periods - of.real));
    case missing_data::not_breaching:
      return state(of.breaching);
    case missing_data::ignore:
      if (of.breaching >= settings.to_alarm) {
        return alarm_state::alarm;
      }
      return of.real > of.breaching ? alarm_state::ok : current;
    case missing_data::missing:
      break;
  }
  if (of.real == 0) {
    return alarm_state::insufficient_data;
  }
  return goes_early(range, of, settings.to_alarm) ? alarm_state::alarm : state(of.breaching);
}

std::vector<std::size_t> evaluation_ranges(const alarm_settings& settings) {
  const std::size_t n = settings.periods;
  std::vector<std::size_t> ranges{n, n + 1, n + 2, 2 * n + 3};
  ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
  return ranges;
}

ring ring_of(const event_series& series, const alarm_settings& settings, std::size_t range) {
  // Long enough for what was before to leave the range, and for what the event did to end.
  const std::size_t quiet = 2 * range + settings.periods + 2;
  std::vector<datum> data(range, series.at_rest);
  const std::size_t first = range + quiet;
  const std::size_t second = first + 2 * quiet;
  const auto near = [&](std::size_t at, std::size_t event) {
    return series.elsewhere(static_cast<int>(at) - static_cast<int>(event));
  };
  for (std::size_t at = range; at < second + quiet; ++at) {
    if (at == first || at == second) {
      data.push_back(series.event);
    } else if (at < first + quiet) {
      data.push_back(near(at, first));
    } else {
      data.push_back(at < second - range ? series.at_rest : near(at, second));
    }
  }
  alarm_state state = alarm_state::insufficient_data;
  ring got;
  bool held = false;
  for (std::size_t at = range; at < data.size(); ++at) {
    const alarm_state next =
        evaluate(std::span{data}.subspan(at + 1 - range, range), settings, state);
    const bool rang = next == alarm_state::alarm && state != alarm_state::alarm;
    got.first = got.first || (rang && at >= first && at < second);
    got.again = got.again || (rang && at >= second);
    got.always_on = got.always_on || (next == alarm_state::alarm && at + 1 == first);
    if (next == alarm_state::alarm && at >= first && at < second) {
      ++got.held;
      held = at + 1 == second;
    }
    state = next;
  }
  got.held = held ? 0 : got.held;
  return got;
}

}  // namespace trailbell::verify

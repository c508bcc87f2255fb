#include "observe/announced_series.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace trailbell::observe {
namespace {

const prometheus::Histogram::BucketBoundaries bounds_s{get_bounds_s.begin(), get_bounds_s.end()};

// A number that went back is another's: nothing is taken away.
void raise(prometheus::Counter& series, std::uint64_t now, std::uint64_t before) {
  series.Increment(now > before ? static_cast<double>(now - before) : 0);
}

template <std::size_t Size>
void raise_each(metric_family<prometheus::Counter>& family,
                const std::array<std::string_view, Size>& names,
                const std::array<std::uint64_t, Size>& now,
                const std::array<std::uint64_t, Size>& before) {
  for (std::size_t i = 0; i < Size; ++i) {
    raise(family.of({names[i]}), now[i], before[i]);
  }
}

}  // namespace

void announced_series::make() {
  set_objects({});
}

void announced_series::set(const announced_status& now) {
  before_.queues.resize(now.queues.size());
  for (std::size_t i = 0; i < now.queues.size(); ++i) {
    set_queue(now.queues[i], before_.queues[i]);
  }
  set_objects(now);
  if (now.reconcile) {
    set_reconcile(*now.reconcile, before_.reconcile.value_or(reconcile_status{}));
  }
  before_ = now;
}

void announced_series::set_objects(const announced_status& now) {
  raise_each(objects_, object_outcome_names, now.objects, before_.objects);
  raise_each(get_failures_, get_failure_names, now.get_failures, before_.get_failures);
  raise_each(notices_, notice_names, now.notices, before_.notices);
  raise(get_bytes_.of({}), now.get_bytes, before_.get_bytes);
  std::vector<double> times;
  for (std::size_t i = 0; i < now.get_times.size(); ++i) {
    times.push_back(static_cast<double>(now.get_times[i] - before_.get_times[i]));
  }
  get_seconds_.of({}, bounds_s).ObserveMultiple(times, now.get_seconds - before_.get_seconds);
  if (now.lag_seconds) {
    lag_.of({}).Set(std::max(0.0, *now.lag_seconds));  // clocks differ
  }
}

void announced_series::set_reconcile(const reconcile_status& now, const reconcile_status& before) {
  raise_each(listed_, listed_as_names, now.objects, before.objects);
  raise(rounds_.of({"complete"}), now.rounds_complete, before.rounds_complete);
  raise(rounds_.of({"incomplete"}), now.rounds_incomplete, before.rounds_incomplete);
  reconcile_lag_.of({}).Set(std::max(0.0, now.lag_seconds));
  under_way_.of({}).Set(static_cast<double>(now.under_way));
  remembered_.of({}).Set(static_cast<double>(now.remembered));
}

void announced_series::set_queue(const queue_status& now, const queue_status& before) {
  raise(received_.of({now.queue}), now.received, before.received);
  raise(redelivered_.of({now.queue}), now.redelivered, before.redelivered);
  raise(deleted_.of({now.queue}), now.deleted, before.deleted);
  raise(extended_.of({now.queue}), now.extended, before.extended);
  raise(released_.of({now.queue}), now.released, before.released);
  raise(lost_.of({now.queue}), now.lost, before.lost);
  in_flight_.of({now.queue}).Set(static_cast<double>(now.in_flight));
  oldest_.of({now.queue}).Set(std::max(0.0, now.oldest_seconds));
  receive_count_.of({now.queue}).Set(now.receive_count_max);
  if (now.waiting) {
    waiting_.of({now.queue}).Set(*now.waiting);
  }
}

}  // namespace trailbell::observe

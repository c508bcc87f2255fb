// The settler where records count for several alerts: what comes due, what windows hold over a
// restart, and what is still to be judged at the end.
#include <algorithm>
#include <string>
#include <utility>

#include "pipeline/settler.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::pipeline {
namespace {

using std::chrono::steady_clock;

// So long has nothing to be in flight before the time of day says that nothing older will come.
constexpr std::chrono::seconds quiet_interval{60};

}  // namespace

// Where nothing comes for a while, what waits for older records is judged all the same.
void settler::pass_time() {
  if (around_.transactions || !order_.empty() || !is_quiet()) {
    return;  // of a source whose positions are stored, a batch says that nothing comes
  }
  busy_ = steady_clock::now();
  stateful_.pass_time(system_now_ns(), due_);
  deliver_due();
}

bool settler::is_quiet() const {
  return steady_clock::now() - busy_ >= quiet_interval;
}

// An alert of several records, which makes a record one with a finding.
void settler::take_due(batch_id id, batch_state& batch, alert& found) {
  if (found.burst->only_finding) {
    std::string record = to_string(found.place) + '\0' + std::to_string(found.record);
    if (fired_.admit(record, 0)) {
      ++batch.found_later[found.place.source];
      batch.fired.push_back(std::move(record));
    }
  }
  take_finding(id, batch, found);
}

// Alerts of several records are a batch of their own, which nobody gives up: the records may be of
// other partitions than the one at hand, or acked long ago. That one and all that is read from here
// on wait for it: what is acked has no such alert left to cause.
void settler::deliver_due() {
  if (due_.empty()) {
    return;
  }
  const batch_id id = ++last_id_;
  settling_.open(id);
  batch_state& batch = open_[id];
  batch.has_source = false;
  batch.read = true;
  for (alert& found : std::exchange(due_, {})) {
    take_due(id, batch, found);
  }
  if (around_.transactions) {
    refuse_alerts(batch);
    due_batches_.push_back(id);
    hand_over_due();
    return;
  }
  deliver(id, batch);
  complete(id);
  last_due_ = id;
}

// The record that an alert of several is that of has a finding: it is matched, as in a replay. Its
// batch was counted long ago, and it with those that passed, which no counter takes back. So where
// the next record of its source would count as passed, that one counts as matched in its place:
// from then on each outcome is right, and before that their sum is.
void settler::count_found_later(batch_state& batch) {
  for (const auto& [kind, count] : batch.found_later) {
    found_later_[kind] += count;
  }
  if (batch.what == consume::reading::fresh && batch.has_source) {
    std::uint64_t& waiting = found_later_[batch.kind];
    const std::uint64_t now = std::min(waiting, batch.counts.passed());
    batch.counts.matched += now;
    waiting -= now;
  }
}

// Nothing more will be found in it; it waits for the alerts of several records that came before.
void settler::complete(batch_id id) {
  if (settling_.is_open(id) && settling_.is_open(last_due_)) {
    settling_.expect(id, 1);
    open_.at(last_due_).followers.push_back(id);
  }
  settling_.complete(id);
}

// What windows hold is made bytes between batches only, so that it covers whole ones.
void settler::keep_windows(bool ending) {
  if (!around_.windows.keeps()) {
    return;
  }
  using moment = window_keeper::moment;
  const bool quiet = order_.empty() && settling_.open_count() == 0;
  const moment now = ending ? moment::ending : quiet ? moment::quiet : moment::busy;
  if (!begun_ && around_.windows.is_due(stateful_.changed(), now)) {
    std::vector<batch_id> open;
    for (const auto& [id, batch] : open_) {
      if (batch.read && settling_.is_open(id)) {
        open.push_back(id);
      }
    }
    around_.windows.begin(stateful_.save(), std::move(open));
  }
  around_.windows.attend(settling_);
}

// The sources have given all there is. What thresholds and correlations waited for is judged, where
// nobody will read it again.
void settler::finish(std::atomic<bool>& stop) {
  if (!stop.load()) {
    stateful_.finish(due_);
    deliver_due();
  }
  const auto deadline = steady_clock::now() + options_.drain_timeout;
  bool closed = false;
  const auto left = [this] {
    return settling_.open_count() > 0 || !around_.windows.is_idle() ||
           (around_.windows.keeps() && stateful_.changed() && !around_.windows.failed());
  };
  while (left() && !failure_ && steady_clock::now() < deadline) {
    around_.wake.pop_for(settler_wake_interval, closed);
    take_reports();
    take_transaction_ends(stop);
    rejects_.keep(settling_);
    keep_windows(true);
    settle();
    beat();
  }
  drained_ = settling_.open_count() == 0;
}

}  // namespace trailbell::pipeline

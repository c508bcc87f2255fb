#include "pipeline/window_keeper.hpp"

#include <algorithm>
#include <cstddef>

namespace trailbell::pipeline {
namespace {

constexpr std::chrono::seconds interval{1};
// Of the time, at most one part in so many goes into it, however large the windows are.
constexpr int share = 10;
// With so many waiting to be covered, it is not waited for the interval.
constexpr std::size_t held_max = limits::batches_in_flight_max / 4;
constexpr std::size_t rules_named_max = 20;

const char* const part = "rules.state";

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), rules_named_max); ++i) {
    text += (i > 0 ? ", " : "") + names[i];
  }
  return text + (names.size() > rules_named_max ? " and others" : "");
}

}  // namespace

window_keeper::window_keeper(std::shared_ptr<window_store> store, service_listener& listener,
                             wake_queue& wake)
    : store_{std::move(store)}, listener_{listener}, wake_{wake} {}

void window_keeper::load(stateful_rules& into) {
  if (!store_) {
    return;
  }
  const window_store::content kept = store_->load();
  std::string problem = kept.problem;
  if (!kept.bytes.empty()) {
    const stateful_rules::loaded what = into.load(kept.bytes);
    if (what.damaged) {
      problem = "what was kept makes no sense; " + store_->set_aside();
    } else if (!what.not_loaded.empty()) {
      listener_.on_trouble(part,
                           "these rules are gone or others now, and what they had counted is "
                           "forgotten: " +
                               listed(what.not_loaded));
    }
    if (what.kept > 0) {
      listener_.on_news(part, "thresholds and correlations go on with what they had counted: " +
                                  std::to_string(what.kept) + " rules");
    }
  }
  if (!problem.empty()) {
    listener_.on_trouble(part, problem + "; thresholds and correlations begin anew");
  }
}

bool window_keeper::is_due(bool changed, moment what) const {
  if (!store_ || under_way_ || (!changed && !unsaved_ && held_.empty())) {
    return false;
  }
  const auto now = clock::now();
  const bool wanted = what != moment::busy || now - began_ >= interval || held_.size() >= held_max;
  const bool at_once = what == moment::ending && failure_.empty();
  return at_once || (wanted && now >= not_before_);
}

void window_keeper::begin(std::string bytes, std::vector<batch_id> open) {
  began_ = clock::now();
  under_way_ = true;
  ++next_;
  waiting_ = std::move(bytes);
  open_ = std::move(open);
}

void window_keeper::attend(const settlement& settling) {
  bool closed = false;
  if (const auto went = written_.pop_for(std::chrono::milliseconds{0}, closed)) {
    take_written(*went);
  }
  if (!waiting_) {
    return;
  }
  std::erase_if(open_, [&settling](batch_id id) { return !settling.is_open(id); });
  if (open_.empty()) {
    began_ = clock::now();
    work_.push(std::move(*waiting_));
    waiting_.reset();
  }
}

void window_keeper::take_written(const result<done>& went) {
  const auto now = clock::now();
  not_before_ = now + share * (now - began_);
  under_way_ = false;
  covered_ = next_ - 1;
  unsaved_ = !went;
  const std::string failure =
      went ? ""
           : went.failure().message +
                 "; what is done is acknowledged all the same: a restart would lose what "
                 "thresholds and correlations have counted of it";
  if (failure != failure_) {
    failure_ = failure;
    listener_.on_condition(part, failure_);
  }
}

std::vector<batch_id> window_keeper::take_covered() {
  std::vector<batch_id> covered;
  if (std::exchange(told_, covered_) == covered_) {
    return covered;
  }
  std::erase_if(held_, [&](const auto& one) {
    if (one.first > covered_) {
      return false;
    }
    covered.push_back(one.second);
    return true;
  });
  return covered;
}

void window_keeper::run() {
  while (const std::optional<std::string> bytes = work_.pop()) {
    written_.push(store_->save(*bytes));
    wake_.try_push(0);
  }
}

}  // namespace trailbell::pipeline

#include "pipeline/stateful_rules.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "trailbell/base/limits.hpp"
#include "trailbell/emit/fingerprint.hpp"

namespace trailbell::pipeline {
namespace {

using detect::correlation_begin;
using detect::correlation_clock;
using detect::correlation_stage;

// Of a note, which says up to what time records were judged, in nanoseconds since 1970.
constexpr std::string_view note_begins = "trailbell/1 judged_before=";

// Each node is itself.
detect::node_map same_nodes(std::size_t count) {
  detect::node_map all;
  for (std::uint32_t node = 0; node < count; ++node) {
    all.emplace_back(node);
  }
  return all;
}

}  // namespace

void stateful_rules::follow(const std::shared_ptr<const detect::rule_set>& rules) {
  if (rules == rules_) {
    return;
  }
  const auto before = std::exchange(rules_, rules);  // what it is asked of lives until the end here
  if (before == nullptr) {
    if (!rules->correlations().nodes().empty()) {
      stage_ = make_stage(correlation_begin::input);
    }
    return;
  }
  const detect::node_map kept = kept_nodes(before->correlations(), rules->correlations());
  for (auto& [origin, again] : again_) {
    carry_over(again, kept, correlation_begin::middle);
  }
  carry_over(stage_, kept, correlation_begin::input);
  changed_ = true;
}

void stateful_rules::carry_over(stage_ptr& stage, const detect::node_map& kept,
                                correlation_begin begin) const {
  const auto old = std::move(stage);
  if (rules_->correlations().nodes().empty()) {
    return;
  }
  stage = make_stage(begin);
  if (old) {
    stage->absorb(std::move(*old), kept);
  }
}

std::uint32_t stateful_rules::origin_of(std::size_t source, const object_position& place) {
  const auto next = static_cast<std::uint32_t>(origins_.size());
  const origin_name name =
      is_kept(place) ? origin_name{kept_origin, place.source == source_kind::s3 ? "s3" : "file", 0}
                     : origin_name{source, place.name, place.partition};
  return origins_.try_emplace(name, next).first->second;
}

stateful_rules::stage_ptr stateful_rules::make_stage(correlation_begin begin) const {
  return std::make_unique<correlation_stage>(rules_->correlations(), detect::correlation_bounds{},
                                             begin, clock_);
}

// Where the log itself begins there, nothing came before.
void stateful_rules::mark(std::size_t source, const object_position& place, consume::reading what,
                          std::string_view note) {
  if (!stage_) {
    return;
  }
  const std::uint32_t origin = origin_of(source, place);
  if (what == consume::reading::begins) {
    again_[origin] =
        make_stage(place.offset == 0 ? correlation_begin::input : correlation_begin::middle);
    stage_->forget(origin);
    counted_.forget(origin);
  } else if (what == consume::reading::resumes) {
    const auto again = again_.extract(origin);
    if (again.empty()) {
      return;
    }
    std::int64_t before_ns = 0;
    if (again.mapped() && clock_ == correlation_clock::own && note.starts_with(note_begins) &&
        std::from_chars(note.data() + note_begins.size(), note.data() + note.size(), before_ns)
                .ec == std::errc{}) {
      again.mapped()->judge_before(before_ns, origin, fired_);
      fired_.clear();
    }
    absorb(std::move(again.mapped()));
  } else if (what == consume::reading::left && clock_ == correlation_clock::own) {
    stage_->forget(origin);
    counted_.forget(origin);
    again_.erase(origin);
  }
}

std::string stateful_rules::note_of(std::size_t source, const object_position& place) {
  const std::optional<std::int64_t> before_ns =
      stage_ ? stage_->judged_before(origin_of(source, place)) : std::nullopt;
  return before_ns ? std::string{note_begins} + std::to_string(*before_ns) : std::string{};
}

// No further than what it has is old: what comes is put in order as ever.
void stateful_rules::pass_time(std::size_t source, const object_position& place,
                               std::optional<std::int64_t> now_ns, std::vector<alert>& due) {
  const std::uint32_t origin = origin_of(source, place);
  const std::optional<std::int64_t> own = stage_ ? stage_->newest(origin) : std::nullopt;
  if (!own) {
    return;
  }
  const std::int64_t now = std::max(now_ns.value_or(*own), stage_->newest().value_or(*own));
  stage_->judge_before(std::min(now - limits::allowed_lateness_ns, *own + 1), origin, fired_);
  take_due(due, origin);
}

void stateful_rules::absorb(stage_ptr again) {
  if (again) {
    stage_->absorb(std::move(*again), same_nodes(rules_->correlations().nodes().size()));
  }
}

bool stateful_rules::add(std::size_t source, consume::reading what, alert record,
                         std::vector<alert>& due) {
  if (!stage_) {
    return false;
  }
  const std::uint32_t origin = origin_of(source, record.place);
  if (!counted_.admit(record.fingerprint, origin)) {
    return false;
  }
  changed_ = true;
  if (what != consume::reading::again) {
    stage_->add(std::move(record), fired_, origin);
    take_due(due, origin);
  } else if (const auto again = again_.find(origin); again != again_.end() && again->second) {
    again->second->add(std::move(record), fired_, origin);
    fired_.clear();
  }
  return true;
}

void stateful_rules::pass_time(std::int64_t now_ns, std::vector<alert>& due) {
  if (stage_) {
    stage_->pass_time(now_ns, fired_);
    take_due(due);
  }
}

void stateful_rules::finish(std::vector<alert>& due) {
  if (stage_) {
    for (auto& [origin, again] : std::exchange(again_, {})) {
      absorb(std::move(again));
    }
    stage_->finish(fired_);
    take_due(due);
  }
}

void stateful_rules::take_due(std::vector<alert>& due, std::optional<std::uint32_t> origin) {
  changed_ = changed_ || !fired_.empty();
  const auto& origins = stage_->due_origins();
  for (std::size_t i = 0; i < fired_.size(); ++i) {
    alert& found = fired_[i];
    found.fingerprint = emit::group_fingerprint(found.fingerprint, found.burst->group);
    const bool own = clock_ == correlation_clock::own && origin && origins[i] == origin;
    (own ? own_ : due).push_back(std::move(found));
  }
  fired_.clear();
}

std::map<std::uint32_t, std::string> stateful_rules::kept_origins() const {
  std::map<std::uint32_t, std::string> kept;
  for (const auto& [name, origin] : origins_) {
    if (std::get<0>(name) == kept_origin) {
      kept.emplace(origin, std::get<1>(name));
    }
  }
  return kept;
}

std::string stateful_rules::save() {
  changed_ = false;
  byte_writer to;
  const std::vector<detect::node_mark> marks = marks_of(rules_->correlations());
  to.number(marks.size());
  for (const detect::node_mark& mark : marks) {
    to.text(mark.rule);
    to.number(mark.definition);
  }
  // Of the others nothing is written: their numbers stand for nothing.
  const std::map<std::uint32_t, std::string> kept = kept_origins();
  to.number(origins_.size());
  for (std::uint32_t origin = 0; origin < origins_.size(); ++origin) {
    const auto name = kept.find(origin);
    to.text(name == kept.end() ? std::string_view{} : std::string_view{name->second});
  }
  const auto wanted = [&kept](std::uint32_t origin) { return kept.contains(origin); };
  to.number(stage_ ? 1 : 0);
  if (stage_) {
    stage_->save(to, wanted);
  }
  counted_.save(to, wanted);
  return to.take();
}

stateful_rules::loaded stateful_rules::load(std::string_view saved) {
  byte_reader from{saved};
  std::vector<detect::node_mark> marks(from.count(2 * sizeof(std::uint64_t)));
  for (detect::node_mark& mark : marks) {
    mark.rule = from.text();
    mark.definition = from.number();
  }
  const detect::node_map ours = kept_nodes(marks, rules_->correlations());
  loaded what;
  for (std::size_t node = 0; node < marks.size(); ++node) {
    if (ours[node]) {
      ++what.kept;
    } else {
      what.not_loaded.push_back(std::move(marks[node].rule));
    }
  }
  std::vector<std::uint32_t> origin_of(from.count());
  for (std::uint32_t& origin : origin_of) {
    const std::string_view name = from.text();
    const auto next = static_cast<std::uint32_t>(origins_.size());
    origin = name.empty()
                 ? 0
                 : origins_.try_emplace(origin_name{kept_origin, name, 0}, next).first->second;
  }
  auto stage = std::make_unique<correlation_stage>(rules_->correlations());
  if (from.number_below(2) == 1) {
    stage->load(from, ours, origin_of);
  }
  counted_.load(from, origin_of);
  if (!from.ok() || !from.at_end()) {
    origins_.clear();
    counted_ = counted_records{};
    return {.damaged = true, .kept = 0, .not_loaded = {}};
  }
  if (stage_) {
    stage_ = std::move(stage);
  }
  return what;
}

}  // namespace trailbell::pipeline

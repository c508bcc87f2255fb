#include "pipeline/stateful_rules.hpp"

#include <utility>

#include "trailbell/emit/fingerprint.hpp"

namespace trailbell::pipeline {
namespace {

using detect::correlation_begin;
using detect::correlation_stage;

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
      stage_ = std::make_unique<correlation_stage>(rules->correlations());
    }
    return;
  }
  const detect::node_map kept = kept_nodes(before->correlations(), rules->correlations());
  if (again_) {
    carry_over(again_, kept, correlation_begin::middle);
  }
  carry_over(stage_, kept, correlation_begin::input);
}

void stateful_rules::carry_over(std::unique_ptr<correlation_stage>& stage,
                                const detect::node_map& kept, correlation_begin begin) const {
  const detect::correlation_plan& plan = rules_->correlations();
  const auto old = std::move(stage);
  if (plan.nodes().empty()) {
    return;
  }
  stage = std::make_unique<correlation_stage>(plan, detect::correlation_bounds{}, begin);
  if (old) {
    stage->absorb(std::move(*old), kept);
  }
}

std::uint32_t stateful_rules::origin_of(std::size_t source, const object_position& place) {
  const bool parted = place.source == source_kind::kafka;
  const auto next = static_cast<std::uint32_t>(origins_.size());
  return origins_
      .try_emplace({source, parted ? place.name : std::string{}, parted ? place.partition : 0},
                   next)
      .first->second;
}

void stateful_rules::mark(std::size_t source, const object_position& place, consume::reading what) {
  if (!stage_) {
    return;
  }
  if (what == consume::reading::begins) {
    const std::uint32_t origin = origin_of(source, place);
    again_ = std::make_unique<correlation_stage>(
        rules_->correlations(), detect::correlation_bounds{}, correlation_begin::middle);
    stage_->forget(origin);
    counted_.forget(origin);
  } else if (what == consume::reading::resumes) {
    absorb_again();
  }
}

void stateful_rules::absorb_again() {
  if (again_) {
    stage_->absorb(std::move(*again_), same_nodes(rules_->correlations().nodes().size()));
    again_.reset();
  }
}

void stateful_rules::add(std::size_t source, consume::reading what, alert record,
                         std::vector<alert>& due) {
  if (!stage_) {
    return;
  }
  const std::uint32_t origin = origin_of(source, record.place);
  if (!counted_.admit(record.fingerprint, origin)) {
    return;
  }
  if (what != consume::reading::again) {
    stage_->add(std::move(record), fired_, origin);
    take_due(due);
  } else if (again_) {
    again_->add(std::move(record), fired_, origin);
    fired_.clear();
  }
}

void stateful_rules::pass_time(std::int64_t now_ns, std::vector<alert>& due) {
  if (stage_) {
    stage_->pass_time(now_ns, fired_);
    take_due(due);
  }
}

void stateful_rules::finish(std::vector<alert>& due) {
  if (stage_) {
    absorb_again();
    stage_->finish(fired_);
    take_due(due);
  }
}

void stateful_rules::take_due(std::vector<alert>& due) {
  for (alert& found : fired_) {
    found.fingerprint = emit::group_fingerprint(found.fingerprint, found.burst->group);
    due.push_back(std::move(found));
  }
  fired_.clear();
}

}  // namespace trailbell::pipeline

#include "pipeline/batch_state.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "trailbell/base/timestamp.hpp"
#include "trailbell/detect/event_matcher.hpp"
#include "trailbell/model/canary.hpp"

namespace trailbell::pipeline {

object_position batch_state::place_of(std::size_t object) const {
  object_position place = work->taken.place;
  if (object < work->taken.objects.size()) {
    place.offset = work->taken.objects[object].offset;
  }
  return place;
}

void batch_state::take_losses(object_part& part, service_listener& listener) {
  for (owned_loss& lost : part.found.losses) {
    if (lost.kind == loss_kind::rest && failed_object_ == part.object) {
      continue;  // what failed is kept whole
    }
    reject kept{place_of(part.object), to_string(lost.kind),  lost.offset, lost.record,
                lost.reason,           std::move(lost.bytes), {}};
    const auto& objects = work->taken.objects;
    if (lost.kind == loss_kind::failed) {
      ++counts.objects_failed;
      failed_object_ = part.object;
      kept.bytes = part.object < objects.size() ? objects[part.object].bytes : std::string_view{};
    }
    if (lost.kind != loss_kind::rest) {
      ++counts.quarantined[std::string{kept.kind}];
      listener.on_trouble(
          kept.kind, to_string(kept.place) + ": " + std::string{kept.kind} + ": " + kept.reason);
    }
    rejects.push_back(std::move(kept));
  }
}

void batch_state::count(const alert& finding) {
  ++counts.findings;
  ++counts.findings_by_rule[std::string{finding.rule.id}];
  if (is_canary(finding)) {
    count_canary(finding);
    return;
  }
  if (const auto time = finding.event_time ? parse_rfc3339(*finding.event_time) : std::nullopt) {
    counts.event_ages.push_back(static_cast<double>(finding.detected_at_ns - *time) / 1e9);
  }
  const auto object = static_cast<std::size_t>(finding.place.offset);
  const bool same_record = matched_record_ == finding.record + 1 && matched_object_ == object;
  const auto change =
      finding.event_name ? detect::match_iam_policy_event(*finding.event_name) : std::nullopt;
  if (change && !same_record && !finding.burst) {
    const std::size_t outcome = finding.failed ? 1 : 0;
    ++counts.policy_changes[*change][outcome];
    ++counts.changes_by_actor[std::string{finding.actor.type.value_or("")}][outcome];
    matched_record_ = finding.record + 1;
    matched_object_ = object;
  }
}

// Several rules may find the same one. One that its rule leaves out alerts nobody: it has not
// arrived.
void batch_state::count_canary(const alert& finding) {
  if (finding.suppressed_by_rule) {
    return;
  }
  const std::string id{finding.event_id.value_or("")};
  const bool known =
      std::find(counts.canaries.begin(), counts.canaries.end(), id) != counts.canaries.end();
  if (!known && counts.canaries.size() < canaries_a_batch_max) {
    counts.canaries.push_back(id);
  }
}

}  // namespace trailbell::pipeline

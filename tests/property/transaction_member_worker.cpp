// The worker of a member, and its sink's conversation with the brokers.
#include "property/transaction_member.hpp"

#include <algorithm>

namespace trailbell {

using pipeline::batch_id;
using pipeline::transaction_plan;

void transaction_member::work(unsigned chance) {
  if (stage_ != stage::none) {
    step_transaction(chance);
  } else if ((chance & 3U) != 0 && !items_.empty()) {
    take_item();
  } else if (plan_.due({}, true)) {
    begin();
  }
}

void transaction_member::take_item() {
  item one = std::move(items_.front());
  items_.pop_front();
  if (one.membership) {
    plan_.join(*one.membership);
  }
  if (!one.forget.empty()) {
    report forgotten{report::kind::forgotten, plan_.forget(one.forget)};
    for (const batch_id each : forgotten.batches) {
      waiting_.erase(each);
    }
    if (!forgotten.batches.empty()) {
      reports_.push_back(std::move(forgotten));
    }
  }
  if (one.batch != 0) {
    const emit::stored_position at{"t", static_cast<std::int32_t>(one.from.partition),
                                   one.from.end};
    if (plan_.add(one.round, {one.batch, at, 1}, {})) {
      waiting_.emplace(one.batch, std::move(one));
    }
  }
}

void transaction_member::begin() {
  running_.clear();
  caused_.clear();
  offsets_.clear();
  membership_ = plan_.membership();
  const std::vector<transaction_plan::entry> entries = plan_.take();
  for (const transaction_plan::entry& each : entries) {
    const item what = std::move(waiting_.extract(each.batch).mapped());
    running_.push_back(each.batch);
    for (const std::int64_t at : what.caused) {
      caused_.push_back({what.from.partition, at});
    }
    const auto known = std::find_if(offsets_.begin(), offsets_.end(), [&](const world_offset& one) {
      return one.partition == what.from.partition;
    });
    if (known == offsets_.end()) {
      offsets_.push_back({what.from.partition, what.from.begin, 0});
    }
  }
  for (const emit::stored_position& each : transaction_plan::positions(entries)) {
    for (world_offset& one : offsets_) {
      one.next = one.partition == static_cast<std::size_t>(each.partition) ? each.next : one.next;
    }
  }
  stage_ = stage::begun;
}

void transaction_member::step_transaction(unsigned chance) {
  said went = said::yes;
  switch (stage_) {
    case stage::none:
      return;
    case stage::begun:
      went = world_.produce(producer_, epoch_, caused_);
      stage_ = went == said::busy ? stage::begun : stage::produced;
      break;
    case stage::produced:
      went = (chance & 31U) == 0 ? said::not_a_member  // the brokers refuse an alert
                                 : world_.send_offsets(producer_, epoch_, membership_, offsets_);
      stage_ = went == said::not_a_member ? stage::aborting : stage::sent;
      break;
    case stage::sent:
    case stage::in_doubt:
      went = world_.end(producer_, epoch_, true);
      if (went == said::yes && (chance & 15U) == 0) {
        stage_ = stage::in_doubt;  // the answer is lost: asked again, or
        if ((chance & 16U) != 0) {
          replace(true);
        }
        return;
      }
      if (went == said::yes) {
        end(true);
      }
      break;
    case stage::aborting:
      went = world_.end(producer_, epoch_, false);
      if (went == said::yes) {
        end(false);
      }
      break;
    case stage::finding_out:
      if (std::all_of(offsets_.begin(), offsets_.end(),
                      [this](const world_offset& one) { return world_.stable(one.partition); })) {
        end(stored());
      }
      return;
  }
  if (went == said::fenced) {
    replace(stage_ == stage::sent || stage_ == stage::in_doubt);
  }
}

bool transaction_member::stored() const {
  return std::all_of(offsets_.begin(), offsets_.end(), [this](const world_offset& one) {
    return world_.committed[one.partition] >= one.next;
  });
}

void transaction_member::replace(bool in_doubt) {
  epoch_ = world_.init(producer_);
  if (in_doubt) {
    stage_ = stage::finding_out;
  } else {
    end(false);
  }
}

void transaction_member::end(bool committed) {
  stage_ = stage::none;
  if (committed) {
    plan_.committed({});
    reports_.push_back({report::kind::committed, std::move(running_)});
  } else {
    plan_.aborted({});
    waiting_.clear();
    reports_.push_back({report::kind::aborted, {}});
  }
}

}  // namespace trailbell

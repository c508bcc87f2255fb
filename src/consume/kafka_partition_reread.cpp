// What a partition does before it goes on: see kafka_reread.
#include <algorithm>
#include <utility>

#include "consume/kafka_partition.hpp"

namespace trailbell::consume {

void kafka_partition::look_back(std::chrono::milliseconds how_far) {
  how_far_ = how_far;
  if (how_far_.count() > 0) {
    begin_reread();
  }
}

void kafka_partition::begin_reread() {
  marks_.clear();
  reread_.emplace(how_far_, ledger_ ? std::optional{ledger_->next_expected()} : std::nullopt);
}

void kafka_partition::attend_reread() {
  using state = kafka_reread::state;
  if (reread_->now() == state::asking || reread_->now() == state::placing) {
    const result<done> asked = reread_->now() == state::asking
                                   ? reread_->ask(client_, topic_, partition_)
                                   : reread_->place(client_, topic_, partition_);
    if (!asked && log_ && trouble_ != asked.failure().message) {
      log_(log_level::warning, name() + ": " + asked.failure().message +
                                   "; it is tried again, and nothing is read before");
    }
    trouble_ = asked ? std::string{} : asked.failure().message;
  }
  if (const std::optional<std::int64_t> offset = reread_->take_seek()) {
    held_.reset();
    seek(*offset);
  }
  if (reread_->now() == state::over) {
    end_reread();
  }
}

void kafka_partition::end_reread() {
  if (marks_.empty() && reread_->begin() < 0) {
    marks_.push_back(reading::begins);  // whatever it counted in an earlier assignment
  }
  marks_.push_back(reading::resumes);
  note_ = reread_->note();
  goes_on_at_ = reread_->goes_on_at();
  if (reread_->begin() >= 0 && log_) {
    log_(log_level::info,
         name() + ": " + std::to_string(reread_->messages()) + " messages from offset " +
             std::to_string(reread_->begin()) +
             " on were read again for the windows of stateful rules; it goes on at " +
             std::to_string(reread_->goes_on_at()));
  }
  reread_.reset();
}

// What is queued before where it goes on; at the place where it does, it is over.
std::optional<source_batch> kafka_partition::read_again(const gather_bounds& bounds) {
  using state = kafka_reread::state;
  if (reread_ && reread_->now() == state::placed && bounds.reread) {
    reread_->start();
    marks_.push_back(reading::begins);
  }
  if (!marks_.empty()) {
    const reading what = marks_.front();
    marks_.pop_front();
    source_batch mark = make_batch(what);
    if (what == reading::begins) {
      mark.place.offset = reread_ ? std::max<std::int64_t>(reread_->begin(), 0) : 0;
    } else {
      mark.note = std::exchange(note_, {});
    }
    return mark;
  }
  if (reread_->now() != state::reading && reread_->now() != state::probing) {
    return std::nullopt;
  }
  auto messages = std::make_shared<std::vector<kafka::message_handle>>();
  std::vector<source_object> objects;
  std::size_t bytes = 0;
  const state before = reread_->now();
  while (reread_->now() == before && bytes < bounds.bytes && objects.size() < bounds.messages) {
    kafka::message_handle message = pop();
    if (!message) {
      break;
    }
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      reread_->on_end(message->offset);
    } else if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
      reread_->give_up();  // what was to be read is gone, which is no error
    } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      on_error(*message);
    } else if (reread_->on_message(message->offset,
                                   rd_kafka_message_timestamp(message.get(), nullptr))) {
      bytes += size_of(*message);
      objects.push_back({value_of(*message), message->offset});
      messages->push_back(std::move(message));
    } else if (reread_->now() == state::over) {
      held_ = std::move(message);  // the first one that goes on, unless it is sought
    }
  }
  attend_reread();
  if (objects.empty()) {
    return std::nullopt;
  }
  source_batch batch = make_batch(reading::again);
  batch.place.offset = objects.front().offset;
  batch.bytes = bytes;
  batch.objects = std::move(objects);
  batch.owner = std::move(messages);
  return batch;
}

}  // namespace trailbell::consume

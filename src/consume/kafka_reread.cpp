#include "consume/kafka_reread.hpp"

#include <algorithm>
#include <utility>

namespace trailbell::consume {
namespace {

// A broker that answers does so within milliseconds.
constexpr int answer_wait_ms = 5'000;

error failure_of(const char* doing, rd_kafka_resp_err_t code) {
  return {errc::unreadable, std::string{doing} + ": " + rd_kafka_err2str(code)};
}

kafka::partition_list one_item(const std::string& topic, std::int32_t partition,
                               std::int64_t offset) {
  kafka::partition_list list = kafka::make_list(1);
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  return list;
}

}  // namespace

result<done> kafka_reread::ask(rd_kafka_t* client, const std::string& topic,
                               std::int32_t partition) {
  const kafka::partition_list list = one_item(topic, partition, RD_KAFKA_OFFSET_INVALID);
  const rd_kafka_resp_err_t asked = rd_kafka_committed(client, list.get(), answer_wait_ms);
  const rd_kafka_topic_partition_t& committed = *list->elems;
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR || committed.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure_of("asking for the committed offset",
                      asked != RD_KAFKA_RESP_ERR_NO_ERROR ? asked : committed.err);
  }
  goes_on_at_ = known_ ? *known_ : std::max<std::int64_t>(committed.offset, -1);
  // Between the two there may be marks of transactions, and nothing of ours.
  if (committed.offset >= 0 && committed.metadata_size > 0) {
    note_.assign(static_cast<const char*>(committed.metadata), committed.metadata_size);
  }
  std::int64_t high = 0;
  if (goes_on_at_ > 0) {
    const rd_kafka_resp_err_t failed = rd_kafka_query_watermark_offsets(
        client, topic.c_str(), partition, &low_, &high, answer_wait_ms);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return failure_of("asking for the ends of the log", failed);
    }
  }
  // Beyond the ends it is auto.offset.reset that decides, as if nothing were to be read again.
  if (goes_on_at_ <= low_ || goes_on_at_ > high) {
    state_ = state::over;
    if (known_) {
      seek_ = known_;
    }
    return done{};
  }
  probe_ = goes_on_at_ - 1;
  seek_ = probe_;
  state_ = state::probing;
  return done{};
}

// Offsets may have gaps: the marks of transactions, and what was compacted away.
void kafka_reread::probe_further_back() {
  if (probe_ <= low_) {
    give_up();
    return;
  }
  step_ *= 2;
  probe_ = std::max(low_, goes_on_at_ - step_);
  seek_ = probe_;
}

result<done> kafka_reread::place(rd_kafka_t* client, const std::string& topic,
                                 std::int32_t partition) {
  begin_ = low_;
  // A message without a time: all there is, then.
  if (time_ms_ >= 0) {
    const kafka::partition_list list =
        one_item(topic, partition, std::max<std::int64_t>(time_ms_ - how_far_.count(), 0));
    const rd_kafka_resp_err_t failed =
        rd_kafka_offsets_for_times(client, list.get(), answer_wait_ms);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR || list->elems->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return failure_of("asking for an offset by its time",
                        failed != RD_KAFKA_RESP_ERR_NO_ERROR ? failed : list->elems->err);
    }
    // Less than 0: no message is as young any more.
    begin_ = list->elems->offset < 0 ? probe_ : std::min(list->elems->offset, probe_);
  }
  seek_ = begin_;
  state_ = state::placed;
  return done{};
}

bool kafka_reread::on_message(std::int64_t offset, std::int64_t time_ms) {
  if (offset >= goes_on_at_) {
    on_end(offset);
    return false;
  }
  if (state_ == state::reading) {
    ++messages_;
    return true;
  }
  time_ms_ = time_ms;
  state_ = state::placing;
  return false;
}

// Where reading is not exactly where it goes on, the client is put there: what was to be read may
// be gone meanwhile, so that the broker put us anywhere.
void kafka_reread::on_end(std::int64_t offset) {
  if (state_ == state::probing && offset >= goes_on_at_) {
    probe_further_back();
  } else if (offset == goes_on_at_) {
    state_ = state::over;
  } else {
    give_up();
  }
}

void kafka_reread::give_up() noexcept {
  state_ = state::over;
  seek_ = goes_on_at_;
}

std::optional<std::int64_t> kafka_reread::take_seek() {
  return std::exchange(seek_, std::nullopt);
}

}  // namespace trailbell::consume

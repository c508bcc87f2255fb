// One owned partition: its queue, and the ledger of what was taken from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consume/kafka_reread.hpp"
#include "consume/offset_judge.hpp"
#include "kafka/handle.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/consume/ledger.hpp"
#include "trailbell/consume/source.hpp"

namespace trailbell::consume {

using steady_time = std::chrono::steady_clock::time_point;

struct gather_bounds {
  std::size_t bytes, messages;
  bool reread = true;  // whether it may begin to read again: one partition at a time does
};

[[nodiscard]] inline std::string_view value_of(const rd_kafka_message_t& message) noexcept {
  return message.payload == nullptr
             ? std::string_view{}
             : std::string_view{static_cast<const char*>(message.payload), message.len};
}
// With what librdkafka keeps beside its bytes.
[[nodiscard]] inline std::size_t size_of(const rd_kafka_message_t& message) noexcept {
  return message.len + message.key_len + 256;
}

class kafka_partition {
 public:
  // `serial`: no two assignments of a partition have the same; it makes receipts unique.
  kafka_partition(rd_kafka_t* client, std::uint32_t serial, std::string topic,
                  std::int32_t partition, const log_function& log);
  // Before it is assigned: messages come to a queue of its own, which calls `wake(told)`, on a
  // thread of librdkafka's, when it was empty.
  void open_queue(void (*wake)(rd_kafka_t*, void*), void* told);
  // Before it is read: what is younger than that at the committed offset is read again first, and
  // whenever it is rewound. 0: nothing.
  void look_back(std::chrono::milliseconds how_far);
  // Before it is read: its positions are stored with what they caused, so that it gives a batch for
  // where reading begins; where it looks back, also for that nothing comes, now and then.
  void be_transactional() noexcept { transactional_ = true; }
  // Of one that does so: what says that it goes away.
  std::optional<source_batch> leave() {
    return transactional_ && how_far_.count() > 0 ? std::optional{make_batch(reading::left)}
                                                  : std::nullopt;
  }
  kafka_partition(const kafka_partition&) = delete;
  kafka_partition& operator=(const kafka_partition&) = delete;
  ~kafka_partition();

  [[nodiscard]] static std::uint32_t serial_of(receipt_id receipt) noexcept {
    return static_cast<std::uint32_t>(receipt >> receipt_bits);
  }
  [[nodiscard]] const std::string& topic() const noexcept { return topic_; }
  [[nodiscard]] std::int32_t number() const noexcept { return partition_; }
  [[nodiscard]] std::uint32_t serial() const noexcept { return serial_; }
  [[nodiscard]] std::string name() const;  // "topic[3]"

  // What is queued, up to the bounds; never waits.
  std::optional<source_batch> gather(const gather_bounds& bounds);
  // librdkafka says that reading cannot go on.
  [[nodiscard]] const std::optional<std::string>& failure() const noexcept { return failure_; }

  void ack(receipt_id receipt);
  void nack(receipt_id receipt);
  // Those that a nack of an earlier batch, or a log that was made anew, took along; each once.
  std::vector<receipt_id> take_given_up();
  // Gives up all that are open; from here on it tells of none.
  std::vector<receipt_id> give_up();
  // Nothing new is given any more.
  void drain() noexcept { draining_ = true; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  [[nodiscard]] bool settled() const noexcept { return !ledger_ || ledger_->settled(); }

  // Where it is known; below that nothing is outstanding.
  [[nodiscard]] std::optional<std::int64_t> watermark() const;
  [[nodiscard]] std::optional<std::int64_t> next_expected() const;
  // The same, and while it reads again what is below, where it will go on.
  [[nodiscard]] std::optional<std::int64_t> goes_on_at() const;
  // The watermark where the broker does not have it yet.
  [[nodiscard]] std::optional<std::int64_t> to_commit() const;
  void note_committed(std::int64_t offset) noexcept { committed_ = offset; }

  // Messages that came before are fetched again: all from next_expected() on.
  void fetch_again();
  // What did not succeed yet: a seek, or a question to the brokers.
  void retry();
  // It reads again what is below where it goes on.
  [[nodiscard]] bool rereading() const noexcept {
    return reread_ && reread_->now() == kafka_reread::state::reading && !draining_;
  }

  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
  [[nodiscard]] std::size_t queued() const { return rd_kafka_queue_length(queue_.get()); }

  // For the watch over its progress.
  std::int64_t end = -1;  // as the broker last said; -1: not known yet
  steady_time last_progress = std::chrono::steady_clock::now();
  bool stalled = false;

 private:
  static constexpr unsigned receipt_bits = 40;

  void tell(const std::vector<receipt_id>& receipts);
  kafka::message_handle pop();
  [[nodiscard]] offset_judge::place judge(const rd_kafka_message_t& message, std::int64_t next);
  void on_error(const rd_kafka_message_t& message);
  void restart_at(std::int64_t offset);
  source_batch seal(std::shared_ptr<const void> owner, std::vector<source_object> objects,
                    std::size_t bytes, std::int64_t next);
  void seek(std::int64_t offset);
  void begin_reread();
  void attend_reread();
  void end_reread();
  std::optional<source_batch> read_again(const gather_bounds& bounds);
  source_batch make_batch(reading what);
  source_batch position_batch(reading what);
  std::optional<source_batch> quiet_batch();
  [[nodiscard]] bool start_is_due() const noexcept {
    return transactional_ && ledger_ && !start_given_;
  }

  rd_kafka_t* client_;
  std::uint32_t serial_;
  std::string topic_;
  std::int32_t partition_;
  const log_function& log_;
  kafka::queue_handle queue_;
  kafka::message_handle held_;              // was popped, and begins the next batch
  std::optional<partition_ledger> ledger_;  // from the first message on: it says where we begin
  std::uint64_t receipts_ = 0;
  std::vector<receipt_id> given_up_;
  std::size_t last_gathered_ = 0;  // messages: what the next batch will have, probably
  std::int64_t committed_ = -1;
  std::int32_t epoch_ = -1;  // of the leader that wrote the newest message
  offset_judge offsets_;
  std::optional<std::int64_t> unsought_;  // reading waits until a seek to this succeeds
  std::optional<std::string> failure_;
  std::chrono::milliseconds how_far_{0};
  std::optional<kafka_reread> reread_;  // while there is something to find out or to read again
  std::deque<reading> marks_;           // to be given before anything else
  std::string trouble_;                 // why the brokers did not answer
  std::uint64_t dropped_ = 0;
  std::string note_;              // for who resumes
  std::int64_t goes_on_at_ = -1;  // as the last re-reading found out
  steady_time last_given_ = std::chrono::steady_clock::now();
  bool transactional_ = false;
  bool start_given_ = false;  // in a batch that was not given back
  bool acked_ = false;        // something was, since reading began
  bool draining_ = false;
  bool given_up_all_ = false;
};

}  // namespace trailbell::consume

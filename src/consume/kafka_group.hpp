// The partitions that the group gave us: taken, drained, committed, given up.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "consume/kafka_partition.hpp"
#include "kafka/handle.hpp"
#include "trailbell/consume/kafka_source.hpp"

namespace trailbell::consume {

class kafka_group {
 public:
  using wake_function = void (*)(rd_kafka_t*, void*);

  // `answers`: the queue that the results of commits come to.
  kafka_group(rd_kafka_t* client, rd_kafka_queue_t* answers, const kafka_source_options& options,
              wake_function wake, void* told);

  [[nodiscard]] std::vector<std::unique_ptr<kafka_partition>>& owned() noexcept { return owned_; }
  [[nodiscard]] const std::vector<std::unique_ptr<kafka_partition>>& owned() const noexcept {
    return owned_;
  }
  [[nodiscard]] kafka_partition* of(receipt_id receipt) const;
  [[nodiscard]] kafka_partition* find(const char* topic, std::int32_t partition) const;

  // Of the partitions that are given from here on.
  void look_back(std::chrono::milliseconds how_far) noexcept { look_back_ = how_far; }
  // Of a partition that went away; each once.
  std::optional<source_batch> take_left();
  // One that reads again what is below where it goes on; null: none.
  [[nodiscard]] const kafka_partition* rereading() const;

  void on_rebalance(rd_kafka_event_t* event);
  void on_commit(rd_kafka_event_t* event);
  // See source::take_membership().
  std::optional<std::string> take_membership() { return std::exchange(membership_, std::nullopt); }
  // Whatever it was settled as.
  void note_settled(receipt_id receipt) { awaited_.erase(receipt); }
  // Commits what is due, and ends a drain whose time has come.
  void attend(steady_time now);
  // Receipts that will never be settled, each told once: all of a partition that went away.
  std::vector<receipt_id> take_given_up();
  // Commits, then leaves; false where that took longer than `bound`.
  bool leave(std::chrono::milliseconds bound);

  [[nodiscard]] bool joined() const noexcept { return joined_; }
  [[nodiscard]] bool draining() const noexcept { return revoked_ != nullptr; }
  [[nodiscard]] std::uint64_t rebalances() const noexcept { return rebalances_; }
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  [[nodiscard]] kafka::partition_list due() const;
  void assign(const rd_kafka_topic_partition_list_t* list);
  void revoke(const rd_kafka_topic_partition_list_t* list, steady_time now);
  void finish_revoke();
  void give_up(const rd_kafka_topic_partition_list_t* list);
  std::vector<receipt_id> give_up(kafka_partition& partition);
  void leave(kafka_partition& partition);
  [[nodiscard]] bool drained(steady_time now);
  void show_membership(bool member);
  [[nodiscard]] bool all_settled(const rd_kafka_topic_partition_list_t* list) const;
  void tell_client(bool assigned, const rd_kafka_topic_partition_list_t* list);
  void commit_later();
  void commit_now(std::chrono::milliseconds bound);
  void say(log_level level, const std::string& text) const;

  rd_kafka_t* client_;
  rd_kafka_queue_t* answers_;
  const kafka_source_options& options_;
  wake_function wake_;
  void* told_;
  std::vector<std::unique_ptr<kafka_partition>> owned_;
  std::unordered_map<std::uint32_t, kafka_partition*> by_serial_;
  std::uint32_t serials_ = 0;
  std::vector<receipt_id> given_up_;        // not told yet
  std::deque<source_batch> left_;           // not given yet
  std::unordered_set<receipt_id> awaited_;  // told, and to be settled before it is let go
  bool abandoned_ = false;                  // what was revoked did not drain
  std::optional<std::string> membership_;   // not told yet
  std::string shown_;                       // what was, last
  kafka::partition_list revoked_;           // while what was taken of it drains
  steady_time drain_ends_;
  steady_time last_commit_ = std::chrono::steady_clock::now();
  bool commit_running_ = false;
  bool joined_ = false;
  std::chrono::milliseconds look_back_{0};
  std::uint64_t rebalances_ = 0;
  std::uint64_t dropped_ = 0;  // of partitions that were given up
};

}  // namespace trailbell::consume

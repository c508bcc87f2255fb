// kafka_reread: which messages of a partition below the committed offset are read again, so that
// the windows of stateful rules that reach on are whole.
//
// Where the messages are young enough is asked of the broker by time: that of the last message
// below the committed offset, less how far windows reach. Timestamps may be the producer's or the
// broker's; of two messages the later may have the earlier time, so that the caller adds to how far
// it looks back what they may differ by. Without a committed offset, or where the log does not
// reach below it, nothing is read again.
//
// The caller seeks, and tells what came. One thread; ask() and place() wait for a broker.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "kafka/handle.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::consume {

class kafka_reread {
 public:
  enum class state : std::uint8_t {
    asking,   // where the group is committed: ask()
    probing,  // for the time of a message below that: on_message(), on_end()
    placing,  // by that time: place()
    placed,   // from begin() on: start()
    reading,  // on_message(), on_end()
    over,
  };

  // `goes_on_at`: where reading goes on; nothing: where the group is committed.
  kafka_reread(std::chrono::milliseconds how_far, std::optional<std::int64_t> goes_on_at)
      : how_far_{how_far}, known_{goes_on_at} {}

  [[nodiscard]] state now() const noexcept { return state_; }
  // What is below it is read again; -1: nothing is committed.
  [[nodiscard]] std::int64_t goes_on_at() const noexcept { return goes_on_at_; }
  [[nodiscard]] std::int64_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }
  // What is stored beside the committed offset.
  [[nodiscard]] const std::string& note() const noexcept { return note_; }

  // Errors leave the state as it is: to be tried again.
  result<done> ask(rd_kafka_t* client, const std::string& topic, std::int32_t partition);
  result<done> place(rd_kafka_t* client, const std::string& topic, std::int32_t partition);
  void start() noexcept { state_ = state::reading; }

  // A message, and its time in milliseconds or -1. True: it is one that is read again.
  bool on_message(std::int64_t offset, std::int64_t time_ms);
  // The log ends at that offset.
  void on_end(std::int64_t offset);
  // Reading below the committed offset is not possible.
  void give_up() noexcept;

  // Where the partition has to be sought to before more is read; each once.
  std::optional<std::int64_t> take_seek();

 private:
  void probe_further_back();

  std::chrono::milliseconds how_far_;
  std::optional<std::int64_t> known_;
  state state_ = state::asking;
  std::int64_t goes_on_at_ = -1, low_ = 0, begin_ = -1;
  std::string note_;
  std::int64_t probe_ = -1, step_ = 1;
  std::int64_t time_ms_ = -1;
  std::uint64_t messages_ = 0;
  std::optional<std::int64_t> seek_;
};

}  // namespace trailbell::consume

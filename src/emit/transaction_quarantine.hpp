// transaction_quarantine: what could not be read, as records of a transaction; and how large one
// may be, which is found out where the topic refuses some.
//
// Thread-safety: records_of() may be called from any thread; the others belong to the sink's.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

#include "trailbell/emit/transaction_sink.hpp"

namespace trailbell::emit {

class transaction_quarantine {
 public:
  // `topic`: empty where quarantine is somewhere else.
  explicit transaction_quarantine(std::string topic) : topic_{std::move(topic)} {}

  [[nodiscard]] const std::string& topic() const noexcept { return topic_; }
  // What the producer sends at most, once, before there are records.
  void begin(std::size_t message_bytes_max) noexcept { bytes_max_.store(message_bytes_max); }
  [[nodiscard]] quarantine_records records_of(const quarantine_entry& piece) const;

  // The topic refused some as too large. False: they are as small already as they can be.
  bool shrink();
  // A topic counts what was sent together as one: bytes of that, at most; 0: as many as there are.
  [[nodiscard]] std::size_t together_bytes_max() const noexcept {
    return is_shrunk_ ? bytes_max_.load() : 0;
  }

 private:
  std::string topic_;
  std::atomic<std::size_t> bytes_max_{0};  // of a record, with all that is beside its value
  bool is_shrunk_ = false;
};

}  // namespace trailbell::emit

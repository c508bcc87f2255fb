// ledger: what of one partition's offsets is settled, while one assignment lasts.
//
// Batches are opened in the order of their offsets and settled in any order. The watermark is the
// offset below which everything is acked: the only one that may be committed. Pure; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "trailbell/consume/source.hpp"

namespace trailbell::consume {

class partition_ledger {
 public:
  // `start`: the first offset that the assignment will read; nothing below it is ours.
  explicit partition_ledger(std::int64_t start) : next_{start}, watermark_{start} {}

  // Offsets may have gaps (transactions, compaction), and never go back: below this, a message came
  // before in this assignment and is dropped.
  [[nodiscard]] std::int64_t next_expected() const noexcept { return next_; }

  // A batch was taken that ends below offset `next`: of next_expected(), it holds no message.
  void open(receipt_id receipt, std::int64_t next);
  // Offsets up to `next` hold nothing to settle (the end of a transaction).
  void skip_to(std::int64_t next);

  // False: no such receipt is open.
  bool ack(receipt_id receipt);
  // Gives everything from the watermark on back: open receipts are forgotten, and reading has to
  // begin again at watermark(). False: no such receipt is open.
  bool nack(receipt_id receipt);

  [[nodiscard]] std::int64_t watermark() const noexcept { return watermark_; }
  // The watermark, where it has moved since the last call.
  std::optional<std::int64_t> take_moved();
  // Open receipts that are not acked: what a nack takes along, and what is lost with the ledger.
  [[nodiscard]] std::vector<receipt_id> outstanding() const;
  // Nothing is outstanding.
  [[nodiscard]] bool settled() const noexcept { return open_.empty(); }

 private:
  struct entry {
    receipt_id receipt;
    std::int64_t next;
    bool acked = false;
  };

  entry* find(receipt_id receipt);

  std::deque<entry> open_;
  std::int64_t next_, watermark_;
  bool moved_ = false;
};

}  // namespace trailbell::consume

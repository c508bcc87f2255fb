// source: where batches come in while the service runs.
//
// One thread drives a source: it takes batches, tells it what became of each, and lets it attend to
// its upkeep (heartbeats, rebalances, commits) in between. What a source calls a receipt is the
// duty to settle one batch: acked when every required sink has accepted every alert that the batch
// caused and its rejects are in quarantine; given back (nacked) otherwise. Nothing is committed,
// deleted or checkpointed before its receipt is acked, and a receipt that is never settled counts
// as nacked.
//
// Thread-safety: none. Ownership: a batch owns its bytes and may outlive its source's next calls,
// not the source. Errors: end the source, and the process with it; what can be tried again is tried
// again by the source.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/model/announced_status.hpp"
#include "trailbell/model/partition_lag.hpp"
#include "trailbell/model/position.hpp"

namespace trailbell::consume {

using receipt_id = std::uint64_t;  // unique in its source, never reused; in no order

// One stored object in memory: any envelope, compressed or plain.
struct source_object {
  std::string_view bytes;   // into the batch's owner
  std::int64_t offset = 0;  // of a Kafka message
};

// What a batch is for. All but `fresh` are for stateful rules alone, from a source that was asked
// to look back; to settle them tells the source only that they are done with, unless it is `quiet`.
// But `start`, which comes from one whose positions are stored in somebody else's transaction.
enum class reading : std::uint8_t {
  fresh,    // to be detected in, and settled
  start,    // no objects: reading of its place begins at `end`, whatever decided on that. Settled
            // once that position is stored: what comes from there on is nobody else's
  begins,   // no objects: its place (a partition) begins anew, with what is at place.offset or
            // behind it; what it counted is forgotten
  again,    // settled long ago: counts for windows that reach on, and causes nothing else
  resumes,  // no objects: all that was to be read again has been
  quiet,    // no objects: nothing came for a while. Its place stays where it is, and what time
            // alone brings about is settled with that, as what is fresh is
  left,     // no objects: nothing more comes of its place before it begins again
};

struct source_batch {
  receipt_id receipt = 0;
  reading what = reading::fresh;
  object_position place;               // of a file: which; of messages: but for the offset
  std::int64_t end = 0;                // of messages: the offset that is reached with it
  std::string note;                    // of `resumes`: what was stored beside the offset
  std::vector<source_object> objects;  // empty: the file at `place` is to be read
  std::size_t bytes = 0;               // as stored; what it weighs while it is in flight
  std::shared_ptr<const void> owner;   // keeps `objects` alive
  // Why none of it can be read: its objects, as they are, go to quarantine with this reason, and
  // the batch is acked once they are there. Empty: it can be read.
  std::string problem{};
};

enum class outcome : std::uint8_t { acked, nacked };

// What a source says of itself for metrics and health.
struct source_status {
  std::string not_ready;            // why it is not ready; empty: it is
  std::vector<partition_lag> lags;  // of the partitions it owns now
  std::uint64_t dropped = 0;        // messages that came twice within one assignment
  std::uint64_t rebalances = 0;
  std::optional<announced_status> announced;  // of queues and the objects that they announce
};

class source {
 public:
  source() = default;
  source(const source&) = delete;
  source& operator=(const source&) = delete;
  virtual ~source() = default;

  // "kafka", "file" or "s3": its label in metrics.
  [[nodiscard]] virtual const char* name() const noexcept = 0;

  // The next batch; nothing where none came within `wait`. Also attends.
  virtual result<std::optional<source_batch>> take(std::chrono::milliseconds wait) = 0;
  // Upkeep without taking: called at least every second while too much is in flight to take more.
  virtual result<done> attend() = 0;
  // What became of a batch. A receipt that is no longer held (its partition went away) is ignored.
  virtual void settle(receipt_id receipt, outcome what) = 0;

  // Receipts that were not settled and are given up, each told once: their partition went away or
  // is about to, or they are read again. All of one partition are told at once. Where positions are
  // stored in a transaction, the source waits until each is settled, one way or the other, before
  // it lets the partition go.
  virtual std::vector<receipt_id> take_given_up() { return {}; }

  // Of a source whose positions are stored in a transaction: by what the transaction shows that
  // they are its to store (opaque; readable in this process only), where that has changed; empty:
  // by nothing now. It holds for the batches that are taken until it changes, and for those in
  // flight.
  virtual std::optional<std::string> take_membership() { return std::nullopt; }

  // How far windows of stateful rules reach: before a place goes on where it was committed, what is
  // younger than that at the committed place is to be given again. 0: nothing. From the next place
  // that begins on.
  virtual void look_back(std::chrono::nanoseconds) {}

  // From now on take() gives nothing new; what is acked until close() is still committed.
  virtual void stop() = 0;
  // Commits what is acked and leaves, within a bounded time.
  virtual result<done> close() = 0;
  // Everything there was has been given: a file source without `watch`.
  [[nodiscard]] virtual bool ended() const noexcept { return false; }
  // Bytes that it may hold ahead of the batches that were taken: a part of what may be in flight.
  [[nodiscard]] virtual std::size_t ahead_bytes() const noexcept { return 0; }

  [[nodiscard]] virtual source_status status() const = 0;
};

}  // namespace trailbell::consume

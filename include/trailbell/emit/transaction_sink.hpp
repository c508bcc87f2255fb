// transaction_sink: where alerts and the positions that they were read from become visible
// together, or not at all.
//
// One call is one transaction, whole: it begins, stores everything, and ends. Between calls nothing
// is open, so that a slow reader of the service never makes one time out. What became of it is
// always known when the call returns, or the sink is of no use any more.
//
// Thread-safety: one worker thread owns it; refuses(), records_of() and hurry() may be called from
// any. Ownership: borrows alerts and records for the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trailbell/emit/quarantine.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

// The offset at which the group goes on reading.
struct stored_position {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t next = 0;
  std::string note{};  // stored beside it, for who goes on there; short
  bool is_new = true;  // it, or its note, differs from what is stored: to be found there tells that
                       // the transaction was committed
  bool operator==(const stored_position&) const = default;
};

// Something beside alerts that belongs to the transaction, as it is stored.
struct transaction_record {
  std::string topic, key, value;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct transaction_content {
  std::vector<const alert*> alerts;
  std::vector<const transaction_record*> records;
  std::vector<stored_position> positions;  // at most one a partition
  std::string membership;  // as the source told it last; see consume::source::take_membership()
};

// A piece for quarantine, as it is stored: in as many records as it takes.
struct quarantine_records {
  std::vector<transaction_record> records;
  bool is_cut = false;  // they do not hold all of it
};

enum class transaction_outcome : std::uint8_t {
  committed,
  aborted,   // nothing of it is to be seen, now or later; it may be tried again
  unusable,  // the sink has ended: nothing more may be given to it
};

struct transaction_result {
  transaction_outcome what = transaction_outcome::committed;
  std::string reason;  // of aborted and unusable: cause and remedy
  // With aborted: alerts that can never be stored, by their index, and why.
  std::vector<std::pair<std::size_t, std::string>> refused;
};

class transaction_sink {
 public:
  transaction_sink() = default;
  transaction_sink(const transaction_sink&) = delete;
  transaction_sink& operator=(const transaction_sink&) = delete;
  virtual ~transaction_sink() = default;

  virtual transaction_result run(const transaction_content& content) = 0;
  // Why this alert can never be stored, where that is plain from its size.
  [[nodiscard]] virtual std::optional<std::string> refuses(const alert& what) const = 0;
  // What there is to store of a piece; nothing: quarantine is somewhere else. How large a record
  // may be is found out as transactions go: after an abort they are to be made anew.
  [[nodiscard]] virtual std::optional<quarantine_records> records_of(
      [[maybe_unused]] const quarantine_entry& piece) const {
    return std::nullopt;
  }
  // Called about once a second while nothing is to be done.
  virtual void on_idle() {}
  // The process ends: what cannot be ended at once is left to time out at the broker, where it is
  // aborted; run() returns `unusable`.
  virtual void hurry() {}
};

}  // namespace trailbell::emit

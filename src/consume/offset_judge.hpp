// Whether a message of a partition is the next one, one that came before, or one of a log that was
// cut back or made anew. Pure: whoever asks brings the broker's answer. One thread.
//
// Offsets go up within one log. One below the next expected offset stands where another message was
// read, and either is that message, which librdkafka fetched again, or was written in its place.
// It counts as new in case of doubt: a repeated alert does less harm than none.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace trailbell::consume {

class offset_judge {
 public:
  enum class place : std::uint8_t { next, repeated, log_restarted };

  // Where the log ends, as its broker says; nothing: it does not say.
  using end_function = std::function<std::optional<std::int64_t>()>;

  // `epoch`: of the leader that wrote the message; -1: not known. `next`: the offset after the
  // newest that was taken, which was written in leader epoch `newest_epoch`. `end_of_log` is asked
  // for the first message of a row of repeated ones alone.
  place judge(std::int64_t offset, std::int32_t epoch, std::int64_t next, std::int32_t newest_epoch,
              const end_function& end_of_log);

 private:
  // The newest of a row of repeated ones, and what `next` was: the row goes up, so that one below
  // belongs to a log that begins again.
  std::optional<std::int64_t> repeated_;
  std::int64_t below_ = 0;
};

}  // namespace trailbell::consume

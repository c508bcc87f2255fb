// decoder: the text of one object in, its CloudTrail records out.
//
// Recognises by content every envelope of the README's list: files with `Records` (each, where that
// member repeats), bare records, arrays, NDJSON, CloudWatch Logs subscriptions, EventBridge,
// LookupEvents, and SQS, SNS, Kinesis and Firehose messages around any of them. Counts all records
// exactly, and hands out those that a rule could hold for (all of them with `strict`, or without a
// probe).
//
// Thread-safety: a decoder belongs to one thread. It keeps its buffers between objects, so that
// nothing is allocated once they are large enough. Errors: never thrown; every loss is reported to
// the visitor and counted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "trailbell/model/literal_finder.hpp"
#include "trailbell/model/literal_probe.hpp"
#include "trailbell/model/loss.hpp"
#include "trailbell/model/record.hpp"
#include "trailbell/model/tally.hpp"
#include "trailbell/model/text_stream.hpp"

namespace trailbell::decode {

// Called in the order of the text.
class record_visitor {
 public:
  record_visitor() = default;
  record_visitor(const record_visitor&) = delete;
  record_visitor& operator=(const record_visitor&) = delete;
  virtual ~record_visitor() = default;

  // `record` counts from 0 over the object. True where a rule holds; the answer decides only
  // whether a record with broken members counts as read (matched) or as rejected.
  virtual bool on_record(const record_fields& fields, std::uint64_t record) = 0;
  virtual void on_loss(const loss& lost) = 0;
};

struct decode_options {
  literal_probe probe;
  bool strict = false;  // parse and validate every record
  // Beside or instead of a probe: finds places that matter. Shared with no other decoder.
  std::shared_ptr<literal_finder> finder = nullptr;
};

struct decode_outcome {
  decode_tally tally;
  bool failed = false;  // the object yielded nothing, or not all; a loss says why
  // decode_lines() only: here stands a value that spans lines; nothing behind it was looked at.
  std::optional<std::uint64_t> stopped_at;
};

class decoder {
 public:
  explicit decoder(decode_options options);
  ~decoder();
  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  // The whole text of one object.
  decode_outcome decode(text_stream& text, record_visitor& visitor);

  // A part of a text that holds one record a line, beginning with `prefix` (see
  // sniff_record_lines); the part begins and ends where lines do. Record numbers and offsets count
  // from its start.
  decode_outcome decode_lines(text_stream& text, std::string_view prefix, record_visitor& visitor);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

// Where `head`, the beginning of a text, starts with a bare record that fills its line: what that
// line begins with, from '{' to the end of the first member's name. Such a text can be split at any
// newline. Nothing otherwise.
[[nodiscard]] std::optional<std::string> sniff_record_lines(std::string_view head);

// The instruction set of the scan on this CPU: "avx512", "avx2" or "portable". TRAILBELL_SIMD in
// the environment can ask for a lesser one.
[[nodiscard]] const char* simd_name() noexcept;

}  // namespace trailbell::decode

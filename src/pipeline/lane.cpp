#include "pipeline/lane.hpp"

#include <algorithm>
#include <utility>

namespace trailbell::pipeline {
namespace {

decode::decode_options decoding_for(const replay_options& options, const detect::rule_set& rules) {
  return {rules.probe(), options.strict,
          rules.literals() != nullptr ? rules.literals()->open() : nullptr};
}

scan_options scanning_for(const replay_options& options,
                          const std::shared_ptr<const detect::rule_set>& rules) {
  scan_options scanning = options.scan;
  scanning.rules = rules;
  return scanning;
}

// Another thread wrote it: what the CPU would fetch by itself comes too late for a small message.
void fetch_ahead(std::string_view bytes) noexcept {
  constexpr std::size_t line = 64;
  constexpr std::size_t fetched_max = 32 * line;
  for (std::size_t at = 0; at < std::min(bytes.size(), fetched_max); at += line) {
    __builtin_prefetch(bytes.data() + at);
  }
}

}  // namespace

class lane::relay final : public decode::record_visitor {
 public:
  explicit relay(lane& owner) : owner_{owner} {}

  bool on_record(const record_fields& fields, std::uint64_t record) override {
    const bool matched = owner_.detector_->scanner.on_record(fields, record);
    hand_on_if_large();
    return matched;
  }
  void on_loss(const loss& lost) override {
    loss told = lost;
    if (told.kind == loss_kind::failed && told.bytes.empty()) {
      told.bytes = owner_.fetched_;  // there is no file that could be kept in its place
    }
    owner_.detector_->scanner.on_loss(told);
    hand_on_if_large();
  }

 private:
  void hand_on_if_large() {
    if (owner_.detector_->scanner.pending().bytes >= limits::batch_bytes) {
      owner_.finish_part(false, {});
      owner_.hand_on();
    }
  }

  lane& owner_;
};

lane::detector::detector(const replay_options& options,
                         std::shared_ptr<const detect::rule_set> rule_set)
    : decoder{decoding_for(options, *rule_set)},
      scanner{scanning_for(options, rule_set)},
      rules{std::move(rule_set)} {}

lane::lane(const replay_options& options, consume::read_control& control)
    : options_{options},
      control_{control},
      detector_{std::make_unique<detector>(options, options.scan.rules)} {}

void lane::run(task& work) {
  work_ = &work;
  if (work.rules && work.rules != detector_->rules) {
    detector_ = std::make_unique<detector>(options_, work.rules);
  }
  if (work.split) {
    object_ = 0;
    inflated_ = 0;
    if (!work.split->abandoned.load() || work.rest) {
      finish_part(true, run_block(work));
    }
  }
  for (object_ = 0; object_ < work.objects.size(); ++object_) {
    if (control_.stop.load(std::memory_order_relaxed)) {
      break;
    }
    inflated_ = 0;
    run_object(work.objects[object_]);
  }
  if (!work.taken.objects.empty()) {
    run_taken(work.taken);
  }
  hand_on();
  work.results.close();
  if (work.wake != nullptr) {
    work.wake->try_push(0);
  }
}

void lane::finish_part(bool last, const decode::decode_outcome& outcome) {
  object_part part{object_, detector_->scanner.take(), std::exchange(inflated_, 0), last, outcome};
  batch_.bytes += part.found.bytes;
  batch_.parts.push_back(std::move(part));
  if (batch_.bytes >= limits::batch_bytes) {
    hand_on();
  }
}

void lane::hand_on() {
  if (!batch_.parts.empty()) {
    work_->results.push(std::exchange(batch_, {}));  // false: the replay ends, nobody wants it
    if (work_->wake != nullptr) {
      work_->wake->try_push(0);
    }
  }
}

decode::decode_outcome lane::failed(const std::string& reason) {
  detector_->scanner.on_loss({loss_kind::failed, 0, 0, {}, reason});
  return {{}, true, std::nullopt};
}

// What is fetched is in memory, and makes room for others at once.
decode::decode_outcome lane::run_of_s3(consume::archive_item& object) {
  const auto fetching = std::exchange(object.awaited, nullptr);
  if (fetching && !fetching->has_come()) {
    hand_on();  // what was found in others does not wait with it
  }
  const result<std::string_view> got = fetching ? fetching->bytes() : std::string_view{};
  if (!got) {
    return failed(got.failure().message);
  }
  fetched_ = got.value();
  decode::decode_outcome outcome = decode_stored(fetched_);
  fetched_ = {};
  return outcome;
}

void lane::run_object(consume::archive_item& object) {
  if (object.problem) {
    finish_part(true, failed(object.problem->message));
    return;
  }
  if (object.skipped != consume::skip_reason::none) {
    decode::decode_outcome known;
    skipped_tally& skipped = known.tally.skipped;
    skipped.digest = object.skipped == consume::skip_reason::digest ? 1 : 0;
    skipped.insight = object.skipped == consume::skip_reason::insight ? 1 : 0;
    skipped.empty = object.skipped == consume::skip_reason::empty ? 1 : 0;
    finish_part(true, known);
    return;
  }
  if (!object.bucket.empty()) {
    finish_part(true, run_of_s3(object));
    return;
  }
  const result<consume::opened_file> file = consume::opened_file::open(object.path);
  if (!file) {
    finish_part(true, failed(file.failure().message));
  } else if (file.value().regular()) {
    finish_part(true, decode_file(file.value()));
  } else {
    finish_part(true, decode_pipe(file.value()));
  }
}

// Messages are small and many: only those in which something was found make a part, and the last
// part has the numbers of all.
void lane::run_taken(const consume::source_batch& taken) {
  if (!taken.problem.empty()) {
    for (object_ = 0; object_ < taken.objects.size(); ++object_) {
      finish_part(true, failed(taken.problem));
    }
    return;
  }
  decode::decode_outcome all;
  std::uint64_t inflated = 0;
  for (object_ = 0; object_ < taken.objects.size(); ++object_) {
    if (object_ + 1 < taken.objects.size()) {
      fetch_ahead(taken.objects[object_ + 1].bytes);
    }
    all.tally += decode_stored(taken.objects[object_].bytes).tally;
    inflated += std::exchange(inflated_, 0);
    if (!detector_->scanner.pending().empty()) {
      finish_part(false, {});
    }
  }
  inflated_ = inflated;
  finish_part(true, all);
}

decode::decode_outcome lane::run_block(const task& work) {
  if (work.rest) {
    consume::range_source source{work.split->file, work.begin, work.end, control_};
    buffered_stream text{source, text_};
    return decode_text(text);
  }
  consume::mapped_stream text{work.split->mapping, work.begin, work.end, control_};
  work.split->walked.fetch_add(work.end - work.begin, std::memory_order_relaxed);
  relay visitor{*this};
  decode::decode_outcome outcome =
      detector_->decoder.decode_lines(text, work.split->prefix, visitor);
  inflated_ += text.position();
  return outcome;
}

decode::decode_outcome lane::decode_text(text_stream& text) {
  relay visitor{*this};
  decode::decode_outcome outcome = detector_->decoder.decode(text, visitor);
  inflated_ += text.position();
  return outcome;
}

decode::decode_outcome lane::decode_compressed(decode::compression kind, byte_source& stored) {
  const auto inflater = decode::make_inflater(kind, stored, {options_.object_bytes_max});
  buffered_stream text{*inflater, text_};
  return decode_text(text);
}

decode::decode_outcome lane::decode_stored(std::string_view stored) {
  const decode::compression kind = decode::sniff_compression(stored);
  if (kind == decode::compression::none) {
    memory_stream text{stored};
    return decode_text(text);
  }
  if (kind == decode::compression::gzip) {
    if (const auto size = gzip_.inflate(stored, text_, {options_.object_bytes_max})) {
      memory_stream text{{text_.data(), *size}};
      return decode_text(text);
    }
  }
  memory_source source{stored};
  return decode_compressed(kind, source);
}

decode::decode_outcome lane::decode_file(const consume::opened_file& file) {
  if (file.size() <= limits::whole_read_bytes_max) {
    const result<std::size_t> got = consume::read_whole(file, stored_, control_);
    return got ? decode_stored({stored_.data(), got.value()}) : failed(got.failure().message);
  }
  char head[4] = {};
  const result<std::size_t> got = file.read_at(0, head, sizeof head);
  if (!got) {
    return failed(got.failure().message);
  }
  const decode::compression kind = decode::sniff_compression({head, got.value()});
  if (kind == decode::compression::none) {
    consume::range_source source{file, 0, file.size(), control_};
    buffered_stream text{source, text_};
    return decode_text(text);
  }
  consume::file_source source{file, control_};
  return decode_compressed(kind, source);
}

// Before it waits for more, what was found is handed on: alerts from a pipe come at once.
decode::decode_outcome lane::decode_pipe(const consume::opened_file& file) {
  consume::file_source source{file, control_, [this] {
                                if (!detector_->scanner.pending().empty()) {
                                  finish_part(false, {});
                                }
                                hand_on();
                              }};
  buffered_stream stored{source, stored_};
  while (stored.window().size() < 4 && stored.extend()) {
  }
  const decode::compression kind = decode::sniff_compression(stored.window());
  if (kind == decode::compression::none) {
    return decode_text(stored);
  }
  stream_source rest{stored};
  return decode_compressed(kind, rest);
}

}  // namespace trailbell::pipeline

#include "trailbell/decode/decoder.hpp"

#include <utility>

#include "decode/json_text.hpp"
#include "decode/lone_record.hpp"
#include "decode/object_walker.hpp"
#include "decode/walk.hpp"

namespace trailbell::decode {
namespace {

// Few: where most records are read, those that the scan found are still in the cache.
constexpr std::size_t candidates_max = 32;

bool looks_like_utf16(std::string_view head) {
  return head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff") ||
         (head.size() >= 2 && (head[0] == '\0') != (head[1] == '\0'));
}

// What remains to be said once all text was seen.
void conclude(walk& state, const text_stream& text) {
  const std::optional<error>& failure = text.failure();
  if (failure &&
      (failure->code != errc::corrupt || !state.is_failure_reported() || !state.recognised())) {
    state.fail(text.position(), failure->message);
  } else if (!state.recognised() && state.holds_garbage()) {
    state.give_up_hope();
  } else if (!state.recognised() && !failure) {
    ++state.tally().skipped.empty;
  }
}

}  // namespace

struct decoder::state {
  decode_options options;
  record_cursor cursor;
  std::vector<candidate> candidates = std::vector<candidate>(candidates_max);
  std::vector<std::size_t> places;  // of literals, in a text that may be a lone record
};

decoder::decoder(decode_options options) : state_{std::make_unique<state>()} {
  state_->options = std::move(options);
}

decoder::~decoder() = default;

decode_outcome decoder::decode(text_stream& text, record_visitor& visitor) {
  if (text.ended() && is_lone_record(text.window(), state_->options, state_->places)) {
    text.consume(text.window().size());
    decode_outcome counted;
    counted.tally.records = 1;
    return counted;
  }
  walk walked{state_->options, state_->cursor, state_->candidates, visitor};
  while (text.window().size() < 2 && text.extend()) {
  }
  if (looks_like_utf16(text.window())) {
    walked.fail(0, "UTF-16 or binary; CloudTrail is UTF-8: convert it (iconv -t UTF-8)");
  } else {
    object_walker{walked, text, 0}.walk_all();
    conclude(walked, text);
  }
  return {walked.tally(), walked.failed(), std::nullopt};
}

decode_outcome decoder::decode_lines(text_stream& text, std::string_view prefix,
                                     record_visitor& visitor) {
  walk walked{state_->options, state_->cursor, state_->candidates, visitor};
  walked.recognise();
  const std::optional<std::uint64_t> stopped_at = object_walker{walked, text, 0}.walk_lines(prefix);
  if (text.failure()) {
    walked.fail(text.position(), text.failure()->message);
  }
  return {walked.tally(), walked.failed(), stopped_at};
}

const char* simd_name() noexcept {
  return active_kernel().name;
}

std::optional<std::string> sniff_record_lines(std::string_view head) {
  const std::size_t end = head.find('\n');
  if (!head.starts_with('{') || end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view line = head.substr(0, end);
  const json_span value = skip_json_value(line, 0);
  if (value.status != json_status::complete || skip_json_spaces(line, value.end) != line.size() ||
      !is_bare_record(line.substr(0, value.end))) {
    return std::nullopt;
  }
  const std::string_view prefix = prefix_of(line);  // none where the first member is broken
  return prefix.empty() ? std::nullopt : std::optional{std::string{prefix}};
}

}  // namespace trailbell::decode

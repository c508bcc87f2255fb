#include "decode/walk.hpp"

#include <algorithm>
#include <utility>

#include "decode/json_text.hpp"

namespace trailbell::decode {
namespace {

constexpr std::size_t pending_max = 64;
constexpr std::size_t pending_bytes_max = 64 * limits::kib;
constexpr std::size_t stretch_bytes = limits::window_bytes;

bool is_one_value(std::string_view text) noexcept {
  const json_span value = skip_json_value(text, 0);
  return value.status == json_status::complete && value.end == text.size();
}

}  // namespace

void walk::report(loss_kind kind, std::uint64_t offset, std::string_view bytes,
                  std::string reason) {
  visitor_.on_loss(
      {kind, fixed_offset_.value_or(offset), tally_.records, bytes, std::move(reason)});
}

void walk::recognise() {
  if (recognised_) {
    return;
  }
  recognised_ = true;
  for (pending_loss& lost : std::exchange(pending_, {})) {
    reject(lost.offset, lost.bytes, std::move(lost.reason));
  }
}

bool walk::hopeful() const noexcept {
  return recognised_ || pending_.size() < pending_max;
}

void walk::give_up_hope() {
  fail(0, "nothing in it is CloudTrail: " + pending_.front().reason);
  for (const pending_loss& lost : pending_) {
    report(loss_kind::rest, lost.offset, lost.bytes, lost.reason);
  }
}

void walk::reject_more(std::uint64_t offset, std::string_view bytes) {
  if (recognised_) {
    report(loss_kind::rest, offset, bytes, "the rest of what was rejected before it");
  }
}

void walk::reject(std::uint64_t offset, std::string_view bytes, std::string reason) {
  if (!recognised_) {
    if (pending_.size() < pending_max) {
      pending_.push_back(
          {offset, std::string{bytes.substr(0, pending_bytes_max)}, std::move(reason)});
    }
    return;
  }
  report(loss_kind::rejected, offset, bytes, std::move(reason));
  ++tally_.records;
  ++tally_.rejected;
}

void walk::unrecognised(std::uint64_t offset, std::string_view bytes) {
  recognise();
  report(loss_kind::unrecognised, offset, bytes,
         "JSON, but no CloudTrail envelope that trailbell knows (see `trailbell replay --help`)");
  ++tally_.unrecognised;
}

void walk::fail(std::uint64_t offset, std::string reason) {
  report(loss_kind::failed, offset, {}, std::move(reason));
  failed_ = true;
}

bool walk::hand_out(std::string_view raw, std::uint64_t offset, record_health health) {
  if (health == record_health::no_record) {
    report(loss_kind::rejected, offset, raw, std::string{"a broken record: "} + cursor_.reason());
    ++tally_.rejected;
    return true;
  }
  if (is_insight(cursor_.fields())) {
    ++tally_.skipped.insight;
    return false;
  }
  const bool matched = visitor_.on_record(cursor_.fields(), tally_.records);
  if (health == record_health::broken && !matched) {
    report(loss_kind::rejected, offset, raw, std::string{"a broken record: "} + cursor_.reason());
    ++tally_.rejected;
  }
  return true;
}

void walk::take_read(std::string_view raw, std::uint64_t offset, record_health health) {
  recognise();
  if (hand_out(raw, offset, health)) {
    ++tally_.records;
  }
}

void walk::take_record(std::string_view raw, std::uint64_t offset) {
  take_read(raw, offset, cursor_.read(raw, options_.strict));
}

// What the plain way reads is one value; else that has to be seen first.
void walk::take_line(std::string_view raw, std::uint64_t offset, const scan_style& style) {
  if (!options_.strict && cursor_.read_plain(raw)) {
    take_read(raw, offset, record_health::sound);
  } else if (is_one_value(raw)) {
    take_read(raw, offset, cursor_.read_carefully(raw, options_.strict));
  } else {
    style.odd_line(raw);
  }
}

// With a finder, a stretch at a time: what it read is still in the cache when the kernel reads it.
scan_result walk::scan(text_stream& text, const scan_style& style) {
  const std::size_t all = text.window().size();
  if (!options_.finder || options_.strict) {
    return scan_part(text, style, all);
  }
  for (std::size_t size = std::min(stretch_bytes, all);; size = std::min(2 * size, all)) {
    style.places->cover(*options_.finder, text.window().substr(0, size), text.position());
    scan_result found = scan_part(text, style, size);
    const bool cut = size < all && found.stop == scan_stop::window_end && !found.after_element;
    if (cut && found.consumed == 0) {
      continue;  // a record larger than the stretch
    }
    if (cut) {
      found.stop = scan_stop::candidates_full;  // there is more to see without more bytes
    }
    return found;
  }
}

scan_result walk::scan_part(text_stream& text, const scan_style& style, std::size_t size) {
  const std::string_view window = text.window();
  scan_request request{window.data(),         size,
                       style.comma_separated, text.ended() && size == window.size(),
                       style.prefix.data(),   style.prefix.size(),
                       options_.probe,        candidates_.data(),
                       candidates_.size()};
  if (options_.strict) {
    request.probe.confirm = nullptr;
  } else if (options_.finder) {
    request.hits = style.places->begin();
    request.hits_size = style.places->size();
    request.hits_base = style.places->before(text.position());
  }
  const scan_kernel& kernel = active_kernel();
  const scan_result found = style.lines ? kernel.lines(request) : kernel.elements(request);
  if (found.records > 0) {
    recognise();
  }
  // The records between candidates are counted on the way, so that each has its number, and a loss
  // says how many precede it.
  std::size_t counted = 0;
  for (std::size_t i = 0; i < found.candidates; ++i) {
    const candidate& at = candidates_[i];
    tally_.records += at.index - counted;
    counted = at.index + 1;
    const std::string_view raw = window.substr(at.begin, at.end - at.begin);
    const std::uint64_t offset = text.position() + at.begin;
    style.lines ? take_line(raw, offset, style) : take_record(raw, offset);
  }
  tally_.records += found.records - counted;
  text.consume(found.consumed);
  return found;
}

}  // namespace trailbell::decode

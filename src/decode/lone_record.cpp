#include "decode/lone_record.hpp"

#include "decode/json_text.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::decode {
namespace {

constexpr std::string_view first_member = R"({"eventVersion":"1.)";
constexpr std::size_t version_end = first_member.size() + 2;  // two digits, and a quote behind them

// Twice what CloudTrail caps a record at: what is larger is scanned once, not twice.
constexpr std::size_t lone_bytes_max = 512 * limits::kib;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool begins_as_written(std::string_view text) noexcept {
  return text.size() > version_end && text.starts_with(first_member) &&
         is_digit(text[first_member.size()]) && is_digit(text[first_member.size() + 1]) &&
         text[version_end] == '"';
}

// `member`, as it is written by who writes compactly, anywhere in the text. By its rarest letter,
// which is much quicker than by all of it.
bool holds(std::string_view text, std::string_view member, std::size_t rarest) noexcept {
  const char letter = member[rarest];
  for (std::size_t at = text.find(letter, rarest); at != std::string_view::npos;
       at = text.find(letter, at + 1)) {
    if (text.substr(at - rarest, member.size()) == member) {
      return true;
    }
  }
  return false;
}

// What has a name is a record, unless it has records beside it (see envelope). Other things that
// have an eventVersion have no name.
bool is_named_alone(std::string_view text) noexcept {
  return holds(text, R"("eventName":)", 6) && !holds(text, R"("Records")", 1);
}

}  // namespace

bool is_lone_record(std::string_view text, const decode_options& options,
                    std::vector<std::size_t>& places) {
  const bool looks_for_something = options.probe.confirm != nullptr || options.finder;
  if (options.strict || !looks_for_something || text.size() > lone_bytes_max ||
      !begins_as_written(text)) {
    return false;
  }
  candidate ignored{};
  scan_request request{};
  request.data = text.data();
  request.size = text.size();
  request.last = true;
  request.probe = options.probe;
  request.candidates = &ignored;
  request.candidates_max = 1;
  if (options.finder) {
    places.clear();
    places.reserve(1);  // its address says that places were looked for
    options.finder->find(text, places);
    if (!places.empty()) {
      return false;
    }
    request.hits = places.data();
  }
  const scan_result found = active_kernel().elements(request);
  return found.records == 1 && found.candidates == 0 && found.after_element &&
         skip_json_spaces(text, found.consumed) == text.size() && is_named_alone(text);
}

}  // namespace trailbell::decode

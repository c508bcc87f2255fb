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
         skip_json_spaces(text, found.consumed) == text.size();
}

}  // namespace trailbell::decode

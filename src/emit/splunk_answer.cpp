#include "emit/splunk_answer.hpp"

#include <charconv>
#include <string>

namespace trailbell::emit {
namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == text.npos ? std::string_view{} : text.substr(begin);
}

// What stands behind the first `"name" :`; a name in a value has no colon behind it.
std::string_view behind(std::string_view text, const std::string& name) {
  const std::string quoted = "\"" + name + "\"";
  for (std::size_t at = 0; (at = text.find(quoted, at)) != text.npos; at += quoted.size()) {
    const std::string_view rest = without_blanks(text.substr(at + quoted.size()));
    if (rest.starts_with(':')) {
      return without_blanks(rest.substr(1));
    }
  }
  return {};
}

}  // namespace

std::optional<std::uint64_t> ack_id_of(std::string_view answer) {
  const std::string_view value = behind(answer, "ackId");
  std::uint64_t id = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), id);
  return failure == std::errc{} && end != value.data() ? std::optional{id} : std::nullopt;
}

bool is_acked(std::string_view answer, std::uint64_t id) {
  return behind(behind(answer, "acks"), std::to_string(id)).starts_with("true");
}

}  // namespace trailbell::emit

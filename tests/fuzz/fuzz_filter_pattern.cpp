// A pattern, NUL, an event. Whatever both are, parsing and evaluation come to an end; what is
// accepted, printed and parsed again is equal and gives the same answer.
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/filter_explain.hpp"
#include "trailbell/detect/filter_pattern.hpp"

using namespace trailbell;
using detect::filter_pattern;
using test::require;

namespace {

std::string printed_again(decode::json_reader& reader, const std::string& document) {
  json_tree tree;
  require(reader.read(document, tree), "a printed document is none");
  std::string printed;
  append_json(tree.root(), printed);
  return printed;
}

// A document that was printed reads and prints as the same. It is printed once before: keys that
// differ only in bytes that are no UTF-8 become one.
void check_tree(decode::json_reader& reader, const json_tree& tree) {
  std::string printed;
  append_json(tree.root(), printed);
  const std::string once = printed_again(reader, printed);
  require(printed_again(reader, once) == once, "a document changed when it was printed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const std::size_t end = input.find('\0');
  const std::string_view text = input.substr(0, end);
  const std::string_view event = end == std::string_view::npos ? "" : input.substr(end + 1);

  decode::json_reader reader;
  json_tree tree;
  const bool is_json = reader.read(event, tree);
  require(is_json != tree.empty(), "a tree is left of what is no document");
  if (is_json) {
    check_tree(reader, tree);
  }
  const auto pattern = filter_pattern::parse(text);
  if (!pattern) {
    require(pattern.failure().offset <= text.size(), "an error lies outside the pattern");
    require(!pattern.failure().reason.empty(), "an error gives no reason");
    return 0;
  }
  const detect::event_view view{event, is_json ? &tree : nullptr};
  const bool holds = pattern.value().matches(view);
  const bool explained =
      detect::explain(pattern.value(), view).front().outcome == detect::part_outcome::holds;
  require(holds == explained, "the explanation says otherwise");
  (void)detect::describe(pattern.value());

  const std::string printed = to_text(pattern.value().syntax());
  if (printed.size() > 1024) {
    return 0;  // quotes may carry it over the quota
  }
  const auto again = filter_pattern::parse(printed);
  require(again.ok(), "a printed pattern is rejected: " + printed);
  require(again.value() == pattern.value(), "a printed pattern is another one: " + printed);
  require(again.value().matches(view) == holds, "a printed pattern answers otherwise: " + printed);
  return 0;
}

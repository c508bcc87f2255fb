#include "verify/json_place.hpp"

#include <algorithm>

#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::verify {
namespace {

class walker {
 public:
  explicit walker(std::string_view text) : text_{text} {}

  // To the value of the step within the value here; false where there is none.
  bool enter(const json_step& step) {
    spaces();
    const bool object = peek() == '{';
    if (!object && peek() != '[') {
      return false;
    }
    std::size_t found = std::string_view::npos;
    ++at_;
    for (std::size_t index = 0; spaces(), at_ < text_.size() && peek() != '}' && peek() != ']';
         ++index) {
      bool wanted = false;
      if (object) {
        const std::size_t begin = at_;
        skip_string();
        wanted = is_key(text_.substr(begin, at_ - begin), step);
        spaces();
        ++at_;  // the colon
        spaces();
      } else {
        const auto* const number = std::get_if<std::size_t>(&step);
        wanted = number != nullptr && *number == index;
      }
      found = wanted ? at_ : found;  // the last of a key that repeats
      skip_value();
      spaces();
      at_ += peek() == ',' ? 1 : 0;
    }
    at_ = found;
    return found != std::string_view::npos;
  }

  [[nodiscard]] std::size_t at() {
    spaces();
    return at_;
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void spaces() {
    while (at_ < text_.size() && is_white(text_[at_])) {
      ++at_;
    }
  }
  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      at_ += text_[at_] == '\\' ? 1 : 0;
    }
    ++at_;
  }
  void skip_value() {
    std::size_t depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        skip_string();
      } else {
        depth += c == '{' || c == '[' ? 1 : 0;
        depth -= (c == '}' || c == ']') && depth > 0 ? 1 : 0;
        ++at_;
      }
      if (depth == 0 && (peek() == ',' || peek() == '}' || peek() == ']')) {
        return;
      }
    } while (at_ < text_.size());
  }
  static bool is_key(std::string_view token, const json_step& step) {
    const auto* const key = std::get_if<std::string>(&step);
    if (key == nullptr) {
      return false;
    }
    decode::json_reader reader;
    json_tree tree;
    return reader.read(token, tree) && tree.root().text() == *key;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

text_place place_at(std::string_view text, std::size_t offset) noexcept {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line = before.rfind('\n');
  return {static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
          before.size() - (line == std::string_view::npos ? 0 : line + 1) + 1};
}

text_place place_of(std::string_view text, const json_path& path) {
  walker here{text};
  std::size_t offset = here.at();
  for (const json_step& step : path) {
    if (!here.enter(step)) {
      break;
    }
    offset = here.at();
  }
  return place_at(text, offset);
}

std::string to_text(const json_path& path) {
  std::string out;
  for (const json_step& step : path) {
    if (const auto* const key = std::get_if<std::string>(&step)) {
      out += (out.empty() ? "" : ".") + *key;
    } else {
      out += "[" + std::to_string(std::get<std::size_t>(step)) + "]";
    }
  }
  return out;
}

}  // namespace trailbell::verify

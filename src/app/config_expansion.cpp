#include "app/config_expansion.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

// The brace that closes the one before `at`; npos where none does.
std::size_t closing_brace(std::string_view text, std::size_t at) noexcept {
  for (std::size_t depth = 1; at < text.size(); ++at) {
    if (text[at] == '$' && text.substr(at).starts_with("$$")) {
      ++at;
    } else if (text[at] == '$' && text.substr(at).starts_with("${")) {
      ++depth;
      ++at;
    } else if (text[at] == '}' && --depth == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

class expansion {
 public:
  explicit expansion(const config_surroundings& around) noexcept : around_{around} {}

  // False where fault() says why; offsets are from the beginning of the outermost text.
  bool run(std::string_view text, std::size_t base, std::size_t depth, std::string& out) {
    if (depth > limits::config_expansion_depth_max) {
      return fail(base, "'${' within '${', too deeply", "take it apart");
    }
    for (std::size_t at = 0; at < text.size();) {
      const std::string_view rest = text.substr(at);
      if (rest.starts_with("$$")) {
        out += '$';
        at += 2;
      } else if (!rest.starts_with("${")) {
        out += text[at++];
      } else {
        const std::size_t end = closing_brace(text, at + 2);
        if (end == std::string_view::npos) {
          return fail(base + at, "'${' that no '}' closes", "close it, or write '$${'");
        }
        if (!put_in(text.substr(at + 2, end - at - 2), base + at, depth, out)) {
          return false;
        }
        at = end + 1;
      }
      if (out.size() > limits::config_value_bytes_max) {
        return fail(base, "a value of more than 64 KiB", "shorten it");
      }
    }
    return true;
  }

  [[nodiscard]] expansion_fault fault() && { return *std::move(fault_); }
  [[nodiscard]] bool expanded() const noexcept { return expanded_; }
  [[nodiscard]] bool from_file() const noexcept { return from_file_; }

 private:
  bool fail(std::size_t offset, std::string what, std::string remedy) {
    fault_ = expansion_fault{offset, std::move(what), std::move(remedy)};
    return false;
  }

  // What stands between the braces.
  bool put_in(std::string_view inner, std::size_t offset, std::size_t depth, std::string& out) {
    constexpr std::string_view file = "file:";
    expanded_ = true;
    if (inner.starts_with(file)) {
      std::string path;
      return run(inner.substr(file.size()), offset + 2 + file.size(), depth + 1, path) &&
             put_file(path, offset, out);
    }
    const std::size_t dash = inner.find(":-");
    const std::string name{inner.substr(0, dash)};
    if (!is_identifier(name)) {
      return fail(offset, "'${" + name + "}' names no variable",
                  "write ${NAME}, ${NAME:-default} or ${file:/path}, and '$${' for the text");
    }
    const auto found = around_.environment.find(name);
    if (found != around_.environment.end() &&
        (dash == std::string_view::npos || !found->second.empty())) {
      out += found->second;
      return true;
    }
    if (dash == std::string_view::npos) {
      return fail(offset, "the environment has no " + name,
                  "set it, or write ${" + name + ":-default}");
    }
    return run(inner.substr(dash + 2), offset + dash + 4, depth + 1, out);
  }

  bool put_file(const std::string& path, std::size_t offset, std::string& out) {
    if (!path.starts_with('/')) {
      return fail(offset, "'${file:" + path + "}' does not name a file from the root",
                  "write its whole path");
    }
    result<std::string> content = around_.read_file(path);
    if (!content) {
      return fail(offset, content.failure().message, "name a file that the service may read");
    }
    std::string& text = content.value();
    for (const char end : {'\n', '\r'}) {
      if (text.ends_with(end)) {
        text.pop_back();
      }
    }
    from_file_ = true;
    out += text;
    return true;
  }

  const config_surroundings& around_;
  std::optional<expansion_fault> fault_;
  bool expanded_ = false;
  bool from_file_ = false;
};

}  // namespace

result<expanded_text, expansion_fault> expand(std::string_view text,
                                              const config_surroundings& around) {
  expansion run{around};
  expanded_text out;
  if (!run.run(text, 0, 0, out.text)) {
    return std::move(run).fault();
  }
  out.expanded = run.expanded();
  out.from_file = run.from_file();
  return out;
}

std::string unexpanded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '$' ? "$$" : std::string{c};
  }
  return out;
}

}  // namespace trailbell::app

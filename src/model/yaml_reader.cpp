// The only place that knows yaml-cpp. Its events are followed, not its nodes: those drop repeated
// keys, and copy without a bound what aliases name.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <new>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/model/yaml.hpp"

namespace trailbell {
namespace {

text_place place_of(const YAML::Mark& mark) noexcept {
  return mark.is_null() || mark.line < 0 || mark.column < 0
             ? text_place{}
             : text_place{static_cast<std::size_t>(mark.line) + 1,
                          static_cast<std::size_t>(mark.column) + 1};
}

// Thrown through yaml-cpp to end its run; never leaves this file.
struct refusal {
  text_place at;
  std::string what;
  std::string remedy;
};

[[noreturn]] void refuse(text_place at, std::string what, std::string remedy) {
  throw refusal{at, std::move(what), std::move(remedy)};
}

std::size_t count_nodes(const yaml_node& node) noexcept {
  std::size_t count = 1;
  for (const yaml_node& item : node.items) {
    count += count_nodes(item);
  }
  for (const yaml_member& member : node.members) {
    count += count_nodes(member.value);
  }
  return count;
}

// A text by its lines.
class line_index {
 public:
  explicit line_index(std::string_view text) : text_{text}, begins_{0} {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') {
        begins_.push_back(i + 1);
      }
    }
  }

  [[nodiscard]] std::string_view text_from(text_place at) const noexcept {
    const std::size_t begin =
        at.line <= begins_.size() ? begins_[at.line - 1] + at.column - 1 : text_.size();
    return text_.substr(std::min(begin, text_.size()));
  }

  // A node's mark stands on its anchor, where it has one: behind that.
  [[nodiscard]] text_place behind_anchor(text_place at) const noexcept {
    std::string_view rest = text_from(at);
    if (!rest.starts_with('&')) {
      return at;
    }
    const std::size_t size = std::min(rest.find_first_of(" \t\r\n"), rest.size());
    const std::size_t blanks = rest.find_first_not_of(" \t", size);
    const bool same_line = blanks != std::string_view::npos && rest[blanks] != '\n' &&
                           rest[blanks] != '\r' && rest[blanks] != '#';
    return same_line ? text_place{at.line, at.column + blanks} : at;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_;
};

// yaml-cpp takes the end of the file for a closing quote.
bool is_closed(std::string_view quoted) noexcept {
  const char quote = quoted.empty() ? '\0' : quoted.front();
  if (quote != '"' && quote != '\'') {
    return true;
  }
  for (std::size_t i = 1; i < quoted.size(); ++i) {
    const bool escaped = quote == '"' ? quoted[i] == '\\' : quoted.substr(i).starts_with("''");
    if (escaped) {
      ++i;
    } else if (quoted[i] == quote) {
      return true;
    }
  }
  return false;
}

// Builds one document from its events.
class node_builder final : public YAML::EventHandler {
 public:
  // Borrows all; what is wrong and does not hide the rest goes to the file.
  node_builder(const line_index& lines, std::size_t& nodes, yaml_file& file) noexcept
      : lines_{lines}, nodes_{nodes}, file_{file} {}

  [[nodiscard]] yaml_node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    yaml_node node;
    node.at = place_of(mark);
    node.plain = true;
    if (!open_.empty() && open_.back().has_key) {  // the mark stands on whatever comes next
      node.at = open_.back().node.members.back().at;
    }
    add(std::move(node), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (tag != "?" && tag != "!") {
      note(place_of(mark), "a tag", "leave it out; quote what is a text");
    }
    yaml_node node;
    node.at = lines_.behind_anchor(place_of(mark));
    node.text = value;
    node.plain = tag == "?";
    if (!node.plain && !is_closed(lines_.text_from(node.at))) {
      refuse(node.at, "this quote is not closed", "close it");
    }
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) {
      refuse(place_of(mark), "an alias of something that contains it",
             "write out what it stands for");
    }
    yaml_node copy = found->second;
    copy.at = place_of(mark);
    count(copy.at, count_nodes(copy) - 1);
    add(std::move(copy), YAML::NullAnchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(yaml_kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(yaml_kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct level {
    yaml_node node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool has_key = false;               // of a mapping: its last member waits for a value
    std::vector<std::size_t> repeated;  // of a mapping: members to leave out, ascending
  };

  void note(text_place at, std::string what, std::string remedy) {
    file_.problems.push_back({file_.path, at, std::move(what), std::move(remedy)});
  }

  void count(text_place at, std::size_t more) {
    nodes_ += more;
    if (nodes_ > limits::yaml_nodes_max) {
      refuse(at, "more than " + std::to_string(limits::yaml_nodes_max) + " values in one file",
             "split it");
    }
  }

  void open(yaml_kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const text_place at = place_of(mark);
    if (tag != "?" && tag != "!" && !tag.empty()) {
      note(at, "a tag", "leave it out");
    }
    if (open_.size() >= limits::yaml_depth_max) {
      refuse(at, "nested too deeply",
             "at most " + std::to_string(limits::yaml_depth_max) + " levels are read");
    }
    if (expects_key()) {
      refuse(at, "a key that is no scalar", "write a text");
    }
    yaml_node node;
    node.kind = kind;
    node.at = at;
    open_.push_back({std::move(node), anchor, false, {}});
  }

  void close() {
    level done = std::move(open_.back());
    open_.pop_back();
    for (auto which = done.repeated.rbegin(); which != done.repeated.rend(); ++which) {
      done.node.members.erase(done.node.members.begin() + static_cast<std::ptrdiff_t>(*which));
    }
    add(std::move(done.node), done.anchor);
  }

  [[nodiscard]] bool expects_key() const noexcept {
    return !open_.empty() && open_.back().node.kind == yaml_kind::mapping && !open_.back().has_key;
  }

  void add_key(const yaml_node& key) {
    if (key.kind != yaml_kind::scalar) {
      refuse(key.at, "a key that is no scalar", "write a text");
    }
    level& mapping = open_.back();
    if (const yaml_member* const first = mapping.node.find(key.text)) {
      note(key.at, "the key '" + key.text + "' repeats",
           "it stands in line " + std::to_string(first->at.line) + " already");
      mapping.repeated.push_back(mapping.node.members.size());
    }
    mapping.node.members.push_back({key.text, key.at, {}});
    mapping.has_key = true;
  }

  void add(yaml_node node, YAML::anchor_t anchor) {
    count(node.at, 1);
    if (anchor != YAML::NullAnchor) {
      anchored_[anchor] = node;
      count(node.at, count_nodes(node));
    }
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (expects_key()) {
      add_key(node);
    } else if (open_.back().node.kind == yaml_kind::mapping) {
      open_.back().node.members.back().value = std::move(node);
      open_.back().has_key = false;
    } else {
      open_.back().node.items.push_back(std::move(node));
    }
  }

  const line_index& lines_;
  std::size_t& nodes_;  // of the whole file
  yaml_file& file_;
  yaml_node root_;
  std::vector<level> open_;
  std::unordered_map<YAML::anchor_t, yaml_node> anchored_;
};

std::optional<file_problem> check_bytes(const std::string& path, const std::string& text) {
  if (text.size() > limits::yaml_bytes_max) {
    return file_problem{path,
                        {},
                        "larger than " + std::to_string(limits::yaml_bytes_max / limits::mib) +
                            " MiB, which no rules and no configuration are",
                        "split it"};
  }
  text_place at;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = decode_utf8(text, i).size;
    if (size == 0 || text[i] == '\0') {
      return file_problem{path, at, "a byte that is no UTF-8 text", "save the file as UTF-8"};
    }
    at = text[i] == '\n' ? text_place{at.line + 1, 1} : text_place{at.line, at.column + size};
    i += size;
  }
  return std::nullopt;
}

}  // namespace

result<yaml_file, file_problem> read_yaml(std::string path, std::string text) {
  constexpr const char* not_yaml = "look for brackets, quotes and indentation here and before";
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) {
    text.erase(0, byte_order_mark.size());
  }
  if (std::optional<file_problem> wrong = check_bytes(path, text)) {
    return *std::move(wrong);
  }
  yaml_file file{std::move(path), std::move(text), {}, {}};
  try {
    std::istringstream in{file.text};
    YAML::Parser parser{in};
    std::size_t nodes = 0;
    const line_index lines{file.text};
    node_builder builder{lines, nodes, file};
    while (parser.HandleNextDocument(builder)) {
      file.documents.push_back(builder.take());
    }
    return file;
  } catch (const refusal& problem) {
    return file_problem{file.path, problem.at, problem.what, problem.remedy};
  } catch (const YAML::Exception& problem) {
    return file_problem{file.path, place_of(problem.mark), "no YAML: " + problem.msg, not_yaml};
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& problem) {
    return file_problem{file.path, {}, std::string{"no YAML: "} + problem.what(), not_yaml};
  }
}

}  // namespace trailbell

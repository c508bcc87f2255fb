#include "detect/sample_value.hpp"

#include <utility>

#include "detect/text_automaton.hpp"
#include "trailbell/model/json_builder.hpp"

namespace trailbell::detect {
namespace {

void build(const sample_value& value, json_builder& builder) {
  switch (value.kind) {
    case json_kind::null:
      builder.null();
      return;
    case json_kind::boolean:
      builder.boolean(value.truth);
      return;
    case json_kind::number:
      builder.pool() += value.text;
      builder.number();
      return;
    case json_kind::text:
      builder.pool() += value.text;
      builder.text();
      return;
    case json_kind::array:
    case json_kind::object:
      break;
  }
  builder.open(value.kind);
  for (const sample_member& child : value.children) {
    if (value.kind == json_kind::object) {
      builder.pool() += child.key;
      builder.key();
    }
    build(child.value, builder);
  }
  builder.close();
}

// What the search over texts writes, and no more: compact, numbers of digits, and the escapes of
// append_json_text().
class compact_reader {
 public:
  explicit compact_reader(std::string_view text) : rest_{text} {}

  std::optional<sample_value> run() {
    sample_value value;
    const bool sound = read(value) && rest_.empty();
    return sound ? std::optional{std::move(value)} : std::nullopt;
  }

 private:
  bool take(std::string_view what) {
    const bool there = rest_.starts_with(what);
    rest_.remove_prefix(there ? what.size() : 0);
    return there;
  }

  bool read(sample_value& value) {
    if (take("null")) {
      return true;
    }
    if (rest_.starts_with("true") || rest_.starts_with("false")) {
      value = sample_value::of_boolean(take("true"));
      return value.truth || take("false");
    }
    if (take("{") || take("[")) {
      return read_children(value);
    }
    if (rest_.starts_with('"')) {
      value.kind = json_kind::text;
      return read_text(value.text);
    }
    value.kind = json_kind::number;
    const std::size_t size = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    value.text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return size > 0;
  }

  bool read_children(sample_value& value) {
    const bool object = before() == '{';
    value.kind = object ? json_kind::object : json_kind::array;
    const std::string_view end = object ? "}" : "]";
    if (take(end)) {
      return true;
    }
    do {
      sample_member child;
      if (object && (!read_text(child.key) || !take(":"))) {
        return false;
      }
      if (!read(child.value)) {
        return false;
      }
      value.children.push_back(std::move(child));
    } while (take(","));
    return take(end);
  }

  [[nodiscard]] char before() const { return *(rest_.data() - 1); }

  bool read_text(std::string& out) {
    if (!take("\"")) {
      return false;
    }
    while (!rest_.empty() && rest_.front() != '"') {
      if (!take("\\")) {
        out.push_back(rest_.front());
        rest_.remove_prefix(1);
      } else if (!read_escape(out)) {
        return false;
      }
    }
    return take("\"");
  }

  bool read_escape(std::string& out) {
    constexpr std::string_view names = "bfnrt\"\\";
    constexpr std::string_view meant = "\b\f\n\r\t\"\\";
    if (rest_.empty()) {
      return false;
    }
    const std::size_t at = names.find(rest_.front());
    if (at != std::string_view::npos) {
      out.push_back(meant[at]);
      rest_.remove_prefix(1);
      return true;
    }
    if (rest_.size() < 5 || rest_.front() != 'u') {
      return false;
    }
    append_utf8(static_cast<char32_t>(std::stoul(std::string{rest_.substr(1, 4)}, nullptr, 16)),
                out);
    rest_.remove_prefix(5);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

sample_value sample_value::of_text(std::string text) {
  return {json_kind::text, false, std::move(text), {}};
}

sample_value sample_value::of_boolean(bool truth) {
  return {json_kind::boolean, truth, {}, {}};
}

sample_value sample_value::of_kind(json_kind kind) {
  return {kind, false, {}, {}};
}

const sample_value* sample_value::find(std::string_view key) const noexcept {
  for (const sample_member& child : children) {
    if (kind == json_kind::object && child.key == key) {
      return &child.value;
    }
  }
  return nullptr;
}

void build_tree(const sample_value& value, json_tree& into) {
  json_builder builder;
  builder.begin(into);
  build(value, builder);
}

std::string to_json(const sample_value& value) {
  json_tree tree;
  build_tree(value, tree);
  std::string out;
  append_json(tree.root(), out);
  return out;
}

std::optional<sample_value> read_compact_json(std::string_view text) {
  return compact_reader{text}.run();
}

}  // namespace trailbell::detect

// `[a, b = 4* && b != 403, ..., , c]`
#include "detect/filter_parser.hpp"

#include <algorithm>

namespace trailbell::detect {
namespace {

// A field's name may hold letters of any script.
bool is_field_name_byte(char c) noexcept {
  return is_name_byte(c) || !is_ascii(c);
}

class field_parser {
 public:
  explicit field_parser(filter_cursor& in) noexcept : in_{in} {}

  std::optional<field_pattern> run() {
    in_.skip();
    in_.skip_blanks();
    if (!in_.take("]") && !read_fields()) {
      return std::nullopt;
    }
    in_.skip_blanks();
    if (!in_.at_end()) {
      return in_.fail_here("text behind the closing `]`");
    }
    return std::move(pattern_);
  }

 private:
  bool read_fields() {
    for (;;) {
      in_.skip_blanks();
      std::optional<field> next = read_field();
      if (!next || !fits(*next)) {
        return false;
      }
      pattern_.fields.push_back(std::move(*next));
      in_.skip_blanks();
      if (in_.take("]")) {
        return true;
      }
      if (!in_.take(",")) {
        if (in_.at_end()) {
          in_.fail_here("the closing `]` is missing");
        } else {
          in_.fail_connective();
        }
        return false;
      }
    }
  }

  bool fits(const field& next) {
    if (next.kind == field_kind::unnamed) {
      return true;
    }
    const bool taken =
        std::any_of(pattern_.fields.begin(), pattern_.fields.end(),
                    [&next](const field& f) { return f.kind == next.kind && f.name == next.name; });
    if (taken) {
      in_.fail(next.at.value, next.kind == field_kind::ellipsis
                                  ? "a second `...`"
                                  : "a second field `" + next.name + "`");
    }
    return !taken;
  }

  std::optional<field> read_field() {
    field next;
    next.at = {in_.at()};
    if (in_.take("...")) {
      next.kind = field_kind::ellipsis;
      return next;
    }
    if (in_.peek() == ',' || in_.peek() == ']') {
      return next;
    }
    next.kind = field_kind::named;
    bool bare = false;
    auto condition = read_conditions<comparison>(in_, [&] { return read_leaf(next.name, bare); });
    if (!condition) {
      return std::nullopt;
    }
    if (bare && condition->kind != node_kind::leaf) {
      return in_.fail(next.at.value, "a field in && or || without a comparison");
    }
    if (!bare) {
      next.condition = std::move(*condition);
    }
    return next;
  }

  // The first name is the field's; the conditions of one field are about that field. `bare` where
  // there is a name and nothing else.
  std::optional<comparison> read_leaf(std::string& field_name, bool& bare) {
    const std::size_t begin = in_.at();
    const std::string_view name = in_.take_while(is_field_name_byte);
    if (name.empty()) {
      return in_.fail(begin, "a field's name is missing",
                      "names hold letters, digits, _ and -; leave the place empty for any field");
    }
    if (field_name.empty()) {
      field_name = name;
    } else if (field_name != name) {
      return in_.fail(begin, "a condition of the field `" + field_name + "` is about another field",
                      "put it where that field stands");
    }
    in_.skip_blanks();
    constexpr std::string_view operators = "=!<>~";
    if (in_.at_end() || operators.find(in_.peek()) == std::string_view::npos) {
      bare = true;
      return comparison{};
    }
    return in_.comparison_here();
  }

  filter_cursor& in_;
  field_pattern pattern_;
};

}  // namespace

std::optional<field_pattern> parse_fields(filter_cursor& in) {
  return field_parser{in}.run();
}

}  // namespace trailbell::detect

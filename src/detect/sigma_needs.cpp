// What a Sigma rule needs: read off its compiled form, through and, or, not.
//
// A value that has to be there is worth knowing by its longest run of characters that stand in the
// record's bytes as they are. A run is cut where JSON may spell a character in two ways, and where
// an object's compact text has a sign between tokens, since the record may have blanks there. Of
// several that are all needed the rarest is taken; negations need nothing.
#include <algorithm>
#include <string_view>
#include <utility>

#include "detect/needed_literals.hpp"
#include "detect/sigma_content.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/detect/record_shape.hpp"

namespace trailbell::detect {
namespace {

using values = std::optional<std::vector<std::string>>;

// Within one token of JSON, and spelled in one way only, but for \u00xx, which the prefilter always
// lets pass.
bool is_sure(char c) noexcept {
  return c >= ' ' && static_cast<unsigned char>(c) < 0x80 &&
         std::string_view{"\"\\/,:[]{}"}.find(c) == std::string_view::npos;
}

// A text that a number or a boolean may have too, which then stands there without quotes.
bool can_be_bare(std::string_view text) noexcept {
  return text.find_first_not_of("0123456789+-.eE") == std::string_view::npos ||
         equal_folded(text, "true") || equal_folded(text, "false");
}

std::string longest_run(std::string_view text) {
  std::string_view best;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_sure(text[end])) {
      ++end;
    }
    if (end - begin > best.size()) {
      best = text.substr(begin, end - begin);
    }
    begin = end + 1;
  }
  return std::string{best};
}

bool is_exact(const sigma_glob& glob) noexcept {
  return glob.pieces().size() == 1 && glob.pieces().front().kind == sigma_piece_kind::plain;
}

std::string literal_of(const sigma_glob& glob) {
  std::string best;
  for (const sigma_piece& piece : glob.pieces()) {
    std::string run = longest_run(piece.text);
    if (run.size() > best.size()) {
      best = std::move(run);
    }
  }
  if (is_exact(glob) && best == glob.pieces().front().text && !can_be_bare(best)) {
    best = '"' + best + '"';
  }
  best.resize(std::min(best.size(), literal_bytes_max));
  return best;
}

std::string literal_of(const sigma_regex& regex) {
  std::string best;
  for (const std::string& plain : regex.plain_runs()) {
    std::string run = longest_run(plain);
    if (run.size() > best.size()) {
      best = std::move(run);
    }
  }
  best.resize(std::min(best.size(), literal_bytes_max));
  return best;
}

// The names on the way to a value that has to be there, each of which stands in a key, or between
// dots within one; the longest of those that not every record has. A broken record may be read as
// one with errorCode, whatever it has.
needed name_needed(std::string_view path) {
  std::string best;
  const std::string_view first = path.substr(0, path.find('.'));
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    std::string run = longest_run(name);
    if (run == name && begin == 0) {
      run.insert(0, 1, '"').append(end == path.size() ? 1 : 0, '"');
    }
    if (run.size() > best.size() && !is_usual_member(name) && name != "errorCode") {
      best = std::move(run);
    }
    begin = end + 1;
  }
  best.resize(std::min(best.size(), literal_bytes_max));
  if (best.size() < literal_bytes_min) {
    return std::nullopt;
  }
  const bool known = cloudtrail_record().find(first) != nullptr;
  return literal_choice{known ? rarity::member_name : rarity::foreign, {{std::move(best), false}}};
}

rarity rarity_of(std::string_view path) noexcept {
  return path == "eventName"     ? rarity::event_name
         : path == "eventSource" ? rarity::event_source
                                 : rarity::value;
}

// Overloads of what literals have.
using detect::either;
using detect::rarer;

values rarer(values a, values b) {
  return !b || (a && a->size() <= b->size()) ? std::move(a) : std::move(b);
}

values either(values a, values b) {
  if (!a || !b) {
    return std::nullopt;
  }
  a->insert(a->end(), b->begin(), b->end());
  return a;
}

// Folds what `need_of` says of a test over the parts of an item, a selection, a condition.
template <class Need, class NeedOf>
class folder {
 public:
  folder(const sigma_rule::content& content, const NeedOf& need_of)
      : content_{content}, need_of_{need_of} {}

  Need of(const sigma_node& node) const {
    switch (node.kind) {
      case sigma_node_kind::negation:
        return std::nullopt;
      case sigma_node_kind::selection:
        return of(content_.selections[node.selection]);
      case sigma_node_kind::all_of:
        return joined(node.parts, true, [this](const sigma_node& part) { return of(part); });
      case sigma_node_kind::any_of:
        break;
    }
    return joined(node.parts, false, [this](const sigma_node& part) { return of(part); });
  }

 private:
  template <class Parts, class Of>
  static Need joined(const Parts& parts, bool all, const Of& of_part) {
    Need sum = parts.empty() ? Need{} : of_part(parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i) {
      Need next = of_part(parts[i]);
      sum = all ? rarer(std::move(sum), std::move(next)) : either(std::move(sum), std::move(next));
    }
    return sum;
  }

  Need of(const sigma_selection& selection) const {
    return joined(selection.any_of, false, [this](const std::vector<sigma_item>& items) {
      return joined(items, true, [this](const sigma_item& item) { return of(item); });
    });
  }

  Need of(const sigma_item& item) const {
    if (item.negated) {
      return std::nullopt;
    }
    return joined(item.values, item.all, [&](const sigma_alternatives& alternatives) {
      return joined(alternatives, false,
                    [&](const sigma_test& test) { return need_of_(item, test); });
    });
  }

  const sigma_rule::content& content_;
  const NeedOf& need_of_;
};

needed literals_of(const sigma_rule::content& content) {
  const auto of_test = [](const sigma_item& item, const sigma_test& test) -> needed {
    const auto* const glob = std::get_if<sigma_glob>(&test);
    const auto* const regex = std::get_if<sigma_regex>(&test);
    const auto* const exists = std::get_if<sigma_exists>(&test);
    if (std::holds_alternative<sigma_null>(test) || (exists != nullptr && !exists->wanted)) {
      return std::nullopt;
    }
    needed name = name_needed(item.path);
    std::string text = glob != nullptr    ? literal_of(*glob)
                       : regex != nullptr ? literal_of(*regex)
                                          : "";
    if (text.size() < literal_bytes_min || can_be_bare(text)) {
      return name;
    }
    return rarer(literal_choice{rarity_of(item.path),
                                {{std::move(text),
                                  glob != nullptr && glob->letters() == letter_case::ignored}}},
                 std::move(name));
  };
  return folder<needed, decltype(of_test)>{content, of_test}.of(content.condition);
}

values values_of(const sigma_rule::content& content, std::string_view path) {
  const auto of_test = [path](const sigma_item& item, const sigma_test& test) -> values {
    const auto* const glob = std::get_if<sigma_glob>(&test);
    if (glob == nullptr || item.path != path || !is_exact(*glob)) {
      return std::nullopt;
    }
    return std::vector{fold_ascii(glob->pieces().front().text)};
  };
  values found = folder<values, decltype(of_test)>{content, of_test}.of(content.condition);
  if (found) {
    std::sort(found->begin(), found->end());
    found->erase(std::unique(found->begin(), found->end()), found->end());
  }
  return found;
}

}  // namespace

rule_needs needs_of(const sigma_rule::content& content) {
  rule_needs needs;
  needs.ignore_case = true;
  if (!content.source.is_cloudtrail()) {  // it never holds
    needs.literals.emplace();
    return needs;
  }
  if (needed literals = literals_of(content)) {
    needs.literals = std::move(literals->literals);
  }
  needs.event_names = values_of(content, "eventName");
  needs.event_sources = values_of(content, "eventSource");
  return needs;
}

}  // namespace trailbell::detect

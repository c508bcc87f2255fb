#include "trailbell/model/yaml_mapping.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "trailbell/base/text.hpp"

namespace trailbell {
namespace {

// Letters to change, add or leave out (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t least = 1 + std::max<std::size_t>(2, word.size() / 3);
  for (const std::string_view one : known) {
    const std::size_t apart = word.size() > 64 ? least : distance(word, one);
    if (apart < least) {
      least = apart;
      best = one;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view near, std::string otherwise) {
  return near.empty() ? std::move(otherwise) : "did you mean " + in_quotes(near) + "?";
}

yaml_mapping::yaml_mapping(const yaml_file& file, const yaml_node& node, const char* what,
                           std::span<const std::string_view> known, problem_list& problems)
    : file_{file}, node_{node}, what_{what}, problems_{problems} {
  if (node.kind != yaml_kind::mapping) {
    problem(node.at, std::string{what} + " is a mapping, and here stands " + name_of(node),
            "write '" + std::string{known.front()} + ": ...' and so on");
  }
  for (const yaml_member& member : node.members) {
    if (std::find(known.begin(), known.end(), member.key) != known.end()) {
      continue;
    }
    const std::string_view near = nearest(member.key, known);
    problem(member.at, "unknown key " + in_quotes(member.key),
            did_you_mean(near, what + (" has " + comma_separated(known))));
  }
}

const yaml_node* yaml_mapping::find(std::string_view key) const {
  const yaml_member* const member = node_.find(key);
  return member == nullptr ? nullptr : &member->value;
}

const yaml_node* yaml_mapping::required(std::string_view key) const {
  const yaml_node* const value = find(key);
  if (value == nullptr && node_.kind == yaml_kind::mapping) {
    problem(node_.at, std::string{what_} + " without " + in_quotes(key), "add it");
  }
  return value;
}

std::optional<std::string> yaml_mapping::line(const yaml_node& value, std::string_view key,
                                              std::size_t bytes_max) const {
  if (value.kind != yaml_kind::scalar || value.type() != yaml_type::text) {
    const bool quotable = value.kind == yaml_kind::scalar && value.type() != yaml_type::null;
    wrong_type(value, key, "a text", quotable ? "put it in quotes" : "write one text");
    return std::nullopt;
  }
  const std::size_t bad = value.text.find_first_of("\n\r\t");
  if (value.text.empty()) {
    problem(value.at, in_quotes(key) + " is empty", "write what it is, or leave the key out");
  } else if (bad != std::string::npos) {
    problem(file_.place_in(value, bad), in_quotes(key) + " holds a line break or a tab",
            "fold it with `>-`");
  } else if (value.text.size() > bytes_max) {
    problem(value.at, in_quotes(key) + " has " + std::to_string(value.text.size()) + " bytes",
            std::to_string(bytes_max) + " are the most");
  } else {
    return value.text;
  }
  return std::nullopt;
}

std::vector<std::string> yaml_mapping::lines(std::string_view key, std::size_t bytes_max) const {
  std::vector<std::string> all;
  const yaml_node* const value = find(key);
  if (value == nullptr) {
    return all;
  }
  for (const yaml_node& item : list(*value, key)) {
    std::optional<std::string> text = line(item, key, bytes_max);
    if (text && std::find(all.begin(), all.end(), *text) != all.end()) {
      problem(item.at, in_quotes(*text) + " stands in " + in_quotes(key) + " twice", "remove one");
    } else if (text) {
      all.push_back(std::move(*text));
    }
  }
  return all;
}

std::optional<bool> yaml_mapping::truth(const yaml_node& value, std::string_view key) const {
  if (value.kind != yaml_kind::scalar || value.type() != yaml_type::boolean) {
    wrong_type(value, key, "true or false", "write one of them, without quotes");
    return std::nullopt;
  }
  return value.text.front() == 't' || value.text.front() == 'T';
}

std::optional<std::uint64_t> yaml_mapping::whole(const yaml_node& value, std::string_view key,
                                                 whole_range range) const {
  const std::optional<std::uint64_t> number = value.whole();
  if (number && *number >= range.least && *number <= range.most) {
    return number;
  }
  problem(value.at,
          in_quotes(key) + " is a whole number from " + std::to_string(range.least) + " to " +
              std::to_string(range.most),
          "write such a number");
  return std::nullopt;
}

std::span<const yaml_node> yaml_mapping::list(const yaml_node& value, std::string_view key) const {
  if (value.kind != yaml_kind::sequence) {
    wrong_type(value, key, "a list", "write each entry behind a dash, or [a, b]");
    return {};
  }
  return value.items;
}

void yaml_mapping::problem(text_place at, std::string what, std::string remedy) const {
  problems_.push_back({file_.path, at, std::move(what), std::move(remedy)});
}

void yaml_mapping::wrong_type(const yaml_node& value, std::string_view key, const char* wanted,
                              std::string remedy) const {
  problem(value.at, in_quotes(key) + " is " + wanted + ", and here stands " + name_of(value),
          std::move(remedy));
}

}  // namespace trailbell

#include "detect/sigma_modifiers.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace trailbell::detect {
namespace {

using enum sigma_modifier;

// In the order of the enumeration.
constexpr std::array<std::string_view, 30> names{
    "all",    "base64",  "base64offset", "cased", "cidr",    "contains", "day", "endswith",
    "exists", "expand",  "fieldref",     "gt",    "gte",     "hour",     "i",   "lt",
    "lte",    "m",       "minute",       "month", "neq",     "re",       "s",   "startswith",
    "utf16",  "utf16be", "utf16le",      "week",  "windash", "year"};

struct other_name {
  std::string_view name;
  sigma_modifier means;
};
constexpr std::array<other_name, 4> other_names{
    {{"wide", utf16le}, {"ignorecase", i}, {"multiline", m}, {"dotall", s}}};

std::optional<sigma_modifier> modifier_named(std::string_view word) noexcept {
  const auto* const found = std::find(names.begin(), names.end(), word);
  if (found != names.end()) {
    return static_cast<sigma_modifier>(found - names.begin());
  }
  const auto* const other = std::find_if(other_names.begin(), other_names.end(),
                                         [word](const other_name& o) { return o.name == word; });
  return other == other_names.end() ? std::nullopt : std::optional{other->means};
}

bool is_order(sigma_modifier one) noexcept {
  return one == lt || one == lte || one == gt || one == gte;
}
bool is_time_part(sigma_modifier one) noexcept {
  return one == minute || one == hour || one == day || one == week || one == month || one == year;
}
bool is_flag(sigma_modifier one) noexcept {
  return one == i || one == m || one == s;
}
bool is_place(sigma_modifier one) noexcept {
  return one == contains || one == startswith || one == endswith;
}

sigma_kind kind_of(sigma_modifier one) noexcept {
  if (is_order(one) || is_time_part(one)) {
    return sigma_kind::comparison;
  }
  return one == re         ? sigma_kind::regex
         : one == cidr     ? sigma_kind::network
         : one == fieldref ? sigma_kind::reference
         : one == exists   ? sigma_kind::exists
                           : sigma_kind::text;
}

// Whether `one` has a meaning for values of that kind.
bool fits(sigma_modifier one, sigma_kind kind) noexcept {
  if (kind_of(one) == kind && kind != sigma_kind::text) {
    return true;
  }
  switch (kind) {
    case sigma_kind::text:
      return kind_of(one) == sigma_kind::text && !is_flag(one);
    case sigma_kind::regex:
      return is_flag(one) || one == all || one == neq || one == expand;
    case sigma_kind::network:
      return one == all || one == neq || one == expand;
    case sigma_kind::reference:
      return is_place(one) || one == cased || one == all || one == neq;
    case sigma_kind::comparison:
      return one == all || one == neq;
    case sigma_kind::exists:
      break;
  }
  return false;
}

class reader {
 public:
  reader(const yaml_file& file, const yaml_node& key, problem_list& problems)
      : file_{file}, key_{key}, problems_{problems} {}

  sigma_modifiers read() {
    const std::string_view words = key_.text;
    for (std::size_t bar = words.find('|'); bar < words.size();) {
      const std::size_t begin = bar + 1;
      bar = std::min(words.find('|', begin), words.size());
      add(words.substr(begin, bar - begin), begin);
    }
    check();
    return std::move(out_);
  }

 private:
  void problem(std::size_t offset, std::string what, std::string remedy) {
    problems_.push_back(
        {file_.path, file_.place_in(key_, offset), std::move(what), std::move(remedy)});
  }

  void add(std::string_view word, std::size_t offset) {
    const std::optional<sigma_modifier> one = modifier_named(word);
    if (!one) {
      const std::string_view near = word.empty() ? word : nearest(word, names);
      problem(offset, "unknown modifier '" + std::string{word} + "'",
              did_you_mean(near, "write one that Sigma has, such as 'contains'"));
    } else if (out_.has(*one)) {
      problem(offset, "the modifier '" + std::string{word} + "' stands here twice", "remove one");
    } else {
      out_.chain.push_back(*one);
      offsets_.push_back(offset);
      out_.kind = out_.kind == sigma_kind::text ? kind_of(*one) : out_.kind;
    }
  }

  void check() {
    for (std::size_t at = 0; at < out_.chain.size(); ++at) {
      const sigma_modifier one = out_.chain[at];
      const std::string word = "'" + std::string{name_of(one)} + "'";
      const std::size_t offset = offsets_[at];
      if (is_flag(one) && out_.kind != sigma_kind::regex) {
        problem(offset, word + " changes a regular expression, and there is none",
                "write 're' in front of it");
      } else if (!fits(one, out_.kind)) {
        problem(offset, word + " has no meaning beside '" + std::string{name_of(decider())} + "'",
                remedy_for(one));
      } else if (const std::string_view rival = rival_of(at); !rival.empty()) {
        problem(offset, word + " cannot stand beside '" + std::string{rival} + "'",
                "one of them is enough");
      } else if (key_.text.front() == '|' && needs_field(one)) {
        problem(offset, word + " needs a field", "write a field name in front of it");
      }
    }
    check_order();
  }

  // The modifier that made the kind what it is.
  [[nodiscard]] sigma_modifier decider() const noexcept {
    return *std::find_if(out_.chain.begin(), out_.chain.end(),
                         [this](sigma_modifier one) { return kind_of(one) == out_.kind; });
  }

  [[nodiscard]] std::string remedy_for(sigma_modifier one) const {
    if (out_.kind == sigma_kind::regex && is_place(one)) {
      return "a regular expression is found anywhere; anchor it with ^ or $";
    }
    if (out_.kind == sigma_kind::regex && one == cased) {
      return "a regular expression keeps the case unless it has 'i'";
    }
    return out_.kind == sigma_kind::exists ? "'exists' stands alone" : "leave it out";
  }

  [[nodiscard]] std::string_view rival_of(std::size_t at) const noexcept {
    const auto rivals = [](sigma_modifier a, sigma_modifier b) {
      return (is_order(a) && is_order(b)) || (is_time_part(a) && is_time_part(b)) ||
             (is_place(a) && is_place(b));
    };
    for (std::size_t before = 0; before < at; ++before) {
      if (rivals(out_.chain[before], out_.chain[at])) {
        return name_of(out_.chain[before]);
      }
    }
    return {};
  }

  [[nodiscard]] static bool needs_field(sigma_modifier one) noexcept {
    const sigma_kind kind = kind_of(one);
    return (kind != sigma_kind::text && kind != sigma_kind::regex) || one == neq;
  }

  // Modifiers apply in the order in which they stand.
  void check_order() {
    const auto place = [this](auto belongs) {
      const auto found = std::find_if(out_.chain.begin(), out_.chain.end(), belongs);
      return static_cast<std::size_t>(found - out_.chain.begin());
    };
    const std::size_t end = out_.chain.size();
    const std::size_t flag = place(is_flag);
    const std::size_t regex = place([](sigma_modifier one) { return one == re; });
    if (flag < end && regex < end && flag < regex) {
      problem(offsets_[flag], "'" + std::string{name_of(out_.chain[flag])} + "' stands before 're'",
              "write it behind 're'");
    }
    const std::size_t part = place(is_time_part);
    const std::size_t order = place(is_order);
    if (part < end && order < part) {
      problem(offsets_[order],
              "'" + std::string{name_of(out_.chain[order])} + "' stands before '" +
                  std::string{name_of(out_.chain[part])} + "'",
              "take the part of the time first, then compare it");
    }
    const std::size_t relation = place(is_place);
    const std::size_t field = place([](sigma_modifier one) { return one == fieldref; });
    if (field < end && relation < field) {
      problem(offsets_[relation],
              "'" + std::string{name_of(out_.chain[relation])} + "' stands before 'fieldref'",
              "write it behind 'fieldref'");
    }
  }

  const yaml_file& file_;
  const yaml_node& key_;
  problem_list& problems_;
  sigma_modifiers out_;
  std::vector<std::size_t> offsets_;
};

const sigma_modifier* first_of(const std::vector<sigma_modifier>& chain,
                               bool (*belongs)(sigma_modifier)) noexcept {
  const auto found = std::find_if(chain.begin(), chain.end(), belongs);
  return found == chain.end() ? nullptr : &*found;
}

}  // namespace

std::string_view name_of(sigma_modifier modifier) noexcept {
  return names[static_cast<std::size_t>(modifier)];
}

bool sigma_modifiers::has(sigma_modifier wanted) const noexcept {
  return std::find(chain.begin(), chain.end(), wanted) != chain.end();
}

const sigma_modifier* sigma_modifiers::time_part() const noexcept {
  return first_of(chain, is_time_part);
}

const sigma_modifier* sigma_modifiers::order() const noexcept {
  return first_of(chain, is_order);
}

sigma_modifiers read_sigma_modifiers(const yaml_file& file, const yaml_node& key,
                                     problem_list& problems) {
  return reader{file, key, problems}.read();
}

}  // namespace trailbell::detect

#include "detect/rule_index.hpp"

#include <algorithm>

#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

// Fewer rules are sooner asked than the record's bytes are searched.
constexpr std::size_t literal_rules_min = 16;

void append(const rule_numbers& some, rule_numbers& into) {
  into.insert(into.end(), some.begin(), some.end());
}

// A rule that names a value twice stands under it once.
void append_once(std::uint32_t rule, rule_numbers& into) {
  if (into.empty() || into.back() != rule) {
    into.push_back(rule);
  }
}

constexpr std::string_view ascii_escape = "\\u00";

int digit_of(char c) noexcept {
  const char low = fold_ascii(c);
  return is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// The text with the characters that \u escapes spell in their place; other escapes stay.
void unescape_ascii(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t plain = std::min(text.find('\\', at), text.size());
    out.append(text, at, plain - at);
    at = plain;
    const std::string_view rest = text.substr(at);
    const int high = rest.size() >= 6 ? digit_of(rest[4]) : -1;
    const int low = rest.size() >= 6 ? digit_of(rest[5]) : -1;
    if (rest.starts_with(ascii_escape) && high >= 0 && high < 8 && low >= 0) {
      out.push_back(static_cast<char>(16 * high + low));
      at += 6;
    } else {
      out.append(rest.substr(0, 2));
      at += std::min<std::size_t>(rest.size(), 2);
    }
  }
}

}  // namespace

void field_index::add(std::uint32_t rule, const std::vector<std::string>& values,
                      bool ignore_case) {
  for (const std::string& value : values) {
    append_once(rule, by_value_[fold_ascii(value)]);
    value_bytes_max_ = std::max(value_bytes_max_, value.size());
  }
  if (ignore_case) {
    untold_.push_back(rule);
  }
}

void field_index::find(const text_view& value, std::string& scratch, rule_numbers& into) const {
  if (!value) {
    append(untold_, into);
    return;
  }
  if (value->size() > value_bytes_max_) {
    return;
  }
  scratch.resize(value->size());
  std::transform(value->begin(), value->end(), scratch.begin(),
                 [](char c) { return fold_ascii(c); });
  if (const auto found = by_value_.find(std::string_view{scratch}); found != by_value_.end()) {
    append(found->second, into);
  }
}

void literal_index::add(std::uint32_t rule, const std::vector<needed_literal>& literals) {
  rules_.push_back(rule);
  for (const needed_literal& one : literals) {
    needed_literal head{one.text.substr(0, literal_head_bytes), one.ignore_case};
    const std::string key = (one.ignore_case ? "i" : "c") + head.text;
    const auto [known, fresh] = numbers_.try_emplace(key, heads_.size());
    if (fresh) {
      heads_.push_back({std::move(head), {}});
      tails_.emplace_back();
    }
    std::vector<tail>& tails = tails_[known->second];
    const std::string rest = one.text.substr(std::min(one.text.size(), literal_head_bytes));
    const auto same = std::find_if(tails.begin(), tails.end(),
                                   [&rest](const tail& other) { return other.text == rest; });
    append_once(rule, same == tails.end() ? tails.emplace_back(tail{rest, {}}).rules : same->rules);
  }
}

void literal_index::compile() {
  if (rules_.size() >= literal_rules_min) {
    database_ = compile_heads(heads_);
  }
}

std::unique_ptr<head_scanner> literal_index::open() const {
  return database_ == nullptr ? nullptr : database_->open();
}

void literal_index::find(head_scanner& scanner, std::string_view raw, std::string& scratch,
                         rule_numbers& into) const {
  struct search {
    const literal_index& self;
    std::string_view raw;
    rule_numbers& into;
  } context{*this, raw, into};
  const auto take = [](void* of, std::size_t head, std::size_t end) {
    const search& s = *static_cast<const search*>(of);
    const std::string_view rest = s.raw.substr(end);
    for (const tail& one : s.self.tails_[head]) {
      if (rest.size() >= one.text.size() &&
          same_as_far(rest, one.text, s.self.heads_[head].head.ignore_case)) {
        append(one.rules, s.into);
      }
    }
  };
  scanner.scan(raw, take, &context);
  if (raw.find(ascii_escape) != std::string_view::npos) {
    // Terms are looked for in the bytes as they are, values in what they mean: so in both.
    unescape_ascii(raw, scratch);
    context.raw = scratch;
    scanner.scan(context.raw, take, &context);
  }
}

rule_index::rule_index(std::span<const rule_ptr> rules) {
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const rule_needs& needs = rules[i]->needs();
    if (needs.never()) {
      continue;
    }
    if (needs.event_names) {
      by_event_name.add(i, *needs.event_names, needs.ignore_case);
    } else if (needs.event_sources) {
      by_event_source.add(i, *needs.event_sources, needs.ignore_case);
    } else if (needs.literals) {
      by_literal.add(i, *needs.literals);
    } else {
      always.push_back(i);
    }
  }
  by_literal.compile();
}

}  // namespace trailbell::detect

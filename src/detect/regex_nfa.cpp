// What RE2 finds is what has to be accepted, for RE2 is what evaluates: `.` is any code point but
// the line feed, a negated class may be one, `^` and `$` are the ends of the text, \d \s \w are
// ASCII, \xhh is a code point. Laziness makes no difference to whether something is found.
#include "detect/regex_nfa.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "trailbell/base/limits.hpp"

namespace trailbell::detect {
namespace {

constexpr char32_t last_code_point = 0x10ffff;

code_set complement(code_set set) {
  std::sort(set.begin(), set.end(), [](auto a, auto b) { return a.first < b.first; });
  code_set out;
  char32_t next = 0;
  for (const code_range& r : set) {
    if (r.first > next) {
      out.push_back({next, r.first - 1});
    }
    next = std::max<char32_t>(next, r.last + 1);
  }
  if (next <= last_code_point) {
    out.push_back({next, last_code_point});
  }
  return out;
}

void append(code_set& to, const code_set& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// One thing that may be repeated.
struct atom {
  nfa_kind what = nfa_kind::set;
  code_set set;
};

class regex_compiler {
 public:
  explicit regex_compiler(std::string_view source) : source_{source} {}

  // States, the first of which is the start; none where there would be too many.
  std::vector<nfa_state> run() {
    states_.push_back({});
    std::vector<std::size_t> ends;
    std::size_t start = add({nfa_kind::split, {}, 0, 0});
    states_[0] = {nfa_kind::split, {}, start, start};
    alternatives_.push_back(start);
    std::size_t tail = start;  // a split whose two ways both lead on
    while (at_ < source_.size() && !too_large_) {
      if (source_[at_] == '|') {
        ++at_;
        ends.push_back(tail);
        tail = add({nfa_kind::split, {}, 0, 0});
        alternatives_.push_back(tail);
        continue;
      }
      const atom one = read_atom();
      tail = repeat(one, tail);
    }
    ends.push_back(tail);
    finish(ends);
    return too_large_ ? std::vector<nfa_state>{} : std::move(states_);
  }

 private:
  std::size_t add(nfa_state s) {
    too_large_ = too_large_ || states_.size() >= limits::automaton_states_max;
    states_.push_back(std::move(s));
    return states_.size() - 1;
  }
  std::size_t joint() { return add({nfa_kind::split, {}, 0, 0}); }

  void lead(std::size_t from, std::size_t to) { states_[from].next = states_[from].other = to; }

  // The atom behind `tail`; gives the new tail.
  std::size_t once(const atom& one, std::size_t tail) {
    const std::size_t end = joint();
    const std::size_t body = add({one.what, one.set, end, end});
    lead(tail, body);
    return end;
  }

  std::size_t maybe(const atom& one, std::size_t tail) {
    const std::size_t end = joint();
    const std::size_t body = add({one.what, one.set, end, end});
    states_[tail].next = body;
    states_[tail].other = end;
    return end;
  }

  std::size_t many(const atom& one, std::size_t tail) {
    const std::size_t head = joint();
    const std::size_t end = joint();
    const std::size_t body = add({one.what, one.set, head, head});
    lead(tail, head);
    states_[head].next = body;
    states_[head].other = end;
    return end;
  }

  std::size_t repeat(const atom& one, std::size_t tail) {
    constexpr std::size_t endless = std::numeric_limits<std::size_t>::max();
    std::size_t least = 1;
    std::size_t most = 1;
    const char c = at_ < source_.size() ? source_[at_] : '\0';
    if (c == '*' || c == '+' || c == '?') {
      ++at_;
      least = c == '+' ? 1 : 0;
      most = c == '?' ? 1 : endless;
    } else if (c == '{') {
      ++at_;
      least = number();
      most = least;
      if (source_[at_] == ',') {
        ++at_;
        most = source_[at_] == '}' ? endless : number();
      }
      ++at_;
    }
    if (c != '\0' && std::string_view{"*+?{"}.find(c) != std::string_view::npos &&
        at_ < source_.size() && source_[at_] == '?') {
      ++at_;  // lazy
    }
    for (std::size_t i = 0; i < least && !too_large_; ++i) {
      tail = once(one, tail);
    }
    if (most == endless) {
      return many(one, tail);
    }
    for (std::size_t i = least; i < most && !too_large_; ++i) {
      tail = maybe(one, tail);
    }
    return tail;
  }

  std::size_t number() {
    std::size_t value = 0;
    while (source_[at_] >= '0' && source_[at_] <= '9') {
      value = std::min<std::size_t>(value * 10 + static_cast<std::size_t>(source_[at_++] - '0'),
                                    limits::automaton_states_max);
    }
    return value;
  }

  atom read_atom() {
    const char c = source_[at_];
    switch (c) {
      case '^':
        ++at_;
        return {nfa_kind::begin_of_text, {}};
      case '$':
        ++at_;
        return {nfa_kind::end_of_text, {}};
      case '.':
        ++at_;
        return {nfa_kind::set, complement({{U'\n', U'\n'}})};
      case '[':
        return {nfa_kind::set, char_class()};
      case '\\':
        return {nfa_kind::set, escape()};
      default:
        ++at_;
        return {nfa_kind::set, single(static_cast<unsigned char>(c))};
    }
  }

  static code_set single(char32_t c) { return {{c, c}}; }

  code_set escape() {
    const char c = source_[at_ + 1];
    if (c == 'x') {
      const std::string digits{source_.substr(at_ + 2, 2)};
      at_ += 4;
      return single(static_cast<char32_t>(std::stoul(digits, nullptr, 16)));
    }
    at_ += 2;
    code_set digits{{U'0', U'9'}};
    code_set blanks{{U'\t', U'\n'}, {U'\f', U'\r'}, {U' ', U' '}};
    code_set words{{U'0', U'9'}, {U'A', U'Z'}, {U'_', U'_'}, {U'a', U'z'}};
    switch (c) {
      case 'd':
        return digits;
      case 'D':
        return complement(digits);
      case 's':
        return blanks;
      case 'S':
        return complement(blanks);
      case 'w':
        return words;
      case 'W':
        return complement(words);
      default:
        return single(static_cast<unsigned char>(c));
    }
  }

  code_set member() {
    if (source_[at_] == '\\') {
      return escape();
    }
    return single(static_cast<unsigned char>(source_[at_++]));
  }

  code_set char_class() {
    ++at_;
    const bool negated = source_[at_] == '^';
    at_ += negated ? 1 : 0;
    code_set set;
    for (bool first = true; source_[at_] != ']' || first; first = false) {
      const code_set low = member();
      const bool range = source_[at_] == '-' && at_ + 1 < source_.size() &&
                         source_[at_ + 1] != ']' && low.size() == 1 &&
                         low.front().first == low.front().last;
      if (!range) {
        append(set, low);
        continue;
      }
      ++at_;
      set.push_back({low.front().first, member().front().last});
    }
    ++at_;
    return negated ? complement(std::move(set)) : set;
  }

  void finish(const std::vector<std::size_t>& ends) {
    const std::size_t match = add({nfa_kind::match, {}, 0, 0});
    for (const std::size_t end : ends) {
      lead(end, match);
    }
    std::size_t start = alternatives_.front();
    for (std::size_t i = 1; i < alternatives_.size(); ++i) {
      start = add({nfa_kind::split, {}, start, alternatives_[i]});
    }
    states_[0] = {nfa_kind::split, {}, start, start};
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<nfa_state> states_;
  std::vector<std::size_t> alternatives_;
  bool too_large_ = false;
};

}  // namespace

std::vector<nfa_state> compile_nfa(std::string_view source) {
  return regex_compiler{source}.run();
}

}  // namespace trailbell::detect

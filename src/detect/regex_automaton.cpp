// Regular expressions as deterministic automata: sets of the states of Thompson's (regex_nfa).
#include <algorithm>
#include <map>
#include <utility>

#include "detect/regex_nfa.hpp"
#include "detect/text_automaton.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::detect {
namespace {

// A state is a set of Thompson's; before each code point the search may begin once more.
class regex_language final : public text_language {
 public:
  explicit regex_language(std::string_view source) : nfa_{compile_nfa(source)} {
    too_large_ = nfa_.empty();
    marks_.resize(nfa_.size(), 0);
  }

  state start() override {
    if (too_large_) {
      return dead;
    }
    begin_set();
    close(0, true, false);
    return intern();
  }

  state next(state from, char32_t c) override {
    const auto known = steps_.find({from, c});
    if (known != steps_.end()) {
      return known->second;
    }
    const std::vector<std::size_t> now = *sets_[static_cast<std::size_t>(from)];
    state to = from;
    if (!found_[static_cast<std::size_t>(from)]) {
      begin_set();
      for (const std::size_t s : now) {
        if (nfa_[s].what == nfa_kind::set && in(nfa_[s].set, c)) {
          close(nfa_[s].next, false, false);
        }
      }
      close(0, false, false);
      to = intern();
    }
    steps_.emplace(std::pair{from, c}, to);
    return to;
  }

  // Found before, or found because the text ends here.
  bool accepts(state at) override {
    if (found_[static_cast<std::size_t>(at)]) {
      return true;
    }
    const std::vector<std::size_t> now = *sets_[static_cast<std::size_t>(at)];
    begin_set();
    for (const std::size_t s : now) {
      close(s, at == 0, true);
    }
    return match_seen_;
  }

  void add_ranges(code_set& into) const override {
    for (const nfa_state& s : nfa_) {
      into.insert(into.end(), s.set.begin(), s.set.end());
    }
  }

  bool too_large() const noexcept override { return too_large_; }

  bool survives_context() const override {
    return std::none_of(nfa_.begin(), nfa_.end(), [](const nfa_state& s) {
      return s.what == nfa_kind::begin_of_text || s.what == nfa_kind::end_of_text;
    });
  }

 private:
  static bool in(const code_set& set, char32_t c) {
    return std::any_of(set.begin(), set.end(),
                       [c](const code_range& r) { return c >= r.first && c <= r.last; });
  }

  void begin_set() {
    set_.clear();
    match_seen_ = false;
    ++round_;
  }

  // What can be reached without a code point.
  void close(std::size_t from, bool at_begin, bool at_end) {
    std::vector<std::size_t> open{from};
    while (!open.empty()) {
      const std::size_t s = open.back();
      open.pop_back();
      if (marks_[s] == round_) {
        continue;
      }
      marks_[s] = round_;
      const nfa_state& n = nfa_[s];
      match_seen_ = match_seen_ || n.what == nfa_kind::match;
      const bool passes = n.what == nfa_kind::split ||
                          (n.what == nfa_kind::begin_of_text && at_begin) ||
                          (n.what == nfa_kind::end_of_text && at_end);
      if (passes) {
        open.push_back(n.other);
        open.push_back(n.next);
      } else if (n.what == nfa_kind::set || n.what == nfa_kind::end_of_text) {
        set_.push_back(s);
      }
    }
  }

  state intern() {
    std::sort(set_.begin(), set_.end());
    if (match_seen_) {
      set_.clear();  // whatever follows, it was found
    } else if (set_.empty()) {
      return dead;  // an anchor has passed
    }
    const auto [at, fresh] =
        ids_.emplace(std::pair{std::move(set_), std::pair{match_seen_, sets_.empty()}},
                     static_cast<state>(sets_.size()));
    if (fresh) {
      sets_.push_back(&at->first.first);
      found_.push_back(match_seen_);
      members_ += at->first.first.size();
      too_large_ = too_large_ || members_ > limits::automaton_members_max;
    }
    return at->second;
  }

  std::vector<nfa_state> nfa_;
  bool too_large_ = false;
  std::vector<std::size_t> set_;
  std::vector<std::size_t> marks_;
  std::size_t round_ = 0;
  bool match_seen_ = false;
  // A set, whether it was found, and whether this is the beginning of the text.
  std::map<std::pair<std::vector<std::size_t>, std::pair<bool, bool>>, state> ids_;
  std::vector<const std::vector<std::size_t>*> sets_;
  std::vector<bool> found_;
  std::size_t members_ = 0;  // of all sets
  std::map<std::pair<state, char32_t>, state> steps_;
};

}  // namespace

std::unique_ptr<text_language> language_of_regex(std::string_view source) {
  return std::make_unique<regex_language>(source);
}

}  // namespace trailbell::detect

// object_walker: walks a text from beginning to end, whatever it holds, in bounded memory.
#pragma once

#include <optional>
#include <string>

#include "decode/envelope.hpp"
#include "decode/walk.hpp"

namespace trailbell::decode {

class object_walker {
 public:
  // `depth`: how many envelopes are around this text.
  object_walker(walk& state, text_stream& text, int depth)
      : state_{state}, text_{text}, depth_{depth} {}
  object_walker(const object_walker&) = delete;
  object_walker& operator=(const object_walker&) = delete;

  // Any text.
  void walk_all();
  // Records, one a line; where a value spans lines it stops and says where.
  std::optional<std::uint64_t> walk_lines(std::string_view prefix);
  // The elements of an array; the text stands on its '['. False: given up, the loss is reported.
  bool walk_array(array_kind kind);

 private:
  enum class progress { on, given_up };
  enum class element_style { undecided, records, others };

  bool ready();  // skips white space; false at the end of the text
  bool more();   // extends the window; false at the end or at the bound for one value
  bool skip_byte_order_mark();

  void walk_top_value();
  void walk_object();
  void decide_lines();
  void stream_member(array_kind kind, std::size_t value_begin);
  void finish_object();
  void scan_bare_records();
  bool scan_known_lines();
  void walk_line();
  void walk_line_values(std::string_view line);
  void walk_garbage();
  progress take_unclosed_string();
  std::string cut(const char* what);
  // `searched`: the bytes that were looked at for an end that is not there.
  void give_up(std::string reason, std::size_t searched);
  // False once too much was searched in vain: then each line is judged alone.
  [[nodiscard]] bool may_search() const noexcept;

  progress walk_element(array_kind kind, element_style& elements);
  progress reject_element();
  progress scan_array_records();
  bool fits_prefix();

  walk& state_;
  text_stream& text_;
  literal_places places_;
  int depth_;
  std::string prefix_;        // what a bare record begins with; empty: none was seen yet
  std::string array_prefix_;  // the same for the elements of the array being walked
  bool lines_ = false;        // bare records stand on lines of their own
  bool one_line_ = false;     // the last bare record has no line break inside
  std::uint64_t searched_in_vain_ = 0;
  bool undecided_ = false;  // and the window ended with it: what follows was not seen yet
};

}  // namespace trailbell::decode

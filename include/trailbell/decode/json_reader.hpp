// json_reader: JSON text (RFC 8259) into a json_tree, strictly.
//
// The whole text has to be one document: nothing but white space may follow it. Numbers keep their
// spelling, so that no size is too large for them; a lone surrogate escape becomes U+FFFD. Text
// that is not UTF-8 passes as it is inside strings. Size, nesting and the number of values are
// bounded by limits::value_bytes_max, json_depth_max and json_values_max.
// Thread-safety: a reader belongs to one thread. It keeps its buffers, as the tree does: nothing is
// allocated once both are warm.
#pragma once

#include <cstddef>
#include <string_view>

#include "trailbell/model/json_builder.hpp"
#include "trailbell/model/json_tree.hpp"

namespace trailbell::decode {

class json_reader {
 public:
  // False where the text is no document: then the tree is empty, and reason() and offset() say why.
  [[nodiscard]] bool read(std::string_view text, json_tree& into);

  // After read() said false.
  [[nodiscard]] const char* reason() const noexcept { return reason_; }
  [[nodiscard]] std::size_t offset() const noexcept { return at_; }

 private:
  bool read_document();
  bool read_value();  // and what closes behind it
  bool read_key();
  bool read_string();
  bool read_number();
  bool read_word(std::string_view word);
  bool close_and_step(bool& more);
  void skip_spaces() noexcept;
  bool digits() noexcept;
  bool fail(const char* reason) noexcept;
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

  json_builder builder_;
  std::string_view text_;
  std::size_t at_ = 0;
  const char* reason_ = "";
};

}  // namespace trailbell::decode

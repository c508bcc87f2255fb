// Alerts as lines of text. Each function appends one line, with its newline. Pure.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

// One JSON object, schema version 1 (README, "An alert"). Bytes that are no UTF-8 become U+FFFD.
// `with_record` adds the record as it arrived; line breaks between its members become spaces, so
// that the alert stays one line.
struct jsonl_options {
  bool with_record = false;
};
void append_jsonl(const alert& what, const jsonl_options& options, std::string& out);

// One aligned line for a person: when, how bad, what, by whom, to what, where. Control, ANSI and
// bidi characters are escaped.
struct text_options {
  bool colour = false;
};
void append_text(const alert& what, const text_options& options, std::string& out);

}  // namespace trailbell::emit

// result<T>: a value, or an error that says what happened and what to do about it.
//
// Errors travel as values; exceptions of third-party code are caught in the adapter that called it.
// Thread-safety: as its members. Ownership: by value.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "trailbell/base/ensure.hpp"

namespace trailbell {

// Why something could not be done. The set is closed: every value has a sentence in describe().
enum class errc {
  usage,          // the command line or a configuration value is wrong
  not_found,      // the path does not exist
  unreadable,     // exists, but cannot be opened or read
  changed,        // the file changed size while it was read
  corrupt,        // the compressed stream is damaged, cut or fails its checksum
  too_large,      // a stated bound was reached
  not_text,       // not UTF-8 JSON text at all
  output_failed,  // an output could not be written
  output_closed,  // the reader of an output went away
  interrupted,    // stopped on request
};

// One sentence for each value, in lower case, without a full stop.
[[nodiscard]] const char* describe(errc code) noexcept;

// True where doing the same again later may succeed.
[[nodiscard]] constexpr bool retryable(errc code) noexcept {
  return code == errc::changed || code == errc::unreadable || code == errc::output_failed;
}

struct error {
  errc code;
  std::string message;  // names the thing, the cause and, where there is one, the remedy
};

// `Failure` is another type only where a caller needs more than a sentence: a place, a suggestion.
template <class Value, class Failure = error>
class [[nodiscard]] result {
 public:
  result(Value value) : state_{std::in_place_index<0>, std::move(value)} {}
  result(Failure failure) : state_{std::in_place_index<1>, std::move(failure)} {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] Value& value() {
    ensure(ok(), "result holds an error");
    return std::get<0>(state_);
  }
  [[nodiscard]] const Value& value() const {
    ensure(ok(), "result holds an error");
    return std::get<0>(state_);
  }
  [[nodiscard]] const Failure& failure() const {
    ensure(!ok(), "result holds a value");
    return std::get<1>(state_);
  }

 private:
  std::variant<Value, Failure> state_;
};

struct done {};  // the value of a result that has nothing to say

}  // namespace trailbell

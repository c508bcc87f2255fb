#include "decode/record_cursor.hpp"

#include <simdjson.h>

#include <utility>

#include "decode/json_text.hpp"
#include "decode/padded_copy.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::decode {
namespace {

namespace ondemand = simdjson::ondemand;

// The string token that begins at `quote`; simdjson guarantees that it is closed.
std::string_view string_token(const char* quote) noexcept {
  const char* p = quote + 1;
  while (*p != '"') {
    p += *p == '\\' ? 2 : 1;
  }
  return {quote, static_cast<std::size_t>(p + 1 - quote)};
}

// simdjson's token of a scalar goes on to the next token.
std::string_view without_trailing_space(std::string_view token) noexcept {
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

// The value's bytes, without what follows it.
simdjson::error_code raw_value(ondemand::value value, std::string_view& raw) {
  ondemand::json_type type{};
  if (const auto error = value.type().get(type)) {
    return error;
  }
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    const auto error = value.get_object().get(object);
    return error ? error : object.raw_json().get(raw);
  }
  raw = without_trailing_space(value.raw_json_token());
  return simdjson::SUCCESS;
}

simdjson::error_code validate_value(ondemand::value value, std::size_t depth);

simdjson::error_code validate_object(ondemand::object object, std::size_t depth) {
  for (auto member : object) {
    ondemand::field field;
    if (const auto error = std::move(member).get(field)) {
      return error;
    }
    if (!json_escapes_are_known(string_token(field.key().raw() - 1))) {
      return simdjson::STRING_ERROR;
    }
    if (const auto error = validate_value(field.value(), depth)) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

simdjson::error_code validate_scalar(ondemand::value value, ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::number: {
      double number = 0;
      return value.get_double().get(number);
    }
    case ondemand::json_type::boolean: {
      bool flag = false;
      return value.get_bool().get(flag);
    }
    case ondemand::json_type::null:
      return value.is_null().error();
    default:  // a string: its bytes were checked with the whole text, its escapes were not
      if (!json_escapes_are_known(string_token(value.raw_json_token().data()))) {
        return simdjson::STRING_ERROR;
      }
      return value.get_raw_json_string().error();  // left alone, it may be followed by a colon
  }
}

simdjson::error_code validate_value(ondemand::value value, std::size_t depth) {
  if (depth >= limits::json_depth_max) {
    return simdjson::DEPTH_ERROR;
  }
  ondemand::json_type type{};
  if (const auto error = value.type().get(type)) {
    return error;
  }
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    const auto error = value.get_object().get(object);
    return error ? error : validate_object(object, depth + 1);
  }
  if (type != ondemand::json_type::array) {
    return validate_scalar(value, type);
  }
  ondemand::array array;
  if (const auto error = value.get_array().get(array)) {
    return error;
  }
  for (auto element : array) {
    ondemand::value item;
    if (const auto error = element.get(item)) {
      return error;
    }
    if (const auto error = validate_value(item, depth + 1)) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

}  // namespace

struct record_cursor::parser {
  ondemand::parser ondemand;
  padded_copy padded;
};

record_cursor::record_cursor() : parser_{std::make_unique<parser>()} {}
record_cursor::~record_cursor() = default;

void record_cursor::begin(std::string_view raw) {
  fields_ = {};
  fields_.raw = raw;
  decoded_.clear();
  code_present_ = false;
  message_present_ = false;
}

bool record_cursor::read_plain(std::string_view raw) {
  fields_ = {};
  return plain_.read(raw, fields_);
}

record_health record_cursor::read(std::string_view raw, bool validate) {
  return !validate && read_plain(raw) ? record_health::sound : read_carefully(raw, validate);
}

record_health record_cursor::read_carefully(std::string_view raw, bool validate) {
  begin(raw);
  // A decoded string is never longer than its token, but for U+FFFD in place of a bad \u escape.
  decoded_.reserve(raw.size() * 2);
  if (raw.size() > indexed_bytes_max) {
    return read_tolerantly(raw);
  }
  ondemand::document document;
  ondemand::object object;
  auto error = parser_->ondemand.iterate(parser_->padded.of(raw)).get(document);
  if (!error) {
    error = document.get_object().get(object);
  }
  if (!error && validate) {
    error = validate_object(object, 1);
    if (!error) {
      error = object.reset().error();
    }
  }
  if (!error) {
    for (auto member : object) {
      ondemand::field field;
      std::string_view value;
      error = std::move(member).get(field);
      if (error) {
        break;
      }
      const std::string_view key = string_token(field.key().raw() - 1);
      error = raw_value(field.value(), value);
      if (error) {
        break;
      }
      take_member(json_string_text(key, name_), value);
    }
  }
  // A member that is no JSON may end the object for simdjson before it ends.
  if (!error && document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    error = simdjson::TAPE_ERROR;
  }
  if (!error) {
    return record_health::sound;
  }
  const record_health health = read_tolerantly(raw);
  if (health == record_health::sound) {
    reason_ = simdjson::error_message(error);
    return record_health::broken;
  }
  return health;
}

// Without an index and without validation: for huge records, and to alert on a record although
// something in it is broken.
record_health record_cursor::read_tolerantly(std::string_view raw) {
  begin(raw);
  bool any = false;
  const char* const wrong =
      each_json_member(raw, [&](std::string_view key, std::string_view value) {
        any = true;
        take_member(json_string_text(key, name_), value);
      });
  if (wrong == nullptr) {
    return record_health::sound;
  }
  reason_ = wrong;
  return any ? record_health::broken : record_health::no_record;
}

}  // namespace trailbell::decode

// record_cursor: the fields of one record that detection and alerts read, by simdjson.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "decode/plain_record.hpp"
#include "trailbell/model/record.hpp"

namespace trailbell::decode {

enum class record_health {
  sound,     // as far as it was looked at; wholly, where validation was asked for
  broken,    // some member is no JSON or no UTF-8, but the record's own members could be told apart
  no_record  // not an object whose members can be told apart
};

class record_cursor {
 public:
  record_cursor();
  ~record_cursor();
  record_cursor(const record_cursor&) = delete;
  record_cursor& operator=(const record_cursor&) = delete;

  // Reads `raw` (one object) into fields(), whose views hold until the next call. Of a member that
  // repeats, the last counts. `validate` looks at every byte.
  record_health read(std::string_view raw, bool validate);
  // Its two ways. Where read_plain() is true, `raw` is one sound object and nothing else, and that
  // is all; else nothing is known, fields() hold anything, and read_carefully() has to be asked.
  bool read_plain(std::string_view raw);
  record_health read_carefully(std::string_view raw, bool validate);

  [[nodiscard]] const record_fields& fields() const noexcept { return fields_; }
  // For broken and no_record: what is wrong.
  [[nodiscard]] const char* reason() const noexcept { return reason_; }

 private:
  void begin(std::string_view raw);
  record_health read_tolerantly(std::string_view raw);
  void take_member(std::string_view key, std::string_view value);
  void take_identity(std::string_view object);
  void take_session(std::string_view object);
  void take_issuer(std::string_view object);
  void take_request(std::string_view object);
  void take_response(std::string_view object);
  text_view text_of(std::string_view value);

  plain_record plain_;  // how nearly all are read
  struct parser;
  std::unique_ptr<parser> parser_;
  std::string decoded_;  // strings with escapes; reserved so that views stay put
  std::string name_;     // a member's name that has escapes
  record_fields fields_;
  bool code_present_ = false;
  bool message_present_ = false;
  const char* reason_ = "";
};

// An Insight is CloudTrail's own anomaly report: recognised, counted apart, never a record.
[[nodiscard]] bool is_insight(const record_fields& fields) noexcept;

}  // namespace trailbell::decode

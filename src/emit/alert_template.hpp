// alert_template: text with {{field}} in it, filled in for an alert. Value; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emit/alert_fields.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/webhook_sink.hpp"

namespace trailbell::emit {

class alert_template {
 public:
  // Errors: a field that is none, braces that do not close; with the place.
  [[nodiscard]] static result<alert_template> parse(std::string_view text);

  // Fields escaped for a JSON string; see webhook_options::custom_body.
  void fill(const alert& what, const alert_appender& whole, std::string& out) const;

 private:
  enum class escaping { json, slack };
  struct part {
    std::string text;  // before the field
    bool is_whole = false;
    field_reader read = nullptr;
    escaping escape = escaping::json;
  };
  std::vector<part> parts_;
};

// jsonl without its newline, or what the options say.
void append_one(const alert& what, const alert_appender& whole, std::string& out);

}  // namespace trailbell::emit

#include "emit/alert_template.hpp"

#include <fmt/format.h>

#include "trailbell/base/text.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::emit {
namespace {

// Slack reads <...> as links and mentions. Source: Slack, "Formatting text for app surfaces".
std::string slack_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

error unknown_field(std::string_view name, std::size_t column) {
  std::string shown;
  append_printable(name.substr(0, 80), shown);
  return {errc::usage, fmt::format("the template has no field '{}' to put at byte {}; there are: "
                                   "alert, {}",
                                   shown, column, fmt::join(field_names(), ", "))};
}

}  // namespace

result<alert_template> alert_template::parse(std::string_view text) {
  alert_template out;
  std::size_t at = 0;
  for (std::size_t open; (open = text.find("{{", at)) != text.npos;) {
    // JSON has braces that stand side by side: the field begins with the last of them.
    while (text.substr(open + 2).starts_with('{')) {
      ++open;
    }
    const std::size_t close = text.find("}}", open);
    if (close == text.npos) {
      return error{errc::usage,
                   fmt::format("the template's {{{{ at byte {} has no }}}} behind it", open + 1)};
    }
    const std::string_view inner = trimmed(text.substr(open + 2, close - open - 2), " ");
    const std::size_t bar = inner.find('|');
    const std::string_view name = trimmed(inner.substr(0, bar), " ");
    const std::string_view filter =
        bar == inner.npos ? "json" : trimmed(inner.substr(bar + 1), " ");
    part next{std::string{text.substr(at, open - at)}, name == "alert", find_field(name)};
    if ((!next.is_whole && next.read == nullptr) || (filter != "json" && filter != "slack")) {
      return unknown_field(inner, open + 1);
    }
    next.escape = filter == "slack" ? escaping::slack : escaping::json;
    out.parts_.push_back(std::move(next));
    at = close + 2;
  }
  out.parts_.push_back({std::string{text.substr(at)}});
  return out;
}

void alert_template::fill(const alert& what, const alert_appender& whole, std::string& out) const {
  for (const part& each : parts_) {
    out.append(each.text);
    if (each.is_whole) {
      append_one(what, whole, out);
    } else if (each.read != nullptr) {
      std::string plain, shown, quoted;
      each.read(what, plain);
      append_printable(plain, shown);
      append_json_text(each.escape == escaping::slack ? slack_text(shown) : shown, quoted);
      out.append(quoted, 1, quoted.size() - 2);
    }
  }
}

void append_one(const alert& what, const alert_appender& whole, std::string& out) {
  whole ? whole(what, out) : append_jsonl(what, {}, out);
  if (out.ends_with('\n')) {
    out.pop_back();
  }
}

}  // namespace trailbell::emit

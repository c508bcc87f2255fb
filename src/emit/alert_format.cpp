#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::emit {

std::optional<alert_format> alert_format_of(std::string_view name) {
  if (name == "jsonl") {
    return alert_format::jsonl;
  }
  if (name == "text") {
    return alert_format::text;
  }
  if (name == "ocsf") {
    return alert_format::ocsf;
  }
  return name == "ecs" ? std::optional{alert_format::ecs} : std::nullopt;
}

void append_alert(const alert& what, const alert_style& style, std::string& out) {
  switch (style.format) {
    case alert_format::jsonl:
      return append_jsonl(what, {style.with_record}, out);
    case alert_format::text:
      return append_text(what, {style.colour}, out);
    case alert_format::ocsf:
      return append_ocsf(what, {style.with_record}, out);
    case alert_format::ecs:
      return append_ecs(what, {style.with_record}, out);
  }
}

}  // namespace trailbell::emit

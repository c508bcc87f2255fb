#include <fmt/format.h>

#include <array>

#include "trailbell/base/text.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::emit {
namespace {

constexpr std::array<std::string_view, 5> colours{"\x1b[2m", "\x1b[36m", "\x1b[33m", "\x1b[31m",
                                                  "\x1b[1;31m"};
constexpr std::string_view plain = "\x1b[0m";

// Pads with blanks to `width` bytes; longer text keeps its length and one blank.
void append_column(std::string_view text, std::size_t width, std::string& out) {
  const std::size_t before = out.size();
  append_printable(text, out);
  const std::size_t used = out.size() - before;
  out.append(used < width ? width - used : 1, ' ');
}

std::string actor_label(const alert_actor& actor) {
  std::string label{actor.name.value_or(actor.type.value_or("?"))};
  if (actor.session_name) {
    label.append("/").append(*actor.session_name);
  }
  return label;
}

std::string target_label(const alert_target& target) {
  std::string label{target.policy_arn.value_or(target.policy_name.value_or(""))};
  if (target.principal_type) {
    label += fmt::format("{}{} {}", label.empty() ? "" : " on ", *target.principal_type,
                         target.principal_name.value_or("?"));
  }
  return label.empty() ? "?" : label;
}

}  // namespace

void append_text(const alert& what, const text_options& options, std::string& out) {
  append_column(what.event_time.value_or("no event time"), 21, out);
  if (options.colour) {
    out.append(colours[static_cast<std::size_t>(what.level)]);
  }
  append_column(to_string(what.level), 14, out);
  if (options.colour) {
    out.append(plain);
  }
  append_column(what.event_name.value_or("?"), 20, out);
  append_column(what.failed ? what.error_code.value_or("failed") : "done", 13, out);
  append_column(what.account_id.value_or("?"), 13, out);
  append_column(actor_label(what.actor), 24, out);
  append_column(what.source_ip.value_or("?"), 16, out);
  append_printable(target_label(what.target), out);
  if (what.event_source && *what.event_source != "iam.amazonaws.com") {
    out.append("  [");
    append_printable(*what.event_source, out);
    out.push_back(']');
  }
  if (what.log_file == integrity_state::failed || what.log_file == integrity_state::unverified) {
    out.append("  [log file ").append(to_string(what.log_file)).push_back(']');
  }
  out.push_back('\n');
}

}  // namespace trailbell::emit

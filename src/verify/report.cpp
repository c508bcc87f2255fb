#include "trailbell/verify/report.hpp"

#include <algorithm>
#include <array>

#include "trailbell/base/json_members.hpp"
#include "trailbell/base/markup.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::verify {
namespace {

constexpr std::size_t text_width = 96;

void append_control(const control_verdict& control, std::string& out) {
  out.push_back('{');
  append_text_member("control", control.control, out);
  append_text_member("title", control.title, out);
  append_text_member("verdict", name_of(control.is), out);
  append_member("links", out);
  out.push_back('[');
  for (const chain_link& link : control.links) {
    out += out.ends_with('[') ? "{" : ",{";
    append_text_member("link", name_of(link.link), out);
    append_text_member("verdict", name_of(link.is), out);
    append_text_member("resource", link.resource, out);
    append_text_member("reason", link.reason, out);
    out.push_back('}');
  }
  out.push_back(']');
  append_list_member("covered", control.covered, out);
  append_list_member("uncovered", control.uncovered, out);
  append_member("witness", out);
  out += control.witness.value_or("null");
  append_text_member("remediation", control.remedies(), out);
  out.push_back('}');
}

std::string printable(std::string_view text) {
  std::string out;
  append_printable(text, out);
  return out;
}

std::string upper(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

std::string spoken(link_kind link) {
  std::string name{name_of(link)};
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

// Words in lines of the text's width, each behind `margin`.
std::string wrapped(std::string_view text, const std::string& margin) {
  std::string out;
  std::string line = margin;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (line.size() > margin.size() && line.size() + word.size() + 1 > text_width) {
      out += line + "\n";
      line = margin;
    }
    line += (line.size() > margin.size() ? " " : "") + std::string{word};
    begin = end + 1;
  }
  return out + line + "\n";
}

// A command in lines of the text's width, broken in front of options: outside of quotes, and not
// in a comment behind it.
std::string folded_command(std::string_view command) {
  std::string out;
  std::string line = "  ";
  char quote = '\0';
  bool comment = false;
  for (std::size_t begin = 0; begin < command.size();) {
    std::size_t end = begin + 1;  // of a piece that may not be broken
    for (; end < command.size(); ++end) {
      const char c = command[end - 1];
      quote = quote == '\0' && (c == '\'' || c == '"') ? c : quote == c ? '\0' : quote;
      comment = comment || (quote == '\0' && c == '#');
      if (quote == '\0' && !comment && command.substr(end).starts_with(" --")) {
        break;
      }
    }
    const std::string_view piece = command.substr(begin, end - begin);
    if (line.size() > 4 && line.size() + piece.size() > text_width - 2) {
      out += line + " \\\n";
      line = "    " + std::string{piece.substr(piece.starts_with(' ') ? 1 : 0)};
    } else {
      line += piece;
    }
    begin = end;
  }
  return out + line + "\n";
}

std::string_view mark_of(verdict is) noexcept {
  return is == verdict::present ? "  ok  " : is == verdict::missing ? "BROKEN" : "  ??  ";
}

std::string chain_text(const control_verdict& control) {
  std::string out;
  for (const chain_link& link : control.links) {
    const std::string resource = link.resource.empty() ? "(none)" : printable(link.resource);
    out += std::string{out.empty() ? "" : "     |\n"} + "  [" + std::string{mark_of(link.is)} +
           "]  " + padded(spoken(link.link), 15) + resource + "\n";
    out += wrapped(printable(link.reason) + ".", "     |        ");
  }
  return out;
}

std::string control_text(const control_verdict& control) {
  std::string out = control.control + "  " + printable(control.title) + ": " +
                    upper(name_of(control.is)) + "\n\n" + chain_text(control) + "\n";
  if (const chain_link* const broken = control.broken()) {
    out += std::string{control.is == verdict::missing ? "The first broken link is the "
                                                      : "What cannot be told is the "} +
           spoken(broken->link) + ".\n";
    const std::string remedies = control.remedies();
    if (!remedies.empty()) {
      out += "\nMend it:\n";
      for (std::size_t begin = 0; begin < remedies.size();) {
        const std::size_t end = std::min(remedies.find('\n', begin), remedies.size());
        out += folded_command(printable(std::string_view{remedies}.substr(begin, end - begin)));
        begin = end + 1;
      }
    }
  }
  const std::size_t names = control.covered.size() + control.uncovered.size();
  if (control.is != verdict::present && names > 0) {
    out += "\nRings for " + std::to_string(control.covered.size()) + " of " +
           std::to_string(names) + " names.";
    out += control.covered.empty() || control.uncovered.empty()
               ? "\n"
               : " Not for " + printable(comma_separated(control.uncovered)) + ".\n";
  }
  if (control.witness) {
    out += std::string{control.is == verdict::present ? "\nRings nobody, and changes nothing: "
                                                      : "\nRings nobody: "} +
           printable(*control.witness) + "\n";
  }
  return out;
}

std::string table_text(const chain_report& report) {
  std::string out = padded("control", 26) + padded("verdict", 14) + padded("link", 15) + "why\n";
  std::array<std::size_t, 3> counts{};
  for (const control_verdict& control : report.controls) {
    ++counts.at(static_cast<std::size_t>(control.is));
    const chain_link* const broken = control.broken();
    out += padded(control.control, 26) + padded(std::string{name_of(control.is)}, 14) +
           (broken == nullptr ? printable(control.title)
                              : padded(spoken(broken->link), 15) + printable(broken->reason)) +
           "\n";
  }
  return out + "\n" + std::to_string(report.controls.size()) +
         " controls: " + std::to_string(counts[0]) + " present, " + std::to_string(counts[2]) +
         " missing, " + std::to_string(counts[1]) + " undetermined\n";
}

}  // namespace

std::string to_json(const chain_report& report) {
  std::string out = "{\"schema\":1";
  append_text_member("account_id", report.account_id, out);
  append_text_member("checked_at", format_rfc3339(report.checked_at), out);
  append_member("controls", out);
  out.push_back('[');
  for (const control_verdict& control : report.controls) {
    out += out.ends_with('[') ? "" : ",";
    append_control(control, out);
  }
  return out + "]}\n";
}

std::string to_text(const chain_report& report) {
  const std::string head = "account " + printable(report.account_id) + ", as of " +
                           format_rfc3339(report.checked_at) + "\n\n";
  return head +
         (report.controls.size() == 1 ? control_text(report.controls.front()) : table_text(report));
}

std::string to_junit(const chain_report& report) {
  const auto count = [&](verdict wanted) {
    return std::to_string(std::count_if(report.controls.begin(), report.controls.end(),
                                        [&](const auto& one) { return one.is == wanted; }));
  };
  const std::string counts = " tests=\"" + std::to_string(report.controls.size()) +
                             "\" failures=\"" + count(verdict::missing) + "\" errors=\"" +
                             count(verdict::undetermined) + "\"";
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"trailbell "
      "verify\"" +
      counts + ">\n  <testsuite name=\"";
  append_markup_text(report.account_id, out);
  out += "\"" + counts + ">\n";
  for (const control_verdict& control : report.controls) {
    out += "    <testcase classname=\"verify\" name=\"";
    append_markup_text(control.control + " " + control.title, out);
    const chain_link* const broken = control.broken();
    if (broken == nullptr) {
      out += "\"/>\n";
      continue;
    }
    const std::string kind = control.is == verdict::missing ? "failure" : "error";
    out += "\"><" + kind + " message=\"";
    append_markup_text(spoken(broken->link) + " " + broken->resource + ": " + broken->reason, out);
    out += "\">";
    append_markup_text(control.remedies(), out);
    out += "</" + kind + "></testcase>\n";
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace trailbell::verify

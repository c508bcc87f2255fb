#include "app/reference_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace trailbell::app {
namespace {

// What roff would take for something else.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '"':
        out += "\\(dq";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// A line of text must not begin with a control character.
std::string line_of(const std::string& escaped_text) {
  return escaped_text.starts_with('.') ? "\\&" + escaped_text : escaped_text;
}

std::string with_bold(std::string_view line) {
  if (std::count(line.begin(), line.end(), '`') % 2 != 0) {
    return escaped(line);
  }
  std::string out;
  bool bold = false;
  while (true) {
    const std::size_t tick = line.find('`');
    out += escaped(line.substr(0, tick));
    if (tick == std::string_view::npos) {
      return out;
    }
    bold = !bold;
    out += bold ? "\\fB" : "\\fR";
    line.remove_prefix(tick + 1);
  }
}

std::string in_capitals(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

// Calls `take` with each part of `text` between the separators.
template <class Take>
void split(std::string_view text, std::string_view separator, const Take& take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
}

}  // namespace

reference_page::reference_page(const page_title& title) {
  text_ = fmt::format(
      ".\\\" Written from the program itself, by trailbell_reference.\n"
      ".TH {} {} {} \"{}\"\n.SH NAME\n{} \\- {}\n",
      in_capitals(title.name), title.section, title.date, title.source, escaped(title.name),
      escaped(title.summary));
}

reference_page& reference_page::section(std::string_view heading) {
  text_ += fmt::format(".SH {}\n", escaped(heading));
  return *this;
}

reference_page& reference_page::subsection(std::string_view heading) {
  text_ += fmt::format(".SS {}\n", escaped(heading));
  return *this;
}

reference_page& reference_page::text(std::string_view paragraphs) {
  bool first = true;
  split(paragraphs, "\n\n", [this, &first](std::string_view paragraph) {
    text_ += first ? "" : ".PP\n";
    first = false;
    lines(paragraph);
  });
  return *this;
}

void reference_page::lines(std::string_view paragraph) {
  bool literal = false;
  split(paragraph, "\n", [this, &literal](std::string_view line) {
    if (line.starts_with("  ") != literal) {
      literal = !literal;
      text_ += literal ? ".RS 2\n.nf\n" : ".fi\n.RE\n";
    }
    text_ += literal ? line_of(escaped(line.substr(2))) : line_of(with_bold(line));
    text_ += '\n';
  });
  text_ += literal ? ".fi\n.RE\n" : "";
}

reference_page& reference_page::tagged(std::string_view term, std::string_view with,
                                       std::string_view about) {
  text_ += fmt::format(".TP\n\\fB{}\\fR", escaped(term));
  text_ += with.empty() ? "\n" : fmt::format(" \\fI{}\\fR\n", escaped(with));
  text_ += line_of(with_bold(about)) + "\n";
  return *this;
}

}  // namespace trailbell::app

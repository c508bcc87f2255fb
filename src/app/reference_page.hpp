// reference_page: a manual page in man(7), piece by piece. Pure.
#pragma once

#include <string>
#include <string_view>

namespace trailbell::app {

struct page_title {
  std::string name;     // "trailbell-replay"
  int section = 1;      // 1: commands, 5: files
  std::string date;     // "2026-03-01"
  std::string source;   // "trailbell 0.1.0"
  std::string summary;  // behind the name, one line
};

class reference_page {
 public:
  explicit reference_page(const page_title& title);

  reference_page& section(std::string_view heading);
  reference_page& subsection(std::string_view heading);
  // Paragraphs, with empty lines between them; lines that begin with two blanks stay as they are.
  // What stands in backticks is bold.
  reference_page& text(std::string_view paragraphs);
  // A term in bold, what goes with it in italics, and what is said of it.
  reference_page& tagged(std::string_view term, std::string_view with, std::string_view about);

  [[nodiscard]] const std::string& done() const noexcept { return text_; }

 private:
  void lines(std::string_view paragraph);

  std::string text_;
};

}  // namespace trailbell::app

#include "app/event_lines.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace trailbell::app {
namespace {

class event_lines_test : public testing::Test {
 protected:
  ~event_lines_test() override { std::filesystem::remove(path_); }

  // The events, or why they are none.
  std::vector<std::string> read(const std::string& content, line_form form) {
    std::ofstream{path_} << content;
    event_lines lines{std::move(consume::opened_file::open(path_).value()), form, [] {}};
    std::vector<std::string> out;
    while (const auto event = lines.next()) {
      EXPECT_EQ(event->line, out.size() + 1);
      out.push_back(event->unreadable ? "! " + *event->unreadable : std::string{event->text});
    }
    EXPECT_FALSE(lines.failure());
    return out;
  }

 private:
  std::string path_ = testing::TempDir() + "event_lines_" + std::to_string(getpid());
};

using texts = std::vector<std::string>;

TEST_F(event_lines_test, every_line_is_an_event_also_an_empty_one) {
  EXPECT_EQ(read("", line_form::text), texts{});
  EXPECT_EQ(read("a\n\nb c\n", line_form::text), (texts{"a", "", "b c"}));
  EXPECT_EQ(read("a\nb", line_form::text), (texts{"a", "b"}));
  EXPECT_EQ(read("a\r\n", line_form::text), texts{"a\r"});
}

TEST_F(event_lines_test, long_lines_are_read_whole) {
  const std::string text(1'000'000, 'x');
  EXPECT_EQ(read("a\n" + text + "\nb\n", line_form::text), (texts{"a", text, "b"}));
}

TEST_F(event_lines_test, a_json_string_holds_line_breaks) {
  EXPECT_EQ(read("\"a\\nb\"\n \"c\" \n", line_form::json_string), (texts{"a\nb", "c"}));
}

TEST_F(event_lines_test, a_line_that_is_no_json_string_hides_none_behind_it) {
  EXPECT_EQ(read("x\n12\n\n\"d\"\n", line_form::json_string),
            (texts{"! no JSON string: no value", "! no JSON string, but number",
                   "! no JSON string: the document is cut off", "d"}));
}

}  // namespace
}  // namespace trailbell::app

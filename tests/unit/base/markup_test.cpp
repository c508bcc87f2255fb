#include "trailbell/base/markup.hpp"

#include <gtest/gtest.h>

namespace trailbell {
namespace {

std::string markup(std::string_view text) {
  std::string out;
  append_markup_text(text, out);
  return out;
}

TEST(markup_text, ends_no_element_and_no_attribute) {
  EXPECT_EQ(markup("plain \xc3\xa9 text"), "plain \xc3\xa9 text");
  EXPECT_EQ(markup(R"(<a href="x" title='y'>&amp;)"),
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;");
}

TEST(markup_text, holds_nothing_that_no_document_may_hold) {
  EXPECT_EQ(markup(std::string_view{"a\0b\n\tc\r\x7f", 8}), "a b\n\tc  ");
  EXPECT_EQ(markup("\xff|\xed\xa0\x80|\xc3"),
            "\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd");
  EXPECT_EQ(markup("\xef\xbf\xbe\xef\xbf\xbf"), "\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace trailbell

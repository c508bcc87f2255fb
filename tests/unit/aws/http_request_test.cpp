#include "aws/http_request.hpp"

#include <gtest/gtest.h>

namespace trailbell::aws {
namespace {

url at(std::string_view text) {
  return parse_url(text).value();
}

TEST(http_request, has_a_host_a_length_and_the_headers_of_its_caller) {
  http_request request{.method = "POST", .url = "", .headers = {{"X-A", "b"}}, .body = "{}"};
  EXPECT_EQ(bytes_of(request, at("https://h:8443/p?q")),
            "POST /p?q HTTP/1.1\r\nHost: h:8443\r\nX-A: b\r\nUser-Agent: trailbell\r\n"
            "Content-Length: 2\r\n\r\n{}");
  request = {.method = "GET", .url = "", .headers = {{"user-agent", "other"}}, .body = ""};
  EXPECT_EQ(bytes_of(request, at("http://[::1]/")),
            "GET / HTTP/1.1\r\nHost: [::1]\r\nuser-agent: other\r\n\r\n");
}

TEST(http_request, an_empty_body_of_a_post_has_a_length) {
  EXPECT_NE(bytes_of({.method = "POST"}, at("http://h/")).find("Content-Length: 0\r\n"),
            std::string::npos);
}

TEST(http_request, cannot_smuggle_another_one) {
  const auto with = [](http_header header) {
    return flaw_of({.method = "GET", .url = "", .headers = {std::move(header)}, .body = ""});
  };
  EXPECT_FALSE(with({"Authorization", "Bearer a\tb"}));
  for (const char* const value : {"a\r\nX: y", "a\nb", "\x01", "\x7f"}) {
    EXPECT_TRUE(with({"X", value})) << value;
  }
  for (const char* const name :
       {"", "a b", "a:b", "a\r\n", "Content-length", "HOST", "Transfer-Encoding", "connection"}) {
    EXPECT_TRUE(with({name, "1"})) << name;
  }
  EXPECT_TRUE(flaw_of({.method = "GET / HTTP/1.1\r\nX: "}));
}

TEST(http_request, a_flaw_does_not_show_the_value) {
  const auto flaw =
      flaw_of({.method = "GET", .url = "", .headers = {{"Token", "secret\n"}}, .body = ""});
  ASSERT_TRUE(flaw);
  EXPECT_EQ(flaw->find("secret"), std::string::npos);
}

TEST(http_request, asks_a_proxy_with_its_password_for_a_tunnel) {
  EXPECT_EQ(tunnel_bytes(at("https://h/secret"), at("http://us%20er:pass@p:3128")),
            "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n"
            "Proxy-Authorization: Basic dXMgZXI6cGFzcw==\r\n\r\n");
  EXPECT_EQ(tunnel_bytes(at("https://h:1/"), at("http://p:3128")),
            "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n");
}

TEST(http_response, finds_a_header_in_any_case) {
  const http_response response{200, {{"Retry-AFTER", "5"}, {"retry-after", "6"}}, ""};
  EXPECT_EQ(response.header("retry-after"), "5");
  EXPECT_FALSE(response.header("retry"));
}

}  // namespace
}  // namespace trailbell::aws

#include "trailbell/aws/url.hpp"

#include <gtest/gtest.h>

namespace trailbell::aws {
namespace {

TEST(url, is_taken_apart) {
  const auto got = parse_url("HTTPS://Hooks.Example.com/services/T0/B0?a=%20&b=1");
  ASSERT_TRUE(got);
  EXPECT_TRUE(got.value().secure);
  EXPECT_EQ(got.value().peer.host, "hooks.example.com");
  EXPECT_EQ(got.value().peer.port, 443);
  EXPECT_EQ(got.value().target, "/services/T0/B0?a=%20&b=1");
  EXPECT_EQ(origin_of(got.value()), "https://hooks.example.com");
}

TEST(url, has_a_port_a_path_and_an_address_of_either_kind) {
  const auto plain = parse_url("http://10.0.0.1:8080");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain.value().target, "/");
  EXPECT_EQ(origin_of(plain.value()), "http://10.0.0.1:8080");
  const auto v6 = parse_url("http://[::1]:9093?x=1#fragment");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6.value().peer.host, "::1");
  EXPECT_EQ(v6.value().peer.port, 9093);
  EXPECT_EQ(v6.value().target, "/?x=1");
  EXPECT_EQ(origin_of(v6.value()), "http://[::1]:9093");
  EXPECT_EQ(origin_of(parse_url("https://[fe80::1]:443/").value()), "https://[fe80::1]");
  EXPECT_EQ(origin_of(parse_url("http://a:443/").value()), "http://a:443");
}

TEST(url, that_is_none_is_refused_without_showing_it) {
  for (const char* const text :
       {"", "hook", "ftp://a/secret", "http://", "http:///secret", "http://a:0/secret",
        "http://a:65536/secret", "http://a:x/secret", "http://a b/secret",
        "http://a/secret\r\nX: y", "http://[::1/secret", "http://[::1]x/secret",
        "http://a/secr\xc3\xa9t", "http://a:/secret", "http://a\"b/secret"}) {
    const auto got = parse_url(text);
    ASSERT_FALSE(got) << text;
    EXPECT_EQ(got.failure().code, errc::usage);
    EXPECT_EQ(got.failure().message.find("secr"), std::string::npos) << got.failure().message;
  }
}

TEST(url, keeps_the_user_apart_from_the_host) {
  const auto got = parse_url("http://user:pa@ss@proxy:3128");
  ASSERT_TRUE(got);
  EXPECT_EQ(got.value().user_info, "user:pa@ss");
  EXPECT_EQ(origin_of(got.value()), "http://proxy:3128");
}

TEST(no_proxy, names_hosts_their_subdomains_and_ports) {
  const peer_address peer{"api.example.com", 443};
  for (const char* const list : {"*", "example.com", ".example.com", "*.example.com",
                                 "other, API.example.com", "example.com:443", "a,,example.com,"}) {
    EXPECT_TRUE(bypasses_proxy(peer, list)) << list;
  }
  for (const char* const list : {"", "ample.com", "example.co", "example.com:8443",
                                 "x.api.example.com", "example.com.org", ".", ","}) {
    EXPECT_FALSE(bypasses_proxy(peer, list)) << list;
  }
  EXPECT_TRUE(bypasses_proxy({"::1", 443}, "[::1]"));
  EXPECT_TRUE(bypasses_proxy({"169.254.169.254", 80}, "169.254.169.254"));
}

}  // namespace
}  // namespace trailbell::aws

#include "app/http_text.hpp"

#include <gtest/gtest.h>

namespace trailbell::app {
namespace {

TEST(listen_address, is_host_and_port) {
  for (const auto& [text, host, port] :
       std::initializer_list<std::tuple<const char*, const char*, int>>{
           {"0.0.0.0:9464", "0.0.0.0", 9464},
           {"[::1]:0", "::1", 0},
           {":65535", "", 65535},
           {"localhost:80", "localhost", 80}}) {
    const auto address = parse_listen_address(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address.value().host, host);
    EXPECT_EQ(address.value().port, port);
  }
}

TEST(listen_address, says_what_is_wrong) {
  for (const auto& [text, why] : std::initializer_list<std::pair<const char*, const char*>>{
           {"", "no port"},
           {"9464", "no port"},
           {"host:", "no number"},
           {"host:70000", "no number"},
           {"host:-1", "no number"},
           {"host:80x", "no number"},
           {"::1:9464", "in brackets"},
           {"[::1:9464", "bracket is missing"},
           {"[host]:1", "only an IPv6"},
           {"[]:1", "only an IPv6"}}) {
    const auto address = parse_listen_address(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_EQ(address.failure().code, errc::usage);
    EXPECT_NE(address.failure().message.find(why), std::string::npos) << address.failure().message;
  }
}

TEST(accept_encoding, allows_gzip_or_not) {
  for (const char* const yes : {"gzip", "GZip", "deflate, gzip", "gzip;q=0.5", "gzip ; q=1.0, br",
                                "*", "br;q=0, *;q=0.1", "x-gzip", "identity,\tgzip;q=0.001"}) {
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  }
  for (const char* const no :
       {"", "identity", "gzip;q=0", "gzip; q=0.000", "*;q=0", "*, gzip;q=0", "gzipped", ",,;,"}) {
    EXPECT_FALSE(accepts_gzip(no)) << no;
  }
}

TEST(http_date, is_as_the_protocol_wants_it) {
  EXPECT_EQ(http_date(1'772'600'767), "Wed, 04 Mar 2026 05:06:07 GMT");
}

TEST(request_target, has_a_path) {
  EXPECT_EQ(path_of("/metrics"), "/metrics");
  EXPECT_EQ(path_of("/metrics?name[]=a"), "/metrics");
  EXPECT_EQ(path_of("/a?u=http://x/metrics"), "/a");
  EXPECT_EQ(path_of("http://host:1/metrics?x"), "/metrics");
  EXPECT_EQ(path_of("http://host"), "/");
  EXPECT_EQ(path_of("http://host?/metrics"), "/");
  EXPECT_EQ(path_of("*"), "*");
}

}  // namespace
}  // namespace trailbell::app

#include "trailbell/aws/sigv4.hpp"

#include <gtest/gtest.h>

namespace trailbell::aws {
namespace {

using std::chrono::seconds;

constexpr unix_time in_2015{seconds{1440938160}};  // 2015-08-30T12:36:00Z
constexpr unix_time in_2013{seconds{1369353600}};  // 2013-05-24T00:00:00Z

// AWS's published test suite for Signature Version 4: its keys, time, region and service.
struct published {
  const char* name = "";
  const char* method = "GET";
  const char* target = "/";
  std::vector<http_header> headers{};
  const char* body = "";
  path_form path = path_form::encoded_again;
  bool states_body = false;
  const char* token = "";
  const char* in_headers = "";  // the signature, where it is in a header
  const char* in_query = "";    // and in a URL
};

const std::vector<published> suite{
    {.name = "get_header_key_duplicate",
     .headers = {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
     .in_headers = "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
     .in_query = "3349ee0b81b4b589da0ff28a395c3591e04de515651dd74f298fa992d1507a97"},
    {.name = "get_header_value_multiline",
     .headers = {{"My-Header1", "value1\n  value2\n     value3"}},
     .in_headers = "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd",
     .in_query = "e6f5def831211aca02987a44b96826706278c7bc078112ae0263659c5b2f2d56"},
    {.name = "get_header_value_order",
     .headers = {{"My-Header1", "value4"},
                 {"My-Header1", "value1"},
                 {"My-Header1", "value3"},
                 {"My-Header1", "value2"}},
     .in_headers = "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
     .in_query = "313720e71ca6202fdcfa9b20f88de01a4eb0638a83c833b1c184359a4eda864e"},
    {.name = "get_header_value_trim",
     .headers = {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
     .in_headers = "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
     .in_query = "e7bb0fd515e125e1aec2ecc4c0c17484fb06f6846b927c35e46005dd3df3acd4"},
    {.name = "get_relative_normalized",
     .target = "/example/..",
     .in_headers = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
     .in_query = "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"},
    {.name = "get_relative_relative_normalized",
     .target = "/example1/example2/../..",
     .in_headers = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
     .in_query = "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"},
    {.name = "get_relative_relative_unnormalized",
     .target = "/example1/example2/../..",
     .path = path_form::as_sent,
     .in_headers = "dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b",
     .in_query = "b45db0bfd1cf15003493b733e33aa208dd981bd0e63037a6ed953f71d2118a16"},
    {.name = "get_relative_unnormalized",
     .target = "/example/..",
     .path = path_form::as_sent,
     .in_headers = "eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282",
     .in_query = "cbcb213b928a077e43275df47b500f1dfaa864ab3f5a18f6b95f4ff0938167ee"},
    {.name = "get_slash_dot_slash_normalized",
     .target = "/./",
     .in_headers = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
     .in_query = "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"},
    {.name = "get_slash_dot_slash_unnormalized",
     .target = "/./",
     .path = path_form::as_sent,
     .in_headers = "68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145",
     .in_query = "a9b13e8f3484d9505bf1a6f347219f8f35b0fe8f128ceea597efc146a3dfe90c"},
    {.name = "get_slash_normalized",
     .target = "//",
     .in_headers = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
     .in_query = "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"},
    {.name = "get_slash_pointless_dot_normalized",
     .target = "/./example",
     .in_headers = "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
     .in_query = "35034b1a0bdd969f346975386daf8aedfd4976573b8348cf4f67eaa41c5857de"},
    {.name = "get_slash_pointless_dot_unnormalized",
     .target = "/./example",
     .path = path_form::as_sent,
     .in_headers = "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff",
     .in_query = "72b11f16d9530b18204bfb71f2d6ab085894c0ed8d352730a6e76234c58b5e10"},
    {.name = "get_slash_unnormalized",
     .target = "//",
     .path = path_form::as_sent,
     .in_headers = "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e",
     .in_query = "b2a9542809db687769200f56a844a03f2bd0291d6eb90232d5101c6a579446cd"},
    {.name = "get_slashes_normalized",
     .target = "//example//",
     .in_headers = "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
     .in_query = "c1834e8fb0307243711f0f907f6ab7311ed300d87f13792d7ee4da89ab93e082"},
    {.name = "get_slashes_unnormalized",
     .target = "//example//",
     .path = path_form::as_sent,
     .in_headers = "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5",
     .in_query = "822a5a9ba28072c5ab2bb4a6307d0c88276d40e49fec6b724c03fb4d4ba60fc2"},
    {.name = "get_space_normalized",
     .target = "/example space/",
     .in_headers = "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
     .in_query = "7a1f416954786484c9824d93c1f26ef64acb9b1b6c9154d08c9f07d0e394abf6"},
    {.name = "get_unreserved",
     .target = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     .in_headers = "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
     .in_query = "95968482db1b9e0fadef6efc1bd24689f77c77d9ef56919c96a28cc92e0d6005"},
    {.name = "get_utf8",
     .target = "/\xe1\x88\xb4"
               "",
     .in_headers = "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
     .in_query = "10eae3f14a260bd3911cc6d008d3c576d143b05b62f09782a7a4b37f52178e44"},
    {.name = "get_vanilla",
     .in_headers = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
     .in_query = "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"},
    {.name = "get_vanilla_empty_query_key",
     .target = "/?Param1=value1",
     .in_headers = "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
     .in_query = "49096700cbbaa5753443850f40df10f904fc2fdb544dc9512203cc77c471a9de"},
    {.name = "get_vanilla_query_order_encoded",
     .target = "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
     .in_headers = "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
     .in_query = "c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787"},
    {.name = "get_vanilla_query_order_key_case",
     .target = "/?Param2=value2&Param1=value1",
     .in_headers = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
     .in_query = "86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5"},
    {.name = "get_vanilla_query_unreserved",
     .target = "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~"
               "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     .in_headers = "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
     .in_query = "8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf"},
    {.name = "get_vanilla_utf8_query",
     .target = "/?\xe1\x88\xb4"
               "=bar",
     .in_headers = "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
     .in_query = "0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600"},
    {.name = "get_vanilla_with_session_token",
     .token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267",
     .in_headers = "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
     .in_query = "7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c"},
    {.name = "post_header_key_sort",
     .method = "POST",
     .headers = {{"My-Header1", "value1"}},
     .in_headers = "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
     .in_query = "c09d07e0d55871f10f2a6d350d994acf6825a3cae70673d7def55616e6119dd7"},
    {.name = "post_header_value_case",
     .method = "POST",
     .headers = {{"My-Header1", "VALUE1"}},
     .in_headers = "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
     .in_query = "0698bc9e4f7f9139065ba2909c0e99da257e8e2a42492a097bcd46d792391fed"},
    {.name = "post_vanilla",
     .method = "POST",
     .in_headers = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
     .in_query = "2ce6e6d2e0cf2f9d1b55fafec88cd20574c31dc2e7631979f71ba2310083e95b"},
    {.name = "post_vanilla_empty_query_value",
     .method = "POST",
     .target = "/?Param1=value1",
     .in_headers = "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
     .in_query = "a9ef26247f293bffe40eeff86a0480ba8c14d31503b2e0c3399e3a16bf1a3682"},
    {.name = "post_x_www_form_urlencoded",
     .method = "POST",
     .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Content-Length", "13"}},
     .body = "Param1=value1",
     .states_body = true,
     .in_headers = "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
     .in_query = "89a40deed0f26f9461242825a082d2222717248abc7ab41f552ad84a94ad46e9"},
    {.name = "post_x_www_form_urlencoded_parameters",
     .method = "POST",
     .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                 {"Content-Length", "13"}},
     .body = "Param1=value1",
     .states_body = true,
     .in_headers = "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422",
     .in_query = "0dbeb9b026c7b6675f266b8427efec9b4fa8b1f6ef1477d717aea231106eab4d"},
};

credentials suite_keys(const published& one) {
  return {"AKIDEXAMPLE",
          secret{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"},
          secret{one.token},
          {},
          "suite"};
}

std::string behind(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(mark);
  return at == text.npos ? "" : text.substr(at + mark.size());
}

signable request_of(const published& one) {
  return {one.method, "example.amazonaws.com", one.target, one.headers, one.body};
}

TEST(sigv4, gives_the_published_signature_of_headers) {
  for (const published& one : suite) {
    const auto added = sign_headers(request_of(one), suite_keys(one),
                                    {"us-east-1", "service", one.path,
                                     one.states_body ? body_hash::stated : body_hash::none_stated},
                                    in_2015);
    EXPECT_EQ(behind(added.back().value, "Signature="), one.in_headers) << one.name;
  }
}

TEST(sigv4, gives_the_published_signature_of_urls) {
  for (const published& one : suite) {
    const std::string target = presign(request_of(one), suite_keys(one),
                                       {"us-east-1", "service", one.path}, in_2015, seconds{3600});
    EXPECT_EQ(behind(target, "X-Amz-Signature="), one.in_query) << one.name;
  }
}

TEST(sigv4, names_the_key_the_scope_and_what_it_signed) {
  const auto added = sign_headers({.host = "example.amazonaws.com"}, suite_keys({.token = "t"}),
                                  {"us-east-1", "service"}, in_2015);
  ASSERT_EQ(added.size(), 3);
  EXPECT_EQ(added[0].name, "X-Amz-Date");
  EXPECT_EQ(added[0].value, "20150830T123600Z");
  EXPECT_EQ(added[1].name, "X-Amz-Security-Token");
  EXPECT_EQ(added[1].value, "t");
  EXPECT_TRUE(added[2].value.starts_with(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
      "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="));
}

// The examples of S3's documentation, "Authenticating Requests".
const credentials s3_keys{
    "AKIAIOSFODNN7EXAMPLE", secret{"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, {}, {}, ""};
const signing_scope s3_scope{"us-east-1", "s3", path_form::as_sent, body_hash::stated};

std::string s3_signature(const std::string& method, const std::string& target,
                         const std::vector<http_header>& headers = {}, std::string_view body = {}) {
  const signable request{method, "examplebucket.s3.amazonaws.com", target, headers, body};
  return behind(sign_headers(request, s3_keys, s3_scope, in_2013).back().value, "Signature=");
}

TEST(sigv4, gives_the_signatures_of_the_examples_for_s3) {
  EXPECT_EQ(s3_signature("GET", "/test.txt", {{"Range", "bytes=0-9"}}),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(s3_signature("PUT", "/test%24file.text",
                         {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                          {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                         "Welcome to Amazon S3."),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  EXPECT_EQ(s3_signature("GET", "/?lifecycle"),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(s3_signature("GET", "/?max-keys=2&prefix=J"),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(sigv4, gives_the_url_of_the_example_for_s3) {
  EXPECT_EQ(presign({.host = "examplebucket.s3.amazonaws.com", .target = "/test.txt"}, s3_keys,
                    {"us-east-1", "s3", path_form::as_sent, body_hash::unsigned_}, in_2013,
                    seconds{86400}),
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F"
            "20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires="
            "86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(sigv4, leaves_a_path_of_s3_as_it_is_sent_and_encodes_that_of_others_again) {
  const auto signature = [](const char* target, path_form path) {
    return sign_headers({.host = "h", .target = target}, s3_keys, {"us-east-1", "x", path}, in_2013)
        .back()
        .value;
  };
  EXPECT_EQ(signature("/a%20b", path_form::as_sent), signature("/a b", path_form::encoded_again));
  EXPECT_NE(signature("/a%20b", path_form::as_sent), signature("/a%20b", path_form::encoded_again));
  EXPECT_EQ(signature("/a%2520b", path_form::as_sent),
            signature("/a%20b", path_form::encoded_again));
  EXPECT_NE(signature("/a//b", path_form::as_sent), signature("/a/b", path_form::as_sent));
}

TEST(sigv4, signs_a_request_with_its_port_and_leaves_the_agent_out) {
  http_request request{.url = "http://127.0.0.1:8080/a?b", .headers = {{"User-Agent", "x"}}};
  ASSERT_TRUE(sign(request, s3_keys, {"us-east-1", "s3"}, in_2013));
  EXPECT_NE(request.headers.back().value.find("SignedHeaders=host;x-amz-date,"), std::string::npos);
  const auto again = sign_headers({.host = "127.0.0.1:8080", .target = "/a?b"}, s3_keys,
                                  {"us-east-1", "s3"}, in_2013);
  EXPECT_EQ(request.headers.back().value, again.back().value);
  http_request none{.url = "nowhere"};
  EXPECT_FALSE(sign(none, s3_keys, {"us-east-1", "s3"}, in_2013));
}

}  // namespace
}  // namespace trailbell::aws

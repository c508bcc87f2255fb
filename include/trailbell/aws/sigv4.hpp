// sigv4: AWS's Signature Version 4, of a request's headers or of a URL. Pure.
//
// What is signed: method, path, query, Host, the given headers but those that proxies change, and
// the hash of the body. Source: AWS, "Signature Version 4 signing process"; its test suite.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/aws/credentials.hpp"
#include "trailbell/aws/http_client.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::aws {

// What a path is signed as. It comes with the encoding that it is sent with.
enum class path_form : std::uint8_t {
  encoded_again,  // without . and .. and empty segments, then encoded once more: all but S3
  as_sent,        // S3, whose keys may have any of these
};

enum class body_hash : std::uint8_t {
  none_stated,  // hashed, without a header that says so
  stated,       // hashed, and in x-amz-content-sha256: S3 wants that
  unsigned_,    // "UNSIGNED-PAYLOAD" in place of the hash: over TLS, to S3
};

struct signing_scope {
  std::string region, service;  // "us-east-1", "sqs"
  path_form path = path_form::encoded_again;
  body_hash body = body_hash::none_stated;
};

// What is signed of a request.
struct signable {
  std::string method = "GET";
  std::string host;          // as in the Host header: with a port that is not the usual one
  std::string target = "/";  // path and query
  std::vector<http_header> headers{};  // without Host
  std::string_view body = {};
};

// The headers that have to be added to those of the request: the signature and what goes with it.
[[nodiscard]] std::vector<http_header> sign_headers(const signable& request, const credentials& who,
                                                    const signing_scope& scope, unix_time now);

// The target that says all of it in its query, and is good for `expires` from `now` on. Only what
// is in the query and the given headers has to be sent.
[[nodiscard]] std::string presign(const signable& request, const credentials& who,
                                  const signing_scope& scope, unix_time now,
                                  std::chrono::seconds expires);

// Adds the headers to a request. Errors: usage, a URL that is none.
[[nodiscard]] result<done> sign(http_request& request, const credentials& who,
                                const signing_scope& scope, unix_time now);

// "20150830T123600Z"
[[nodiscard]] std::string basic_time(unix_time time);

}  // namespace trailbell::aws

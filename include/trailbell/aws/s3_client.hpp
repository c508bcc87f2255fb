// s3_client: objects of S3, read, listed and written.
//
// A bucket is asked where it is: S3 says so once, and it is remembered. With an endpoint_url the
// bucket stands in the path, else in the host's name where it can. An object whose connection is
// cut or stands still is gone on with from the byte that is missing, of the same version only.
//
// Thread-safety: none; several threads have a client each, and share credentials by
// share_credentials(). Blocking; where options.http.stop becomes true, calls end within a tenth of
// a second as passing. Errors: an s3_failure. Source: Amazon S3 API Reference, GetObject,
// ListObjectsV2, "Error responses"; User Guide, "Virtual hosting of buckets".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/aws/service_client.hpp"
#include "trailbell/aws/settings.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::aws {

struct s3_options {
  std::string region;        // of buckets that nothing is known of; empty: us-east-1
  std::string endpoint_url;  // empty: AWS's
  bool fips = false;
  bool dual_stack = false;
  std::optional<bool> path_style;  // nothing: with an endpoint_url, and where a name wants it
  int attempts_max = 3;
  http_options http;
  log_function log;
  // Injected by tests, as of service_options.
  std::function<unix_time()> now;
  std::function<void(std::chrono::milliseconds)> wait;
  std::function<double()> draw;
};
// Region, endpoint, addressing, proxy, authorities and attempts, as the settings have them.
[[nodiscard]] s3_options s3_options_of(const settings& from);

enum class s3_fault : std::uint8_t {
  no_such_key,
  no_such_bucket,
  access_denied,  // by S3 or by KMS; the message names the permission that is missing
  credentials,    // there are none, or AWS does not know or take them
  changed,        // it was replaced while it was read
  too_large,
  passing,  // network, throttling, 5xx, time: may succeed later
  other,
};
[[nodiscard]] const char* describe(s3_fault what) noexcept;  // "no such key"

struct s3_failure {
  s3_fault what;
  int status = 0;       // 0: no answer
  std::string code;     // S3's, "AccessDenied"
  std::string message;  // a sentence for a person, which names the object; printable
};

struct s3_get {
  std::string bucket, key;  // the key as it is: not encoded, of at least a byte
  std::string version_id{};
  std::size_t bytes_max = std::size_t{256} << 20U;
  std::chrono::milliseconds time_max{300'000};  // all of it, with what is done again
};

struct s3_put {
  std::string bucket, key;
  std::string bytes;
};

struct s3_object {
  std::string bytes;
  std::string etag;                   // with its quotes
  std::string last_modified;          // an HTTP date
  std::vector<http_header> metadata;  // user metadata: names without x-amz-meta-, in lower case
  int resumes = 0;                    // how often it was gone on with
};

struct s3_list {
  std::string bucket;
  std::string prefix{};
  std::string delimiter{};    // "/": what is in one folder
  std::string start_after{};  // keys behind this one
  int page_keys = 1000;       // 1 to 1000
};

struct s3_entry {
  std::string key;
  std::uint64_t bytes = 0;
  std::string etag;
  std::string last_modified;  // RFC 3339
};

struct s3_page {
  std::vector<s3_entry> objects;     // in the order of their keys' bytes
  std::vector<std::string> folders;  // prefixes up to and with the delimiter
};

class s3_client;

// The pages of one listing, each asked for when it is wanted, by any client: a listing may be gone
// on with on another thread.
class s3_listing {
 public:
  explicit s3_listing(s3_list wish) : wish_{std::move(wish)} {}
  // Nothing: there are no more. Behind a failure that is passing, the same page may be asked again.
  result<std::optional<s3_page>, s3_failure> next(s3_client& by);

 private:
  s3_list wish_;
  std::string token_;
  bool done_ = false;
};

class s3_client {
 public:
  // `who`: nullptr where requests are not signed; outlives the client. Errors: usage, an endpoint
  // or a region that is none; as open_http_client().
  static result<std::unique_ptr<s3_client>> open(s3_options options, credentials_source* who);
  s3_client(const s3_client&) = delete;
  s3_client& operator=(const s3_client&) = delete;
  ~s3_client();

  result<s3_object, s3_failure> get(const s3_get& wish);
  result<done, s3_failure> put(const s3_put& wish);

 private:
  friend class s3_listing;
  class state;
  explicit s3_client(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::aws

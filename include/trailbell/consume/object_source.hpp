// object_source: the objects that a list of paths means, files and objects of S3, one by one, in a
// fixed order: that of the paths; of files as archive_source has it, of S3 by the bytes of the key.
//
// s3://BUCKET/PREFIX is every object whose key begins with PREFIX. Its folders are listed on
// several threads, ahead of what is taken; what is taken is fetched on several others, ahead of who
// reads it, within a bound of bytes.
//
// Thread-safety: none, but stop may be set by anybody: then next() ends, and what is on its way
// fails as interrupted. Errors: an item that has a problem. Sources: Amazon S3 User Guide; AWS
// CloudTrail User Guide, "Finding your CloudTrail log files".
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/aws/s3_client.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/base/s3_limits.hpp"
#include "trailbell/consume/archive_source.hpp"
#include "trailbell/consume/file_bytes.hpp"

namespace trailbell::consume {

struct s3_location {
  std::string bucket, prefix;
};
[[nodiscard]] bool is_s3_url(std::string_view path) noexcept;
// Errors: usage, no bucket's name.
[[nodiscard]] result<s3_location> parse_s3_url(std::string_view url);

// How S3 is read.
struct s3_access {
  aws::s3_options client;
  std::shared_ptr<aws::credentials_source> who;  // share_credentials(); nullptr: not signed
  // Event times. In AWS's layout, folders of days that are more than a day off are not listed.
  std::optional<std::int64_t> from_ns, to_ns;
  int requests_max = limits::s3_requests_default;  // GETs at a time
  std::size_t bytes_ahead_max = limits::s3_ahead_bytes_max;
};

// Whether there is anything there: one request. Nothing: there is; else an error: not_found (no
// bucket, no key), unreadable.
[[nodiscard]] std::optional<error> look_at(const s3_location& place, const s3_access& access);

class object_source {
 public:
  // `access` may be nothing where no path is of S3. `control` outlives it, and what it gave.
  object_source(std::vector<std::string> paths, std::optional<s3_access> access,
                read_control& control);
  object_source(const object_source&) = delete;
  object_source& operator=(const object_source&) = delete;
  ~object_source();

  // Nothing: the end, or stopped.
  std::optional<archive_item> next();
  // False: next() would wait for a listing.
  [[nodiscard]] bool is_ready() const;
  // Begins to fetch an item of S3, in the order of the calls. False: there is no room for its bytes
  // until others were read.
  [[nodiscard]] bool try_fetch(archive_item& item);
  // The same, but waits for room, or until stopped.
  void fetch(archive_item& item);

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::consume

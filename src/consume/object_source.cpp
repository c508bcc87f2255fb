#include "trailbell/consume/object_source.hpp"

#include <utility>

#include "consume/s3_fetcher.hpp"
#include "consume/s3_layout.hpp"
#include "consume/s3_tries.hpp"
#include "consume/s3_walk.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::consume {
namespace {

constexpr std::string_view scheme = "s3://";

s3_opener opener_of(const s3_access& access) {
  return [access] { return aws::s3_client::open(access.client, access.who.get()); };
}

}  // namespace

bool is_s3_url(std::string_view path) noexcept {
  return path.starts_with(scheme);
}

result<s3_location> parse_s3_url(std::string_view url) {
  std::string_view rest = url.substr(std::min(scheme.size(), url.size()));
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view bucket = rest.substr(0, slash);
  if (bucket.empty() || bucket.find_first_of(":@?#%") != bucket.npos) {
    return error{errc::usage, std::string{url} + ": no bucket's name; write s3://BUCKET/PREFIX"};
  }
  return s3_location{std::string{bucket},
                     std::string{rest.substr(std::min(slash + 1, rest.size()))}};
}

std::optional<error> look_at(const s3_location& place, const s3_access& access) {
  const auto client = opener_of(access)();
  if (!client) {
    return client.failure();
  }
  aws::s3_list wish;
  wish.bucket = place.bucket;
  wish.prefix = place.prefix;
  wish.page_keys = 1;
  const std::atomic<bool> never{false};
  const std::atomic<bool>& stop =
      access.client.http.stop != nullptr ? *access.client.http.stop : never;
  aws::s3_listing listing{wish};
  const auto page = listing.next(*client.value());
  if (!page) {
    return error_of(page.failure(), place.bucket, place.prefix, stop);
  }
  if (!page.value() || page.value()->objects.empty()) {
    return error{errc::not_found, "there is no object whose key begins so"};
  }
  return std::nullopt;
}

class object_source::state {
 public:
  state(std::vector<std::string> paths, std::optional<s3_access> access, read_control& control)
      : paths_{std::move(paths)}, access_{std::move(access)}, control_{control} {
    if (access_) {
      fetcher_.emplace(
          s3_fetcher_options{opener_of(*access_), access_->requests_max, access_->bytes_ahead_max},
          control_);
    }
  }

  std::optional<archive_item> next() {
    while (!control_.stop.load(std::memory_order_relaxed)) {
      std::optional<archive_item> item = walk_    ? walk_->next()
                                         : files_ ? files_->next()
                                                  : std::nullopt;
      if (item) {
        return item;
      }
      walk_.reset();
      files_.reset();
      if (at_ == paths_.size()) {
        return std::nullopt;
      }
      if (std::optional<archive_item> problem = enter(paths_[at_++])) {
        return problem;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_ready() const { return !walk_ || walk_->is_ready(); }
  s3_fetcher& fetcher() { return *fetcher_; }

 private:
  std::optional<archive_item> enter(const std::string& path) {
    if (!is_s3_url(path) || !access_) {
      files_.emplace(std::vector<std::string>{path});
      return std::nullopt;
    }
    result<s3_location> of = parse_s3_url(path);
    if (!of) {
      archive_item item{path};
      item.problem = of.failure();
      return item;
    }
    s3_walk_options options;
    options.of = std::move(of.value());
    options.days = days_of(access_->from_ns, access_->to_ns);
    options.open = opener_of(*access_);
    walk_.emplace(std::move(options), control_.stop);
    return std::nullopt;
  }

  std::vector<std::string> paths_;
  std::size_t at_ = 0;
  std::optional<s3_access> access_;
  read_control& control_;
  std::optional<s3_fetcher> fetcher_;
  std::optional<s3_walk> walk_;  // of the path that is being walked; or
  std::optional<archive_source> files_;
};

object_source::object_source(std::vector<std::string> paths, std::optional<s3_access> access,
                             read_control& control)
    : state_{std::make_unique<state>(std::move(paths), std::move(access), control)} {}
object_source::~object_source() = default;

std::optional<archive_item> object_source::next() {
  return state_->next();
}

bool object_source::is_ready() const {
  return state_->is_ready();
}

bool object_source::try_fetch(archive_item& item) {
  return state_->fetcher().try_fetch(item);
}

void object_source::fetch(archive_item& item) {
  state_->fetcher().fetch(item);
}

}  // namespace trailbell::consume

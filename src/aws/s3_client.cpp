#include "trailbell/aws/s3_client.hpp"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "aws/s3_address.hpp"
#include "aws/s3_error.hpp"
#include "aws/s3_list_page.hpp"
#include "trailbell/aws/endpoint.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view region_by_default = "us-east-1";
// A page of a thousand keys of 1,024 bytes, each encoded in three, and what stands around them.
constexpr std::size_t page_bytes_max = std::size_t{16} << 20U;
// One attempt, and what may pass in it without a byte.
constexpr milliseconds attempt_time_max{120'000};
constexpr milliseconds idle_time_max{20'000};
// An attempt that brought this much does not count: a large object over a bad line comes to its end
// within its time.
constexpr std::size_t worth_a_resume = std::size_t{1} << 20U;
constexpr int resumes_max = 5;
constexpr milliseconds stop_interval{50};

// "bytes 100-199/200": where the part begins.
std::optional<std::size_t> begin_of(std::string_view content_range) {
  constexpr std::string_view unit = "bytes ";
  std::size_t begin = 0;
  if (!content_range.starts_with(unit)) {
    return std::nullopt;
  }
  content_range.remove_prefix(unit.size());
  const auto [end, failure] =
      std::from_chars(content_range.data(), content_range.data() + content_range.size(), begin);
  return failure == std::errc{} && end != content_range.data() + content_range.size() && *end == '-'
             ? std::optional{begin}
             : std::nullopt;
}

void take_head(const http_response& from, s3_object& into) {
  constexpr std::string_view own = "x-amz-meta-";
  into.etag = from.header("etag").value_or("");
  into.last_modified = from.header("last-modified").value_or("");
  into.metadata.clear();
  for (const http_header& each : from.headers) {
    const std::string name = fold_ascii(each.name);
    if (name.starts_with(own)) {
      into.metadata.push_back({name.substr(own.size()), each.value});
    }
  }
}

// Adds what came, wherever it stands. False: it stands nowhere.
bool take_part(http_response& part, s3_object& into) {
  if (part.status == 206) {
    const auto begin = begin_of(part.header("content-range").value_or(""));
    if (begin != into.bytes.size()) {
      return false;
    }
    into.bytes += part.body;
    return true;
  }
  take_head(part, into);
  into.bytes = std::move(part.body);
  return true;
}

}  // namespace

s3_options s3_options_of(const settings& from) {
  s3_options out;
  out.region = from.region();
  out.endpoint_url = from.endpoint_url("s3");
  out.fips = from.fips();
  out.dual_stack = from.dual_stack();
  const std::string style = from.find("", "s3.addressing_style").value_or("");
  if (style == "path" || style == "virtual") {
    out.path_style = style == "path";
  }
  out.attempts_max = from.attempts_max();
  out.http = from.http();
  return out;
}

const char* describe(s3_fault what) noexcept {
  switch (what) {
    case s3_fault::no_such_key:
      return "no such key";
    case s3_fault::no_such_bucket:
      return "no such bucket";
    case s3_fault::access_denied:
      return "access denied";
    case s3_fault::credentials:
      return "credentials";
    case s3_fault::changed:
      return "replaced while it was read";
    case s3_fault::too_large:
      return "too large";
    case s3_fault::passing:
      return "passing";
    case s3_fault::other:
      break;
  }
  return "other";
}

class s3_client::state {
 public:
  state(s3_options options, credentials_source* who) : options_{std::move(options)}, who_{who} {
    if (options_.region.empty()) {
      options_.region = region_by_default;
    }
    if (!options_.path_style && !options_.endpoint_url.empty()) {
      options_.path_style = true;
    }
    if (!options_.wait) {
      options_.wait = [stop = options_.http.stop](milliseconds time) {
        const auto until = steady_clock::now() + time;
        while (steady_clock::now() < until && (stop == nullptr || !stop->load())) {
          ::poll(nullptr, 0, static_cast<int>(std::min(time, stop_interval).count()));
        }
      };
    }
  }

  result<done> prepare() {
    const auto first = client_in(options_.region);
    return first ? result<done>{done{}} : result<done>{first.failure()};
  }

  result<s3_object, s3_failure> get(const s3_get& wish) {
    s3_object out;
    const auto until = steady_clock::now() + wish.time_max;
    int resumes_left = resumes_max;
    while (true) {
      http_response part;
      const std::size_t had = out.bytes.size();
      auto got =
          send({s3_action::get, wish.bucket, wish.key, ""}, get_request(wish, out, until, part));
      http_response& came = got ? got.value() : part;
      if (!got && part.status / 100 != 2) {
        return got.failure();
      }
      if (!take_part(came, out)) {
        return about(wish, s3_fault::other, "the server answers with another part than was asked");
      }
      if (got) {
        return out;
      }
      if (got.failure().what == s3_fault::too_large) {
        return about(wish, s3_fault::too_large,
                     "larger than " + std::to_string(wish.bytes_max) + " bytes");
      }
      // Without a version, what follows could be of another one.
      if (out.etag.empty()) {
        out.bytes.clear();
      }
      resumes_left -= out.bytes.size() >= had + worth_a_resume ? 0 : 1;
      if (resumes_left < 0 || is_stopped() || steady_clock::now() >= until) {
        return about(wish, s3_fault::passing,
                     got.failure().message + ", " + std::to_string(out.resumes) +
                         " times after it was gone on with");
      }
      ++out.resumes;
    }
  }

  result<done, s3_failure> put(const s3_put& wish) {
    service_request request;
    request.method = "PUT";
    request.target = "";
    request.body = wish.bytes;
    const auto got = send({s3_action::put, wish.bucket, wish.key, ""}, std::move(request));
    return got ? result<done, s3_failure>{done{}} : result<done, s3_failure>{got.failure()};
  }

  result<http_response, s3_failure> list(const s3_list& wish, std::string_view token) {
    service_request request;
    request.method = "GET";
    request.target = list_query(wish, token);
    request.body_bytes_max = page_bytes_max;
    return send({s3_action::list, wish.bucket, wish.prefix, ""}, std::move(request));
  }

 private:
  struct place {
    service_client* client;
    bool secure;
  };

  service_request get_request(const s3_get& wish, const s3_object& so_far,
                              steady_clock::time_point until, http_response& part) const {
    service_request request;
    request.method = "GET";
    request.target =
        wish.version_id.empty() ? "" : "?versionId=" + encode_percent(wish.version_id, "");
    if (!so_far.bytes.empty()) {
      request.headers = {{"Range", "bytes=" + std::to_string(so_far.bytes.size()) + "-"},
                         {"If-Match", so_far.etag}};
    }
    const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
    request.timeout = std::clamp(left, milliseconds{1}, attempt_time_max);
    request.idle_timeout = idle_time_max;
    request.body_bytes_max = wish.bytes_max - std::min(wish.bytes_max, so_far.bytes.size());
    request.cut = &part;
    return request;
  }

  bool is_stopped() const { return options_.http.stop != nullptr && options_.http.stop->load(); }

  // `request.target` is what stands behind the path.
  result<http_response, s3_failure> send(s3_subject subject, service_request request) {
    if (!is_bucket(subject.bucket)) {
      return s3_failure{s3_fault::other, 0, "", in_quotes(subject.bucket) + " is no bucket's name"};
    }
    if (subject.action != s3_action::list && subject.key.empty()) {
      return s3_failure{s3_fault::other, 0, "", "s3://" + subject.bucket + "/: an empty key"};
    }
    const std::string query = request.target;
    for (bool sent_elsewhere = false;; sent_elsewhere = true) {
      const auto known = regions_.find(subject.bucket);
      const std::string region = known == regions_.end() ? options_.region : known->second;
      subject.partition = partition_of(region);
      const result<place> where = client_in(region);
      if (!where) {
        return s3_failure{s3_fault::other, 0, "", where.failure().message};
      }
      const s3_address address =
          address_of(subject.bucket, subject.action == s3_action::list ? "" : subject.key,
                     where.value().secure, options_.path_style);
      request.host_prefix = address.host_prefix;
      request.target = address.target + query;
      auto got = where.value().client->send(request);
      if (got) {
        return std::move(got.value());
      }
      const std::string said = region_said(got.failure());
      if (sent_elsewhere || said.empty() || said == region) {
        return failure_of(got.failure(), subject);
      }
      regions_[subject.bucket] = said;
    }
  }

  result<place> client_in(const std::string& region) {
    const result<std::string> endpoint =
        endpoint_of({"s3", region, options_.fips, options_.dual_stack, options_.endpoint_url});
    if (!endpoint) {
      return endpoint.failure();
    }
    const bool secure = endpoint.value().starts_with("https:");
    std::unique_ptr<service_client>& kept = clients_[region];
    if (!kept) {
      service_options options;
      options.endpoint = endpoint.value();
      options.scope = {region, "s3", path_form::as_sent, body_hash::stated};
      options.attempts_max = options_.attempts_max;
      options.http = options_.http;
      options.log = options_.log;
      options.now = options_.now;
      options.wait = options_.wait;
      options.draw = options_.draw;
      auto opened = service_client::open(std::move(options), who_);
      if (!opened) {
        return opened.failure();
      }
      kept = std::move(opened.value());
    }
    return place{kept.get(), secure};
  }

  static s3_failure about(const s3_get& wish, s3_fault what, const std::string& why) {
    const std::string name = "s3://" + wish.bucket + "/" + wish.key;
    std::string shown;
    append_printable(why.starts_with(name) ? why : name + ": " + why, shown);
    return {what, 0, "", shown};
  }

  s3_options options_;
  credentials_source* who_;
  std::map<std::string, std::unique_ptr<service_client>> clients_;  // by region
  std::map<std::string, std::string> regions_;                      // of buckets, as S3 said
};

result<std::optional<s3_page>, s3_failure> s3_listing::next(s3_client& by) {
  if (done_) {
    return std::optional<s3_page>{};
  }
  auto got = by.state_->list(wish_, token_);
  if (!got) {
    return got.failure();
  }
  result<list_answer> read = read_list_answer(got.value().body);
  if (!read || read.value().next == (token_.empty() ? "-" : token_)) {
    return s3_failure{s3_fault::other, got.value().status, "",
                      "s3://" + wish_.bucket +
                          "/: " + (read ? "the listing goes in circles" : read.failure().message)};
  }
  token_ = std::move(read.value().next);
  done_ = token_.empty();
  return std::optional{std::move(read.value().page)};
}

s3_client::s3_client(std::unique_ptr<state> made) : state_{std::move(made)} {}
s3_client::~s3_client() = default;

result<std::unique_ptr<s3_client>> s3_client::open(s3_options options, credentials_source* who) {
  std::unique_ptr<s3_client> made{new s3_client{std::make_unique<state>(std::move(options), who)}};
  if (const result<done> ready = made->state_->prepare(); !ready) {
    return ready.failure();
  }
  return made;
}

result<s3_object, s3_failure> s3_client::get(const s3_get& wish) {
  return state_->get(wish);
}

result<done, s3_failure> s3_client::put(const s3_put& wish) {
  return state_->put(wish);
}

}  // namespace trailbell::aws

#include "consume/object_fetcher.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace trailbell::consume {
namespace {

get_failure failure_of(aws::s3_fault fault) {
  switch (fault) {
    case aws::s3_fault::no_such_key:
    case aws::s3_fault::no_such_bucket:
      return get_failure::missing;
    case aws::s3_fault::access_denied:
    case aws::s3_fault::credentials:
      return get_failure::denied;
    case aws::s3_fault::too_large:
      return get_failure::too_large;
    case aws::s3_fault::changed:
    case aws::s3_fault::passing:
      return get_failure::passing;
    case aws::s3_fault::other:
      break;
  }
  return get_failure::refused;
}

}  // namespace

void object_fetcher::run(bounded_queue<wanted_object>& wanted,
                         const std::function<void(fetched_object)>& on_fetched) {
  while (std::optional<wanted_object> one = wanted.pop()) {
    aws::s3_get wish;
    wish.bucket = std::move(one->bucket);
    wish.key = std::move(one->key);
    wish.bytes_max = object_bytes_max_;
    const auto began = std::chrono::steady_clock::now();
    auto got = store_->get(wish);
    fetched_object fetched;
    fetched.object = one->object;
    fetched.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (got) {
      fetched.bytes = std::move(got.value().bytes);
      fetched.etag = std::move(got.value().etag);
      std::erase(fetched.etag, '"');
    } else {
      fetched.failure = failure_of(got.failure().what);
      fetched.message = got.failure().message;
    }
    on_fetched(std::move(fetched));
  }
}

}  // namespace trailbell::consume

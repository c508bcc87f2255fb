// object_fetcher: gets objects of S3, one at a time, on a thread of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "consume/object_flow.hpp"
#include "trailbell/aws/s3_client.hpp"
#include "trailbell/base/bounded_queue.hpp"

namespace trailbell::consume {

class object_fetcher {
 public:
  object_fetcher(std::unique_ptr<aws::s3_client> store, std::size_t object_bytes_max)
      : store_{std::move(store)}, object_bytes_max_{object_bytes_max} {}

  // Until `wanted` is closed.
  void run(bounded_queue<wanted_object>& wanted,
           const std::function<void(fetched_object)>& on_fetched);

 private:
  std::unique_ptr<aws::s3_client> store_;
  std::size_t object_bytes_max_;
};

}  // namespace trailbell::consume

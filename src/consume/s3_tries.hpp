// What is done about a failure of S3: tried again where it is passing, else told.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "trailbell/aws/s3_client.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/base/s3_limits.hpp"

namespace trailbell::consume {

// Waits, or returns early where it is to stop.
void wait_unless(const std::atomic<bool>& stop, std::chrono::milliseconds time);

// `ask` again, after 1 s, 2 s, 4 s, while it fails for now, or an object was replaced while it was
// read. Each of its tries has made several already: an outage is sat out for some seconds more.
template <class Ask>
auto tried(Ask ask, const std::atomic<bool>& stop) {
  auto got = ask();
  std::chrono::milliseconds pause{1'000};
  for (int tries = 1; tries < limits::s3_tries_max && !got && !stop.load() &&
                      (got.failure().what == aws::s3_fault::passing ||
                       got.failure().what == aws::s3_fault::changed);
       ++tries) {
    wait_unless(stop, pause);
    pause *= 2;
    got = ask();
  }
  return got;
}

// Without the name of the object, which stands beside it.
[[nodiscard]] error error_of(const aws::s3_failure& why, const std::string& bucket,
                             const std::string& key, const std::atomic<bool>& stop);

}  // namespace trailbell::consume

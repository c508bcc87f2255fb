#include "consume/s3_tries.hpp"

#include <poll.h>

#include <algorithm>

#include "trailbell/base/text.hpp"

namespace trailbell::consume {

void wait_unless(const std::atomic<bool>& stop, std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds step{50};
  const auto until = std::chrono::steady_clock::now() + time;
  while (!stop.load() && std::chrono::steady_clock::now() < until) {
    ::poll(nullptr, 0, static_cast<int>(std::min(step, time).count()));
  }
}

error error_of(const aws::s3_failure& why, const std::string& bucket, const std::string& key,
               const std::atomic<bool>& stop) {
  if (stop.load()) {
    return {errc::interrupted, "stopped on request before it was read"};
  }
  std::string name;
  append_printable("s3://" + bucket + "/" + key + ": ", name);
  const std::string said =
      why.message.starts_with(name) ? why.message.substr(name.size()) : why.message;
  switch (why.what) {
    case aws::s3_fault::no_such_key:
    case aws::s3_fault::no_such_bucket:
      return {errc::not_found, said};
    case aws::s3_fault::too_large:
      return {errc::too_large, said};
    case aws::s3_fault::changed:
      return {errc::changed, said};
    case aws::s3_fault::credentials:  // without an answer: there are none
      return {why.status == 0 ? errc::usage : errc::unreadable, said};
    default:
      return {errc::unreadable, said};
  }
}

}  // namespace trailbell::consume

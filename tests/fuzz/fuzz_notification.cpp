// A message of a queue: what it announces can be asked for, and no message passes silently.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>

#include "fuzz/require.hpp"
#include "trailbell/consume/notification.hpp"

using namespace trailbell;
using test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body{reinterpret_cast<const char*>(data), size};
  const consume::notification got = consume::read_notification(body);
  for (const consume::announced_object& one : got.objects) {
    require(!one.bucket.empty() && !one.key.empty(), "an object without a name");
    require(!one.key.ends_with('/'), "a folder is no object");
    require(one.etag.find('"') == std::string::npos, "a quote in an ETag");
  }
  const auto counted = std::accumulate(got.notices.begin(), got.notices.end(), std::uint64_t{0});
  require(!got.objects.empty() || counted > 0 || got.has_records || !got.fault.empty(),
          "a message vanished");
  return 0;
}

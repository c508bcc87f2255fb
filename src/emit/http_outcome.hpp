// What an HTTP answer means for alerts. Pure.
//
// | answer | verdict |
// |---|---|
// | 2xx | accepted, whatever became of its body |
// | 408, 425, 429, 5xx | retry, after Retry-After where it is given |
// | 3xx, 401, 403, 407 | retry: the address or the credentials are wrong, which no other alert
// would
//   cure and an operator can; in quarantine every alert would be lost to its readers |
// | other 4xx (and what is no status) | refused: these alerts, here, never |
// | none | retry |
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/emit/sink.hpp"

namespace trailbell::emit {

struct answer_context {
  std::string origin;                // who answered
  std::vector<std::string> secrets;  // what a reason may not show, should the answer repeat it
  std::int64_t now_s = 0;            // since 1970
};

using http_result = result<aws::http_response, aws::net_failure>;
[[nodiscard]] delivery_result judge(const http_result& got, const answer_context& context);

// Seconds, or a date in any of the three forms of RFC 9110 section 5.6.7; nothing for another text.
// A date that has passed is no wait at all.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text,
                                                                         std::int64_t now_s);

}  // namespace trailbell::emit

#include "emit/http_outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string>

#include "trailbell/base/text.hpp"

namespace trailbell::emit {
namespace {

constexpr std::size_t piece_bytes_max = 300;

void hide(std::string_view secret, std::string& text) {
  constexpr std::string_view stars = "***";
  for (std::size_t at = 0; !secret.empty() && (at = text.find(secret, at)) != text.npos;
       at += stars.size()) {
    text.replace(at, secret.size(), stars);
  }
}

// The first of the answer, fit for a log: it was written by the receiver, and may repeat what an
// attacker wrote and what we sent.
std::string piece_of(std::string body, const answer_context& context) {
  for (const std::string& secret : context.secrets) {
    hide(secret, body);
  }
  const bool cut = body.size() > piece_bytes_max;
  std::string out;
  append_printable(std::string_view{body}.substr(0, piece_bytes_max), out);
  return out.empty() ? out : ": " + out + (cut ? "..." : "");
}

enum class meaning { accepted, again, wrong_address, wrong_credentials, refused };

meaning meaning_of(int status) {
  if (status / 100 == 2) {
    return meaning::accepted;
  }
  if (status / 100 == 5 || status == 408 || status == 425 || status == 429) {
    return meaning::again;
  }
  if (status / 100 == 3) {
    return meaning::wrong_address;
  }
  return status == 401 || status == 403 || status == 407 ? meaning::wrong_credentials
                                                         : meaning::refused;
}

delivery_result judge_response(const aws::http_response& response, const answer_context& context) {
  const meaning what = meaning_of(response.status);
  if (what == meaning::accepted) {
    return {};
  }
  constexpr std::array<std::string_view, 5> advice{
      "", "", " (it wants another address; correct the URL)",
      " (it does not take these credentials; correct them)", ""};
  delivery_result out;
  out.what = what == meaning::refused ? delivery::refused : delivery::retry;
  out.reason =
      fmt::format("{} answered {}{}{}", context.origin, response.status,
                  advice[static_cast<std::size_t>(what)], piece_of(response.body, context));
  if (const auto after = response.header("retry-after"); after && what == meaning::again) {
    out.wait = parse_retry_after(*after, context.now_s);
  }
  return out;
}

}  // namespace

delivery_result judge(const http_result& got, const answer_context& context) {
  if (got) {
    return judge_response(got.value(), context);
  }
  const aws::net_failure& failure = got.failure();
  if (failure.status != 0) {
    return judge_response({failure.status, {}, failure.message}, context);
  }
  return {delivery::retry, failure.message, std::nullopt};
}

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text,
                                                           std::int64_t now_s) {
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  constexpr std::int64_t longest_s = 365 * 86'400;
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (!text.empty() && end == text.data() + text.size()) {
    const bool too_many = failure == std::errc::result_out_of_range;
    return seconds < 0 ? std::nullopt
                       : std::optional{std::chrono::seconds{
                             too_many ? longest_s : std::min(seconds, longest_s)}};
  }
  const std::string ended{text};
  for (const char* const form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm when{};
    const char* const rest = ::strptime(ended.c_str(), form, &when);
    if (rest != nullptr && *rest == '\0') {
      const std::int64_t wait = ::timegm(&when) - now_s;
      return std::chrono::seconds{std::clamp<std::int64_t>(wait, 0, longest_s)};
    }
  }
  return std::nullopt;
}

}  // namespace trailbell::emit

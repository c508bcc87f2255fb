#include "trailbell/emit/splunk_hec_sink.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

#include "emit/alert_template.hpp"
#include "emit/http_post.hpp"
#include "emit/splunk_answer.hpp"
#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::emit {
namespace {

using std::chrono::steady_clock;

// A random UUID (RFC 9562 section 5.4), which names this sink to Splunk; empty where there is no
// randomness.
std::string make_channel() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return "";
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
  }
  return out;
}

class splunk_hec_sink final : public sink {
 public:
  splunk_hec_sink(splunk_hec_options options, http_post post, std::string ack_target)
      : options_{std::move(options)}, post_{std::move(post)}, ack_target_{std::move(ack_target)} {}

  delivery_result deliver(std::span<const alert* const> alerts) override {
    const http_result got = post_.send(body_of(alerts));
    delivery_result verdict = post_.judge(got);
    if (verdict.what != delivery::accepted || !options_.acknowledgement) {
      return verdict;
    }
    const auto id = got ? ack_id_of(got.value().body) : std::nullopt;
    if (!id) {
      return {delivery::retry,
              post_.origin() +
                  " gave no ackId: switch indexer acknowledgement on for its token, "
                  "or off for this sink",
              std::nullopt};
    }
    return wait_for(*id);
  }
  std::size_t alerts_max() const noexcept override {
    return std::max<std::size_t>(options_.alerts_max, 1);
  }
  void hurry() override {
    hurried_.close();
    post_.cancel();
  }

 private:
  std::string body_of(std::span<const alert* const> alerts) const {
    std::string out;
    for (const alert* const each : alerts) {
      const std::int64_t ns = parse_rfc3339(time_of(*each)).value_or(each->detected_at_ns);
      const std::int64_t ms = std::max<std::int64_t>(ns / 1'000'000, 0);
      out += fmt::format(R"({{"time":{}.{:03})", ms / 1000, ms % 1000);
      for (const auto& [name, value] :
           {std::pair{"source", &options_.source}, std::pair{"sourcetype", &options_.sourcetype},
            std::pair{"index", &options_.index}, std::pair{"host", &options_.host}}) {
        if (!value->empty()) {
          append_json_text(*value, out.append(fmt::format(",\"{}\":", name)));
        }
      }
      append_one(*each, options_.append, out.append(",\"event\":"));
      out.append("}\n");
    }
    return out;
  }

  // A lost answer is asked for again: Splunk tells of an id once it is written, and again until it
  // has been told.
  delivery_result wait_for(std::uint64_t id) {
    const auto until = steady_clock::now() + options_.ack_timeout;
    const std::string question = fmt::format(R"({{"acks":[{}]}})", id);
    std::string last = "no indexer has confirmed them";
    while (true) {
      const http_result got = post_.send_to(ack_target_, question);
      if (got && got.value().status == 200 && is_acked(got.value().body, id)) {
        return {};
      }
      if (const delivery_result verdict = post_.judge(got); verdict.what != delivery::accepted) {
        last = verdict.reason;
      }
      if (steady_clock::now() + options_.ack_interval >= until) {
        return {delivery::retry,
                fmt::format("{} did not acknowledge the alerts within {} s: {}", post_.origin(),
                            static_cast<double>(options_.ack_timeout.count()) / 1000, last),
                std::nullopt};
      }
      bool hurried = false;
      hurried_.pop_for(options_.ack_interval, hurried);
      if (hurried) {
        return {delivery::retry, post_.origin() + " had not acknowledged the alerts yet: " + last,
                std::nullopt};
      }
    }
  }

  splunk_hec_options options_;
  http_post post_;
  std::string ack_target_;
  bounded_queue<char> hurried_{1};  // closed: hurry
};

}  // namespace

result<std::unique_ptr<sink>> open_splunk_hec_sink(splunk_hec_options options) {
  if (options.token.empty()) {
    return error{errc::usage, "a Splunk sink needs the token of an HTTP Event Collector"};
  }
  const std::string channel = make_channel();
  if (channel.empty()) {
    return error{errc::unreadable, "the system gave no random bytes"};
  }
  std::string url = options.url;
  while (url.ends_with('/')) {
    url.pop_back();
  }
  std::vector<aws::http_header> headers{{"Authorization", "Splunk " + options.token}};
  if (options.acknowledgement) {
    headers.push_back({"X-Splunk-Request-Channel", channel});
  }
  result<http_post> post = http_post::open({.url = url + "/services/collector/event",
                                            .content_type = "application/json",
                                            .headers = std::move(headers),
                                            .secrets = {options.token},
                                            .http = options.http});
  if (!post) {
    return post.failure();
  }
  const result<aws::url> ack = aws::parse_url(url + "/services/collector/ack?channel=" + channel);
  return std::unique_ptr<sink>{std::make_unique<splunk_hec_sink>(
      std::move(options), std::move(post.value()), ack ? ack.value().target : "")};
}

}  // namespace trailbell::emit

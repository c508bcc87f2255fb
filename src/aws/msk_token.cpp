#include "trailbell/aws/msk_token.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "trailbell/aws/endpoint.hpp"
#include "trailbell/aws/sigv4.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

constexpr const char* service = "kafka-cluster";

std::string in_url_base64(std::string_view bytes) {
  std::string out = in_base64(bytes);
  out.resize(out.find_last_not_of('=') + 1);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

unix_time system_now() {
  return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
}

// Of one source of credentials, which is asked by one thread at a time.
class token_maker {
 public:
  token_maker(std::unique_ptr<credentials_source> who, msk_wish wish,
              std::function<unix_time()> now)
      : who_{std::move(who)}, wish_{std::move(wish)}, now_{std::move(now)} {}

  result<bearer_token> make() {
    const std::lock_guard alone{mutex_};
    const result<credentials> keys = who_->get();
    if (!keys) {
      return keys.failure();
    }
    const unix_time now = now_();
    if (keys.value().expires && *keys.value().expires <= now) {
      return error{errc::unreadable,
                   "the credentials that " + keys.value().source + " gave have expired already"};
    }
    return msk_token(keys.value(), wish_, now);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<credentials_source> who_;
  msk_wish wish_;
  std::function<unix_time()> now_;
};

}  // namespace

bearer_token msk_token(const credentials& who, const msk_wish& wish, unix_time now) {
  // In every partition: AWS's signers know no other name.
  const std::string host = "kafka." + wish.region + ".amazonaws.com";
  const std::string target =
      presign({.host = host, .target = "/?Action=kafka-cluster%3AConnect"}, who,
              {.region = wish.region, .service = service}, now, msk_token_life);
  const std::string url =
      "https://" + host + target + "&User-Agent=" + encode_percent(wish.user_agent, "");
  const unix_time end = now + msk_token_life;
  return {secret{in_url_base64(url)}, who.expires ? std::min(end, *who.expires) : end, service};
}

bearer_tokens msk_tokens(std::unique_ptr<credentials_source> who, msk_wish wish,
                         std::function<unix_time()> now) {
  return [maker = std::make_shared<token_maker>(std::move(who), std::move(wish), std::move(now))] {
    return maker->make();
  };
}

result<bearer_tokens> open_msk_tokens(credentials_options options, msk_wish wish) {
  if (wish.region.empty()) {
    const result<settings> found = load_settings(options.environment, options.profile);
    if (!found) {
      return found.failure();
    }
    wish.region = found.value().region();
  }
  if (!is_region(wish.region)) {
    return error{errc::usage,
                 wish.region.empty()
                     ? "no region of the cluster: write 'region', or set AWS_REGION"
                     : "the region of the cluster, " + in_quotes(wish.region) + ", is none"};
  }
  if (options.region.empty()) {
    options.region = wish.region;
  }
  const std::function<unix_time()> now = options.now ? options.now : system_now;
  result<std::unique_ptr<credentials_source>> who = open_credentials(std::move(options));
  if (!who) {
    return who.failure();
  }
  return msk_tokens(std::move(who.value()), std::move(wish), now);
}

}  // namespace trailbell::aws

#include "trailbell/aws/credentials_chain.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "aws/credential_providers.hpp"

namespace trailbell::aws {
namespace {

using std::chrono::seconds;

constexpr seconds refresh_before{300};
constexpr seconds jitter_max{60};
constexpr seconds again_after{30};

struct provider {
  const char* name;
  provider_answer (*ask)(const asking& with);
};
constexpr std::array<provider, 5> standard_order{{
    {"environment", ask_environment},
    {"shared files", ask_profile},
    {"web identity", ask_web_identity},
    {"container", ask_container},
    {"instance", ask_instance},
}};

class chain final : public credentials_source {
 public:
  chain(credentials_options options, settings config, std::unique_ptr<http_client> http)
      : options_{std::move(options)}, config_{std::move(config)}, http_{std::move(http)} {}

  result<credentials> get() override {
    const unix_time now = options_.now();
    if (kept_ && now < refresh_at_) {
      return *kept_;
    }
    result<credentials> found = find();
    if (!found) {
      return keep_or_fail(found.failure(), now);
    }
    if (found.value().expires && *found.value().expires <= now) {
      return keep_or_fail({errc::unreadable, "the credentials that " + found.value().source +
                                                 " gave have expired already"},
                          now);
    }
    kept_ = std::move(found.value());
    refresh_at_ = refresh_time(*kept_, now);
    return *kept_;
  }

  void forget() override { kept_.reset(); }

 private:
  // Those that are at hand are good until they expire.
  result<credentials> keep_or_fail(const error& failure, unix_time now) {
    if (!kept_ || (kept_->expires && *kept_->expires <= now)) {
      kept_.reset();
      return failure;
    }
    if (options_.log) {
      options_.log(log_level::warning,
                   "AWS credentials cannot be renewed; those at hand are kept: " + failure.message);
    }
    refresh_at_ = now + again_after;
    return *kept_;
  }

  unix_time refresh_time(const credentials& keys, unix_time now) const {
    if (!keys.expires) {
      return unix_time::max();
    }
    const seconds life = *keys.expires - now;
    const seconds before = std::min(refresh_before, life / 4);
    const seconds jitter{static_cast<std::int64_t>(
        options_.draw() * static_cast<double>(std::min(jitter_max, life / 8).count()))};
    return *keys.expires - before - jitter;
  }

  result<credentials> find() {
    const asking with{config_,      *http_,
                      options_.tls, options_.region.empty() ? config_.region() : options_.region,
                      options_.now, options_.log};
    result<credentials> found = ask_in_order(with);
    if (!found || options_.role.arn.empty()) {
      return found;
    }
    return assume_role(with, found.value(), options_.role);
  }

  result<credentials> ask_in_order(const asking& with) const {
    std::string tried;
    for (const provider& one : standard_order) {
      if (!options_.profile.empty() && one.ask != ask_profile) {
        continue;
      }
      provider_answer got = one.ask(with);
      if (!got) {
        return error{got.failure().code,
                     std::string{"AWS credentials, "} + one.name + ": " + got.failure().message};
      }
      if (got.value().keys) {
        return std::move(*got.value().keys);
      }
      tried += (tried.empty() ? "" : "; ") + std::string{one.name} + ": " + got.value().why_not;
    }
    return error{errc::usage, "no AWS credentials; asked in order: " + tried};
  }

  credentials_options options_;
  settings config_;
  std::unique_ptr<http_client> http_;
  std::optional<credentials> kept_;
  unix_time refresh_at_;
};

}  // namespace

result<std::unique_ptr<credentials_source>> open_credentials(credentials_options options) {
  result<settings> config = load_settings(options.environment, options.profile);
  if (!config) {
    return config.failure();
  }
  if (!options.now) {
    options.now = [] {
      return std::chrono::time_point_cast<seconds>(std::chrono::system_clock::now());
    };
  }
  if (!options.draw) {
    options.draw = [random = std::mt19937_64{std::random_device{}()}]() mutable {
      return std::uniform_real_distribution<double>{0, 1}(random);
    };
  }
  http_options to = config.value().http();
  if (!options.tls) {
    auto loaded = load_tls(to.tls);
    if (!loaded) {
      return loaded.failure();
    }
    options.tls = std::move(loaded.value());
  }
  to.loaded_tls = options.tls;
  result<std::unique_ptr<http_client>> http = open_http_client(to);
  if (!http) {
    return http.failure();
  }
  return std::unique_ptr<credentials_source>{std::make_unique<chain>(
      std::move(options), std::move(config.value()), std::move(http.value()))};
}

}  // namespace trailbell::aws

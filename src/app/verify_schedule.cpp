#include "app/verify_schedule.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "app/verify_controls.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/verify/aws_inventory.hpp"

namespace trailbell::app {
namespace {

constexpr std::string_view all_regions = "all";

verify::aws_inventory_options options_of(const verify_config& config) {
  verify::aws_inventory_options options;
  options.regions = config.regions;
  options.all_regions = std::erase(options.regions, all_regions) > 0;
  options.role.arn = config.role_arn;
  options.role.external_id = config.external_id;
  options.endpoint_url = config.endpoint_url;
  options.timeout = std::chrono::duration_cast<std::chrono::seconds>(config.timeout);
  return options;
}

std::string told(const verify::control_verdict& one) {
  const verify::chain_link* const broken = one.broken();
  return one.control + " is " + std::string{name_of(one.is)} +
         (broken == nullptr ? ": its alarm chain is whole"
                            : ": " + std::string{name_of(broken->link)} + " " + broken->resource +
                                  ": " + broken->reason);
}

}  // namespace

struct verify_schedule::state {
  state(const verify_config& config, std::vector<verify::control> of, run_log& to,
        observe::prometheus_meter& shown)
      : interval{config.interval},
        options{options_of(config)},
        controls{std::move(of)},
        log{to},
        meter{shown} {
    options.log = log.of("verify");
    for (const verify::control& control : controls) {
      meter.set_verdict(control.id, "");
    }
    thread = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
  }

  void run(const std::stop_token& stop) {
    options.stopped = [stop] { return stop.stop_requested(); };
    while (!stop.stop_requested()) {
      check(stop);
      std::unique_lock lock{mutex};
      changed.wait_for(lock, stop, interval, [] { return false; });
    }
  }

  void check(const std::stop_token& stop) {
    const result<verify::aws_inventory> got = verify::ask_aws(options);
    if (stop.stop_requested()) {
      return;  // what was left out is no verdict
    }
    if (!got) {
      for (const verify::control& control : controls) {
        tell(control.id, verify::verdict::undetermined,
             control.id + " is undetermined: " + got.failure().message);
        tell_links(control.id, nullptr);
      }
    } else {
      for (const verify::control& control : controls) {
        const verify::control_verdict one = verify::verify_chain(got.value().listed, control);
        tell(control.id, one.is, told(one));
        tell_links(control.id, &one);
      }
    }
    meter.set_verify_time(system_now_ns());
  }

  void tell(const std::string& control, verify::verdict is, const std::string& text) {
    meter.set_verdict(control, name_of(is));
    const auto [at, first] = before.try_emplace(control, is);
    if (first || at->second != is) {
      at->second = is;
      log.say(is == verify::verdict::present ? log_level::info : log_level::warning, "verify",
              text);
    }
  }

  // Each link by the worst that was said of it. One that was not looked at, as the chain ends
  // before it, has no verdict; where AWS did not answer (null), all are undetermined.
  void tell_links(const std::string& control, const verify::control_verdict* one) {
    std::vector<std::pair<std::string_view, std::string_view>> said;
    for (const verify::link_kind kind : verify::alarm_chain_links) {
      std::string_view worst = one == nullptr ? name_of(verify::verdict::undetermined) : "";
      auto is = verify::verdict::present;
      for (const verify::chain_link& link :
           one == nullptr ? std::vector<verify::chain_link>{} : one->links) {
        if (link.link == kind) {
          is = std::max(is, link.is);
          worst = name_of(is);
        }
      }
      said.emplace_back(name_of(kind), worst);
    }
    meter.set_links(control, said);
  }

  milliseconds interval;
  verify::aws_inventory_options options;
  std::vector<verify::control> controls;
  run_log& log;
  observe::prometheus_meter& meter;
  std::map<std::string, verify::verdict> before;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::jthread thread;  // the last: it uses the others
};

verify_schedule::verify_schedule(std::unique_ptr<state> made) : state_{std::move(made)} {}
verify_schedule::~verify_schedule() = default;

void verify_schedule::stop() {
  state_->thread.request_stop();
}

result<std::unique_ptr<verify_schedule>> verify_schedule::open(const verify_config& config,
                                                               run_log& log,
                                                               observe::prometheus_meter& meter) {
  result<std::vector<verify::control>> controls = controls_of(config.controls);
  if (!controls) {
    return error{errc::usage, "verify.controls: " + controls.failure().message};
  }
  if (config.interval.count() == 0) {
    return std::unique_ptr<verify_schedule>{};
  }
  return std::unique_ptr<verify_schedule>{new verify_schedule{
      std::make_unique<state>(config, std::move(controls.value()), log, meter)}};
}

}  // namespace trailbell::app

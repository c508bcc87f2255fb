#include "app/run_session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "app/app.hpp"
#include "app/health.hpp"
#include "app/http_server.hpp"
#include "app/rule_files.hpp"
#include "app/rule_watch.hpp"
#include "app/run_quarantine.hpp"
#include "app/service_manager.hpp"
#include "app/service_pages.hpp"
#include "app/status_page.hpp"
#include "app/verify_schedule.hpp"
#include "app/version.hpp"
#include "trailbell/base/cores.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/decode/decoder.hpp"
#include "trailbell/detect/iam_policy_events.hpp"
#include "trailbell/observe/prometheus_meter.hpp"
#include "trailbell/pipeline/service.hpp"

namespace trailbell::app {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr timespec signal_wait{0, 200'000'000};
// So long may the settling thread not go round before the process counts as dead.
constexpr std::int64_t silence_max_ns = 60 * second_ns;

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

sigset_t held_signals() {
  sigset_t held;
  sigemptyset(&held);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&held, signal);
  }
  return held;
}

// What readiness is made of, as the service names its parts.
std::vector<std::string> conditions_of(const run_parts& parts) {
  std::vector<std::string> all;
  all.reserve(parts.sources.size() + parts.sinks.size() + 1);
  for (const auto& source : parts.sources) {
    all.push_back(std::string{"source "} + source->name());
  }
  for (const pipeline::service_sink& sink : parts.sinks) {
    if (sink.required) {
      all.push_back("sink " + sink.name);
    }
  }
  all.emplace_back("quarantine");
  return all;
}

observe::prometheus_options meter_options(const run_parts& parts) {
  observe::prometheus_options options;
  options.version = version_number();
  options.commit = version_commit();
  options.simd = decode::simd_name();
  for (const auto& source : parts.sources) {
    options.sources.emplace_back(source->name());
  }
  for (const pipeline::service_sink& sink : parts.sinks) {
    options.sinks.push_back(sink.name);
    options.transactions = options.transactions || sink.by_transaction != nullptr;
  }
  options.parts = conditions_of(parts);
  options.event_names = detect::iam_policy_events;
  options.started_ns = system_now_ns();
  return options;
}

// Hands on what the service says: to the log, to the meter, and to what answers for health.
class surroundings final : public pipeline::service_listener {
 public:
  surroundings(run_log& log, emit::quarantine& quarantine, observe::prometheus_meter& meter,
               std::vector<std::string> conditions)
      : log_{log},
        quarantine_{quarantine},
        meter_{meter},
        conditions_{std::move(conditions)},
        alive_{{{"settling", silence_max_ns}}, steady_ns()},
        ready_{conditions_} {
    for (std::size_t i = 0; i < conditions_.size(); ++i) {
      if (!conditions_[i].starts_with("source ")) {
        ready_.set(i, "");
        meter_.set_ready(conditions_[i], "");
      }
    }
  }

  void on_trouble(std::string_view kind, const std::string& text) override {
    log_.say(log_level::warning, kind, text);
  }
  void on_news(std::string_view kind, const std::string& text) override {
    log_.say(log_level::info, kind, text);
  }
  void on_condition(const std::string& part, const std::string& not_ready) override {
    const auto known = std::find(conditions_.begin(), conditions_.end(), part);
    if (known != conditions_.end()) {
      ready_.set(static_cast<std::size_t>(known - conditions_.begin()), not_ready);
      meter_.set_ready(part, not_ready);
    }
    log_.say(not_ready.empty() ? log_level::info : log_level::warning, "condition",
             part + (not_ready.empty() ? " is ready" : ": " + not_ready));
  }
  void on_beat() override {
    alive_.beat(0, steady_ns());
    quarantine_.attend();
  }

  readiness& ready() noexcept { return ready_; }
  liveness& alive() noexcept { return alive_; }

 private:
  run_log& log_;
  emit::quarantine& quarantine_;  // of the thread that beats
  observe::prometheus_meter& meter_;
  std::vector<std::string> conditions_;
  liveness alive_;
  readiness ready_;
};

// Which thresholds and correlations go on with what they have counted.
std::string windows_told(const detect::correlation_plan& before,
                         const detect::correlation_plan& after) {
  const detect::node_map kept = kept_nodes(before, after);
  std::string anew;
  for (std::uint32_t node = 0; node < after.nodes().size(); ++node) {
    if (std::find(kept.begin(), kept.end(), node) == kept.end()) {
      anew += (anew.empty() ? "" : ", ") + std::string{after.nodes()[node].label.id};
    }
  }
  const auto count =
      std::count_if(kept.begin(), kept.end(), [](auto one) { return one.has_value(); });
  return (count > 0 ? fmt::format("; {} keep what they have counted", count) : "") +
         (anew.empty() ? "" : "; these count from now on: " + anew);
}

}  // namespace

void hold_signals() {
  const sigset_t held = held_signals();
  pthread_sigmask(SIG_BLOCK, &held, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on files is a full disk: a write says so
}

struct run_session::state {
  state(const service_config& from, run_parts parts, run_log& to, stop_request& asked,
        std::unique_ptr<emit::quarantine> kept_in, std::shared_ptr<const detect::rule_set> rules,
        service_manager told)
      : config{from},
        log{to},
        stop{asked},
        quarantine{std::move(kept_in)},
        manager{std::move(told)},
        meter{meter_options(parts)},
        around{to, *quarantine, meter, conditions_of(parts)},
        status{from},
        watch{from.rules.paths} {
    tell_rules(*rules);
    running = rules;
    pipeline::service_options options;
    options.lanes = lanes = from.threads > 0 ? from.threads : usable_cores();
    options.in_flight_bytes_max = from.delivery.max_in_flight_bytes;
    options.drain_timeout = from.delivery.drain_timeout;
    options.windows = std::move(parts.windows);
    service.emplace(
        options, std::move(rules), std::move(parts.sources), std::move(parts.sinks),
        [this](std::span<const pipeline::reject> some) { return keep(some); }, meter, around);
  }

  pipeline::kept_rejects keep(std::span<const pipeline::reject> some) {
    std::vector<emit::quarantine_entry> entries;
    entries.reserve(some.size());
    for (const pipeline::reject& one : some) {
      entries.push_back(entry_of(one));
    }
    emit::kept_entries kept = quarantine->put(entries);
    if (kept.cut > 0) {
      meter.add_quarantine_cut(kept.cut);
      log.say(log_level::warning, "quarantine.cut",
              fmt::format("{} of what went to quarantine is not whole there; beside each it is "
                          "said why",
                          kept.cut));
    }
    return {kept.count, std::move(kept.failure)};
  }

  void tell_rules(const detect::rule_set& rules) {
    std::vector<std::string> ids;
    for (const detect::rule_ptr& rule : rules.rules()) {
      ids.emplace_back(rule->info().label().id);
    }
    meter.set_rules(ids);
    status.set_rules(rules);
  }

  void reload_rules() {
    manager.reloading();
    if (auto rules = open_rule_set(config.rules.paths)) {
      tell_rules(*rules);
      log.say(log_level::info, "rules",
              fmt::format("{} rules are loaded{}", rules->rules().size(),
                          windows_told(running->correlations(), rules->correlations())));
      running = rules;
      service->use_rules(std::move(rules));
    } else {
      meter.add_reload_failure();
      log.say(log_level::error, "rules",
              "the rules have errors, which were said; those that ran go on");
    }
    manager.ready();
  }

  void on_signal(int signal) {
    if (signal == SIGHUP) {
      reload_rules();
      service->reopen_sinks();
    } else if (signal == SIGTERM || signal == SIGINT) {
      if (stopping) {
        log.say(log_level::warning, "stop",
                "stopped at once; what was not acknowledged comes again");
        _exit(exit_failure);
      }
      stop.store(true);
    }
  }

  void begin_stop() {
    stopping = true;
    manager.stopping();
    around.ready().set_stopping();
    log.say(log_level::info, "stop", "draining");
    service->stop();
    if (verifying) {
      verifying->stop();
    }
  }

  // On the main thread, until the service has ended.
  void attend(const std::atomic<bool>& ended) {
    const sigset_t held = held_signals();
    while (!ended.load()) {
      siginfo_t about{};
      const int signal = sigtimedwait(&held, &about, &signal_wait);
      if (signal > 0) {
        on_signal(signal);
      }
      if (stop.load() && !stopping) {
        begin_stop();
      }
      if (config.rules.reload && watch.changed()) {
        reload_rules();
      }
      if (around.alive().report(steady_ns()).good) {
        manager.beat(steady_ns());
      }
      log.tick();
    }
  }

  const service_config& config;
  int lanes = 1;
  run_log& log;
  stop_request& stop;
  std::unique_ptr<emit::quarantine> quarantine;
  service_manager manager;
  observe::prometheus_meter meter;
  surroundings around;
  status_page status;
  rule_watch watch;
  std::shared_ptr<const detect::rule_set> running;  // the rules
  std::optional<pipeline::service> service;
  std::unique_ptr<http_server> server;
  std::unique_ptr<verify_schedule> verifying;  // null: not wanted
  bool stopping = false;
};

run_session::run_session(std::unique_ptr<state> owned) : state_{std::move(owned)} {}
run_session::~run_session() = default;

result<std::unique_ptr<run_session>> run_session::open(const service_config& config,
                                                       run_parts parts, run_log& log,
                                                       stop_request& stop) {
  std::shared_ptr<const detect::rule_set> rules = open_rule_set(config.rules.paths);
  if (!rules) {
    return error{errc::usage, "the rules have errors"};
  }
  result<std::unique_ptr<emit::quarantine>> quarantine = open_quarantine(config.quarantine, log);
  if (!quarantine) {
    return quarantine.failure();
  }
  result<service_manager> manager = service_manager::open(service_manager_environment());
  if (!manager) {
    return manager.failure();
  }
  auto made =
      std::make_unique<state>(config, std::move(parts), log, stop, std::move(quarantine.value()),
                              std::move(rules), std::move(manager.value()));
  if (!config.metrics.listen.empty()) {
    http_server_options options;
    options.listen = config.metrics.listen;
    result<std::unique_ptr<http_server>> server = http_server::open(
        std::move(options),
        service_pages({
            .scrape = [&shown = *made] { return shown.meter.scrape(); },
            .alive = [&shown = *made] { return shown.around.alive().report(steady_ns()); },
            .ready = [&shown = *made] { return shown.around.ready().report(); },
            .status = [&shown = *made] { return shown.status.text(shown.meter.canaries()); },
        }));
    if (!server) {
      return error{errc::usage, "metrics.listen: " + server.failure().message};
    }
    made->server = std::move(server.value());
  }
  result<std::unique_ptr<verify_schedule>> verifying =
      verify_schedule::open(config.verify, log, made->meter);
  if (!verifying) {
    return verifying.failure();
  }
  made->verifying = std::move(verifying.value());
  return std::unique_ptr<run_session>{new run_session{std::move(made)}};
}

int run_session::run() {
  state& s = *state_;
  if (s.server) {
    s.log.say(log_level::info, "start", "metrics and health are at " + s.server->bound_address());
  }
  s.log.say(log_level::info, "start",
            "what cannot be read goes to " + place_of(s.config.quarantine));
  s.log.say(log_level::info, "start", fmt::format("lanes that decode: {}", s.lanes));
  std::atomic<bool> ended{false};
  std::optional<result<done>> went;
  std::thread running{[&] {
    went.emplace(s.service->run());
    ended.store(true);
  }};
  s.manager.ready();
  s.attend(ended);
  running.join();
  if (s.server) {
    s.server->stop();
  }
  if (!*went) {
    s.log.say(log_level::error, "stop", went->failure().message);
    return exit_failure;
  }
  s.log.say(log_level::info, "stop", "everything that was taken is delivered and acknowledged");
  return exit_done;
}

}  // namespace trailbell::app

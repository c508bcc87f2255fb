// What the service shows of itself, without the service: its metrics and its health, on an address,
// with what it is told on stdin.
//
// Usage: service_probe LISTEN [REQUEST_MS IDLE_MS ANSWER_MS]. Prints `listening ADDRESS`, then a
// line for each line of stdin that it has done: `add N`, `grow BYTES`, `ready`, `hang`, `stop`.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "app/health.hpp"
#include "app/http_server.hpp"
#include "app/service_pages.hpp"
#include "trailbell/detect/iam_policy_events.hpp"
#include "trailbell/observe/prometheus_meter.hpp"

namespace {

using namespace trailbell;

batch_counts ten_records() {
  batch_counts counts;
  counts.objects = 1;
  counts.bytes_read = 1'000;
  counts.bytes_inflated = 10'000;
  counts.decoded.records = 10;
  counts.decoded.rejected = 1;
  counts.matched = 3;
  counts.findings = counts.findings_by_rule["cis-4.4"] = 3;
  counts.suppressed_by_dedup = 1;
  counts.alerts[{"cis-4.4", severity::high}] = 2;
  counts.policy_changes[6] = {2, 1};
  counts.changes_by_actor["Root"] = {2, 1};
  counts.quarantined["rejected"] = 1;
  counts.event_ages = {12, 340, 100'000};
  return counts;
}

observe::prometheus_options all_sources() {
  return {.version = "0",
          .commit = "0",
          .simd = "none",
          .sources = {"kafka", "file", "s3"},
          .sinks = {"alerts"},
          .parts = {"quarantine"},
          .event_names = detect::iam_policy_events,
          .started_ns = 1};
}

std::int64_t steady_now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds{1};
}

class probe {
 public:
  app::http_answer answer(std::string_view path) {
    if (path == "/grown") {
      return {.body = std::string(grown, 'x')};
    }
    if (path == "/throws") {
      throw std::runtime_error{"what the client does not learn"};
    }
    return pages_(path);
  }

  observe::prometheus_meter meter{all_sources()};
  app::readiness ready{{"source kafka"}};
  app::liveness alive{{{"settling", 60'000'000'000}}, steady_now_ns()};
  std::atomic<std::size_t> grown{0};

 private:
  app::http_handler pages_ = app::service_pages({
      .scrape = [this] { return meter.scrape(); },
      .alive = [this] { return alive.report(steady_now_ns()); },
      .ready = [this] { return ready.report(); },
      .status = [] { return std::string{"{}\n"}; },
  });
};

}  // namespace

int main(int count, char** words) {
  app::http_server_options options;
  options.listen = count > 1 ? words[1] : "";
  if (count > 4) {
    options.request_time_max = std::chrono::milliseconds{std::stoi(words[2])};
    options.idle_time_max = std::chrono::milliseconds{std::stoi(words[3])};
    options.answer_time_max = std::chrono::milliseconds{std::stoi(words[4])};
  }
  probe shown;
  const std::string rules[] = {"cis-4.4", "a \"quoted\" rule"};
  shown.meter.set_rules(rules);
  auto opened =
      app::http_server::open(options, [&](std::string_view path) { return shown.answer(path); });
  if (!opened.ok()) {
    std::cerr << opened.failure().message << '\n';
    return 2;
  }
  std::cout << "listening " << opened.value()->bound_address() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream parts{line};
    std::string what;
    std::size_t number = 0;
    parts >> what >> number;
    if (what == "add") {
      const partition_lag lags[] = {{"trail", 0, 7}};
      shown.meter.set_lags(lags);
      shown.meter.add_group_events({number, 2 * number});
      shown.meter.set_ready("quarantine", "");
      shown.meter.set_verdict("cis-4.4", "missing");
      shown.meter.set_links(
          "cis-4.4", std::array{std::pair<std::string_view, std::string_view>{"alarm", "missing"}});
      shown.meter.set_verify_time(2'000'000'000);
      shown.meter.add_delivery("alerts", "accepted", 2 * number, 0.01);
      for (; number > 0; --number) {
        shown.meter.add("kafka", ten_records(), 2'000'000'000);
      }
    } else if (what == "grow") {
      shown.grown = number;
    } else if (what == "ready") {
      shown.ready.set(0, "");
    } else if (what == "hang") {
      shown.alive.beat(0, steady_now_ns() - 3'600'000'000'000);
    } else if (what == "stop") {
      opened.value()->stop();
    }
    std::cout << line << std::endl;
  }
  return 0;
}

// A member of a group, as tests drive it: in small steps, until a condition holds.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/test_kafka.hpp"
#include "trailbell/consume/kafka_source.hpp"

namespace trailbell::consume {

using namespace std::chrono_literals;

inline kafka_source_options quick_options(const std::string& brokers) {
  kafka_source_options options;
  options.brokers = brokers;
  options.topics = {"t"};
  options.group_id = "g";
  options.commit_interval = 20ms;
  options.lag_interval = 20ms;
  options.drain_timeout = 5s;
  options.properties = {{"heartbeat.interval.ms", "50"},
                        {"fetch.wait.max.ms", "20"},
                        {"fetch.error.backoff.ms", "20"}};
  return options;
}

struct kafka_member {
  explicit kafka_member(kafka_source_options options) {
    options.log = [this](log_level level, std::string_view text) {
      log.emplace_back(level, std::string{text});
    };
    result<std::unique_ptr<consume::source>> opened = open_kafka_source(std::move(options));
    EXPECT_TRUE(opened.ok());
    source = std::move(opened.value());
  }
  ~kafka_member() { crash(); }

  // As a process that is killed: no word to anyone.
  void crash() {
    batches.clear();
    source.reset();
  }

  // One step; what was taken is kept, unsettled.
  bool step(std::chrono::milliseconds wait = 5ms) {
    result<std::optional<source_batch>> taken = source->take(wait);
    if (!taken) {
      failure = taken.failure().message;
      return false;
    }
    if (taken.value()) {
      batches.push_back(std::move(*taken.value()));
      return true;
    }
    return false;
  }
  bool step_until(const std::function<bool()>& condition, std::chrono::seconds bound = 60s) {
    const auto end = std::chrono::steady_clock::now() + bound;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end || !failure.empty()) {
        return condition();
      }
      step();
    }
    return true;
  }
  [[nodiscard]] std::size_t taken() const {
    std::size_t count = 0;
    for (const source_batch& batch : batches) {
      count += batch.objects.size();
    }
    return count;
  }
  bool take(std::size_t objects) {
    return step_until([&] { return taken() >= objects; });
  }
  // "0 1 2": the values, in the order in which they came.
  [[nodiscard]] std::string values() const {
    std::string all;
    for (const source_batch& batch : batches) {
      for (const source_object& object : batch.objects) {
        all += (all.empty() ? "" : " ") + std::string{object.bytes};
      }
    }
    return all;
  }
  void settle_all(outcome what) {
    for (const source_batch& batch : batches) {
      source->settle(batch.receipt, what);
    }
    batches.clear();
  }
  [[nodiscard]] bool logged(std::string_view part) const {
    for (const auto& [level, text] : log) {
      if (text.find(part) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  std::vector<std::pair<log_level, std::string>> log;
  std::unique_ptr<consume::source> source;
  std::vector<source_batch> batches;
  std::string failure;
};

}  // namespace trailbell::consume

// The flow, and what stands around it: a clock that is turned, queues whose chores are noted.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "consume/object_flow.hpp"

namespace trailbell::consume {

class ObjectFlow : public testing::Test {
 protected:
  void make(flow_options options = {}) { flow_.emplace(std::move(options), 2); }

  static announced_object object(const std::string& key, std::uint64_t bytes = 1'000) {
    announced_object one;
    one.bucket = "b";
    one.key = key;
    one.bytes = bytes;
    one.event_ns = 0;
    return one;
  }
  message_number announce(std::vector<announced_object> objects, int receive_count = 1,
                          std::string fault = {}, bool records = false) {
    received_message message;
    message.number = ++last_;
    message.queue_name = "q";
    message.id = "m" + std::to_string(last_);
    message.receipt = "r" + std::to_string(last_);
    message.body = "body";
    message.receive_count = receive_count;
    message.sent_ns = now_.ns;
    message.said.objects = std::move(objects);
    message.said.fault = std::move(fault);
    message.said.has_records = records;
    flow_->add(std::move(message), now_);
    return last_;
  }
  void pass(std::chrono::nanoseconds time) {
    now_.steady += time;
    now_.ns += time.count();
  }
  std::vector<wanted_object> wanted() {
    std::vector<wanted_object> all;
    while (auto one = flow_->next_wanted(now_.steady)) {
      all.push_back(*one);
    }
    return all;
  }
  void got(const wanted_object& one, const std::string& bytes = "bytes") {
    flow_->fetched({one.object, {}, bytes, {}, 0.02}, now_);
  }
  void failed(const wanted_object& one, get_failure why) {
    flow_->fetched({one.object, why, {}, "why it failed", 0}, now_);
  }
  std::vector<source_batch> batches() {
    std::vector<source_batch> all;
    while (auto one = flow_->next_batch()) {
      all.push_back(std::move(*one));
    }
    return all;
  }
  void settle(const source_batch& one, outcome what = outcome::acked) {
    flow_->settle(one.receipt, what, now_);
  }
  // "remove r1", "release r2 after 0"
  std::vector<std::string> chores() {
    std::vector<std::string> all;
    while (auto one = flow_->next_chore()) {
      const queue_chore& chore = one->second;
      all.push_back(chore.what == queue_chore::kind::remove
                        ? "remove " + chore.receipt
                        : "release " + chore.receipt + " after " +
                              std::to_string(chore.hidden_for.count()));
    }
    return all;
  }
  std::uint64_t counted(object_outcome what) {
    return flow_->status(now_.ns).objects[static_cast<std::size_t>(what)];
  }

  std::optional<object_flow> flow_;
  flow_time now_{steady_time_point{} + std::chrono::hours{1}, 1'000'000'000'000};
  message_number last_ = 0;
};

}  // namespace trailbell::consume

#include "trailbell/consume/kafka_source.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "consume/kafka_group.hpp"
#include "consume/kafka_progress.hpp"
#include "consume/kafka_settings.hpp"
#include "kafka/client_log.hpp"
#include "kafka/configuration.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Longer than any question of kafka_progress may take.
constexpr milliseconds answer_wait{7'000};

// What wakes a take() that waits: any queue that was empty, from librdkafka's threads.
class wake_up {
 public:
  wake_up() : fd_{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
    ensure(fd_ >= 0, "an eventfd can be had");
  }
  wake_up(const wake_up&) = delete;
  wake_up& operator=(const wake_up&) = delete;
  ~wake_up() { close(fd_); }

  static void ring(rd_kafka_t* /*client*/, void* self) {
    const std::uint64_t one = 1;
    // Fails only where it is rung already, more often than can be counted.
    [[maybe_unused]] const auto written = write(static_cast<wake_up*>(self)->fd_, &one, sizeof one);
  }
  void reset() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = read(fd_, &count, sizeof count);
  }
  void wait(milliseconds bound) const {
    pollfd ready{fd_, POLLIN, 0};
    poll(&ready, 1, static_cast<int>(bound.count()));
  }

 private:
  int fd_;
};

class kafka_source final : public source {
 public:
  kafka_source(kafka_source_options options, kafka::client_handle client, bool read_committed);
  ~kafka_source() override;

  result<done> subscribe();

  [[nodiscard]] const char* name() const noexcept override { return "kafka"; }
  result<std::optional<source_batch>> take(milliseconds wait) override;
  result<done> attend() override;
  void settle(receipt_id receipt, outcome what) override;
  std::vector<receipt_id> take_given_up() override { return group_->take_given_up(); }
  std::optional<std::string> take_membership() override { return group_->take_membership(); }
  void look_back(std::chrono::nanoseconds how_far) override {
    group_->look_back(std::chrono::ceil<milliseconds>(how_far));
  }
  void stop() override { stopping_ = true; }
  result<done> close() override;
  [[nodiscard]] source_status status() const override;
  [[nodiscard]] std::size_t ahead_bytes() const noexcept override {
    return options_.prefetch_bytes;
  }

 private:
  std::optional<source_batch> next_batch();
  void serve_events();
  void await_answer(bool serving);
  void serve(rd_kafka_event_t* event);
  void take_ping();
  void on_error(rd_kafka_event_t* event);

  kafka_source_options options_;
  wake_up wake_;
  kafka::client_handle client_;
  kafka::queue_handle queue_;  // rebalances, commits, ends, errors and the log; no messages
  std::optional<kafka_group> group_;
  std::optional<kafka_progress> progress_;
  std::size_t turn_ = 0;  // whose partition's turn it is
  bool stopping_ = false;
  std::string trouble_;  // what librdkafka last complained of, until something succeeds
  std::optional<std::string> failure_;
};

kafka_source::kafka_source(kafka_source_options options, kafka::client_handle client,
                           bool read_committed)
    : options_{std::move(options)}, client_{std::move(client)} {
  rd_kafka_poll_set_consumer(client_.get());
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  rd_kafka_queue_cb_event_enable(queue_.get(), wake_up::ring, &wake_);
  rd_kafka_set_log_queue(client_.get(), queue_.get());
  group_.emplace(client_.get(), queue_.get(), options_, wake_up::ring, &wake_);
  progress_.emplace(client_.get(), queue_.get(), options_, read_committed, wake_up::ring, &wake_);
}

// Without close() this is how a process ends that was killed: nothing is committed.
kafka_source::~kafka_source() {
  await_answer(false);
  progress_.reset();
  group_.reset();
  if (queue_) {
    rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
    queue_.reset();
  }
}

result<done> kafka_source::subscribe() {
  const kafka::partition_list topics = kafka::make_list(options_.topics.size());
  for (const std::string& topic : options_.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t failed = rd_kafka_subscribe(client_.get(), topics.get());
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error{errc::usage, std::string{"Kafka topics: "} + rd_kafka_err2str(failed)};
  }
  return done{};
}

result<std::optional<source_batch>> kafka_source::take(milliseconds wait) {
  const steady_time end = steady_clock::now() + wait;
  while (true) {
    wake_.reset();
    if (result<done> attended = attend(); !attended) {
      return attended.failure();
    }
    if (std::optional<source_batch> batch = next_batch()) {
      return batch;
    }
    const auto left = duration_cast<milliseconds>(end - steady_clock::now());
    if (failure_) {
      continue;
    }
    if (left <= milliseconds::zero()) {
      return std::optional<source_batch>{};
    }
    wake_.wait(std::min(left, options_.commit_interval));
  }
}

// One batch of each partition in turn, so that a busy one keeps no other waiting.
std::optional<source_batch> kafka_source::next_batch() {
  const auto& owned = group_->owned();
  if (stopping_) {
    return std::nullopt;
  }
  if (std::optional<source_batch> left = group_->take_left()) {
    return left;
  }
  for (std::size_t tried = 0; tried < owned.size(); ++tried) {
    kafka_partition& partition = *owned[turn_++ % owned.size()];
    const kafka_partition* const rereading = group_->rereading();
    std::optional<source_batch> batch =
        partition.gather({options_.batch_bytes, options_.batch_messages,
                          rereading == nullptr || rereading == &partition});
    if (partition.failure()) {
      failure_ = partition.failure();
    }
    if (batch) {
      trouble_.clear();
      return batch;
    }
  }
  return std::nullopt;
}

result<done> kafka_source::attend() {
  serve_events();
  const steady_time now = steady_clock::now();
  group_->attend(now);
  progress_->attend(*group_, now);
  take_ping();
  if (failure_) {
    return error{errc::unreadable, "Kafka: " + *failure_};
  }
  return done{};
}

void kafka_source::serve_events() {
  while (const kafka::event_handle event{rd_kafka_queue_poll(queue_.get(), 0)}) {
    serve(event.get());
  }
}

void kafka_source::serve(rd_kafka_event_t* event) {
  switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_REBALANCE:
      group_->on_rebalance(event);
      break;
    case RD_KAFKA_EVENT_OFFSET_COMMIT:
      group_->on_commit(event);
      break;
    case RD_KAFKA_EVENT_LISTOFFSETS_RESULT:
      trouble_ = progress_->on_ends(event, *group_, steady_clock::now());
      break;
    case RD_KAFKA_EVENT_ERROR:
      on_error(event);
      break;
    case RD_KAFKA_EVENT_LOG:
      kafka::pass_on(event, options_.log);
      break;
    case RD_KAFKA_EVENT_FETCH:
      failure_ = "a message came by another way than its partition's queue";
      break;
    default:
      break;
  }
}

// A broker that answers is not yet a group that has us, nor one that has our partitions.
void kafka_source::take_ping() {
  std::optional<std::string> problem = progress_->take_ping();
  if (problem && (!problem->empty() || (group_->joined() && group_->owned().empty()))) {
    trouble_ = std::move(*problem);
  }
}

void kafka_source::on_error(rd_kafka_event_t* event) {
  const rd_kafka_resp_err_t code = rd_kafka_event_error(event);
  if (code == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_event_error_is_fatal(event) != 0) {
    std::array<char, 512> said{};
    rd_kafka_fatal_error(client_.get(), said.data(), said.size());
    failure_ = said.data();
    return;
  }
  trouble_ = rd_kafka_event_error_string(event);
  if (options_.log) {
    options_.log(log_level::warning, "Kafka: " + trouble_);
  }
}

void kafka_source::settle(receipt_id receipt, outcome what) {
  group_->note_settled(receipt);
  kafka_partition* const partition = group_->of(receipt);
  if (partition == nullptr) {
    return;
  }
  if (what == outcome::acked) {
    partition->ack(receipt);
  } else {
    partition->nack(receipt);
  }
}

// No client is destroyed while a question is open. `serving`: the group's events still count.
void kafka_source::await_answer(bool serving) {
  const steady_time end = steady_clock::now() + answer_wait;
  while (queue_ && progress_ && progress_->is_asking() && steady_clock::now() < end) {
    const kafka::event_handle event{rd_kafka_queue_poll(queue_.get(), 100)};
    const rd_kafka_event_type_t type = event ? rd_kafka_event_type(event.get()) : 0;
    if (event && (serving || type == RD_KAFKA_EVENT_LISTOFFSETS_RESULT)) {
      serve(event.get());
    }
  }
}

result<done> kafka_source::close() {
  stopping_ = true;
  if (!queue_) {
    return done{};
  }
  serve_events();
  await_answer(true);
  progress_.reset();
  const bool left = group_->leave(options_.drain_timeout);
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  queue_.reset();
  if (!left) {
    return error{errc::unreadable, "Kafka: leaving the group took longer than " +
                                       std::to_string(options_.drain_timeout.count()) + " ms"};
  }
  return done{};
}

source_status kafka_source::status() const {
  source_status said;
  said.lags = kafka_progress::lags(*group_);
  said.dropped = group_->dropped();
  said.rebalances = group_->rebalances();
  if (failure_) {
    said.not_ready = *failure_;
  } else if (!trouble_.empty()) {
    said.not_ready = trouble_;
  } else if (!group_->joined()) {
    said.not_ready = "not in the group " + options_.group_id + " yet";
  } else {
    said.not_ready = kafka_progress::stalled(*group_);
  }
  return said;
}

}  // namespace

result<std::unique_ptr<source>> open_kafka_source(kafka_source_options options) {
  if (options.brokers.empty() || options.topics.empty() || options.group_id.empty()) {
    return error{errc::usage, "a Kafka source needs brokers, topics and a group_id"};
  }
  result<kafka::configuration> settings = configure_source(options);
  if (!settings) {
    return settings.failure();
  }
  kafka::configuration& configuration = settings.value();
  const bool read_committed = configuration.get("isolation.level") == "read_committed";
  rd_kafka_conf_set_events(configuration.conf(), RD_KAFKA_EVENT_REBALANCE |
                                                     RD_KAFKA_EVENT_OFFSET_COMMIT |
                                                     RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
  result<kafka::client_handle> client = configuration.make(RD_KAFKA_CONSUMER);
  if (!client) {
    return client.failure();
  }
  auto made =
      std::make_unique<kafka_source>(std::move(options), std::move(client.value()), read_committed);
  if (result<done> subscribed = made->subscribe(); !subscribed) {
    return subscribed.failure();
  }
  return std::unique_ptr<source>{std::move(made)};
}

}  // namespace trailbell::consume

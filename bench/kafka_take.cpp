// What the Kafka source costs beside a bare consumer: messages a second of a loop over take() that
// acks all, and of a loop over rd_kafka_consumer_poll, in turn, on one topic that is full.
// Usage: bench_kafka_take BROKERS TOPIC [ROUNDS]
#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "kafka/configuration.hpp"
#include "trailbell/consume/kafka_source.hpp"

namespace {

using namespace trailbell;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

// One run: messages and bytes, timed from the first message on, so that joining the group is left
// out. It ends when nothing has come for a second.
struct run {
  std::size_t messages = 0, bytes = 0;
  steady_clock::time_point first{}, last{};

  void add(std::size_t count, std::size_t size) {
    last = steady_clock::now();
    if (messages == 0) {
      first = last;
    }
    messages += count;
    bytes += size;
  }
  [[nodiscard]] bool over() const { return messages > 0 && steady_clock::now() - last > 1s; }
  void print(const char* name) const {
    const double seconds = std::chrono::duration<double>(last - first).count();
    std::printf("%-5s %9zu messages %7.3f s %10.0f messages/s %7.1f MB/s\n", name, messages,
                seconds, static_cast<double>(messages) / seconds,
                static_cast<double>(bytes) / seconds / 1e6);
  }
};

std::string group(const char* name, int round) {
  return std::string{name} + std::to_string(getpid()) + "-" + std::to_string(round);
}

void take(const char* brokers, const char* topic, int round) {
  consume::kafka_source_options options;
  options.brokers = brokers;
  options.topics = {topic};
  options.group_id = group("take", round);
  auto opened = consume::open_kafka_source(std::move(options));
  run seen;
  while (opened && !seen.over()) {
    auto taken = opened.value()->take(100ms);
    if (!taken) {
      std::fprintf(stderr, "%s\n", taken.failure().message.c_str());
      std::exit(3);
    }
    if (taken.value()) {
      const consume::source_batch& batch = *taken.value();
      std::size_t bytes = 0;
      for (const consume::source_object& object : batch.objects) {
        bytes += object.bytes.size();
      }
      seen.add(batch.objects.size(), bytes);
      opened.value()->settle(batch.receipt, consume::outcome::acked);
    }
  }
  seen.print("take");
}

void poll(const char* brokers, const char* topic, int round) {
  kafka::configuration configuration;
  for (const auto& [name, value] : kafka::properties{{"bootstrap.servers", brokers},
                                                     {"group.id", group("poll", round)},
                                                     {"auto.offset.reset", "earliest"},
                                                     {"queued.max.messages.kbytes", "16384"},
                                                     {"fetch.max.bytes", "16777216"},
                                                     {"fetch.queue.backoff.ms", "5"}}) {
    if (!configuration.set(name, value)) {
      std::exit(2);
    }
  }
  auto client = configuration.make(RD_KAFKA_CONSUMER);
  rd_kafka_t* const consumer = client.value().get();
  rd_kafka_poll_set_consumer(consumer);
  const kafka::partition_list topics = kafka::make_list(1);
  rd_kafka_topic_partition_list_add(topics.get(), topic, RD_KAFKA_PARTITION_UA);
  rd_kafka_subscribe(consumer, topics.get());
  run seen;
  while (!seen.over()) {
    const kafka::message_handle message{rd_kafka_consumer_poll(consumer, 100)};
    if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      seen.add(1, message->len);
    }
  }
  seen.print("poll");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_kafka_take BROKERS TOPIC [ROUNDS]\n");
    return 2;
  }
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 3;
  for (int round = 0; round < rounds; ++round) {
    poll(argv[1], argv[2], round);
    take(argv[1], argv[2], round);
  }
}

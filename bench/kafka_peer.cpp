// What `trailbell run` is measured against, each as bare as it can be:
//   count BROKERS TOPIC MESSAGES [PROPERTY=VALUE...]   a batch consumer that only counts
//   relay BROKERS FROM TO MESSAGES                     consumes one message, produces it, and so on
//   inflate THREADS MESSAGES < PATHS                   gzip files from memory through libdeflate
// One JSON object on standard output. `count` is timed from the first messages to the last: joining
// the group is left out.
#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include "kafka_client.hpp"

namespace {

using namespace bench;
namespace kafka = trailbell::kafka;

constexpr int wait_ms = 100;
constexpr std::size_t messages_a_call = 10'000;
constexpr std::size_t inflated_max = std::size_t{256} << 20U;

std::string group(const char* name) {
  return std::string{"bench-"} + name + "-" + std::to_string(getpid());
}

int count(const words& given) {
  const std::size_t wanted = std::stoull(given.at(2));
  const auto client =
      make_consumer(given[0], given[1], group("count"), {given.begin() + 3, given.end()});
  const kafka::queue_handle queue{rd_kafka_queue_get_consumer(client.get())};
  std::vector<rd_kafka_message_t*> some(messages_a_call);
  std::size_t messages = 0;
  std::size_t bytes = 0;
  std::size_t first_messages = 0;
  steady_clock::time_point first;
  while (messages < wanted) {
    const ssize_t got =
        rd_kafka_consume_batch_queue(queue.get(), wait_ms, some.data(), some.size());
    for (ssize_t i = 0; i < got; ++i) {
      rd_kafka_message_t* const message = some[static_cast<std::size_t>(i)];
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++messages;
        bytes += message->len;
      }
      rd_kafka_message_destroy(message);
    }
    if (first_messages == 0 && messages > 0) {
      first_messages = messages;
      first = steady_clock::now();
    }
  }
  const double seconds = seconds_between(first, steady_clock::now());
  std::printf(R"({"messages":%zu,"bytes":%zu,"seconds":%.4f,"per_second":%.0f})"
              "\n",
              messages, bytes, seconds, static_cast<double>(messages - first_messages) / seconds);
  return 0;
}

int relay(const words& given) {
  const std::size_t wanted = std::stoull(given.at(3));
  const auto consumer = make_consumer(given[0], given[1], group("relay"), {});
  const auto producer = make_client(
      RD_KAFKA_PRODUCER,
      {"bootstrap.servers=" + given[0], "linger.ms=0", "acks=all", "enable.idempotence=true"});
  const kafka::topic_handle topic{rd_kafka_topic_new(producer.get(), given[2].c_str(), nullptr)};
  for (std::size_t done = 0; done < wanted;) {
    const kafka::message_handle message{rd_kafka_consumer_poll(consumer.get(), wait_ms)};
    if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_produce(topic.get(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, message->payload,
                       message->len, nullptr, 0, nullptr);
      ++done;
    }
    rd_kafka_poll(producer.get(), 0);
  }
  rd_kafka_flush(producer.get(), 10'000);
  return 0;
}

std::vector<std::string> read_objects() {
  std::vector<std::string> objects;
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream in{path, std::ios::binary};
    objects.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
  }
  return objects;
}

int inflate(const words& given) {
  // Each message has memory of its own, as where it comes from a broker: none is in a cache.
  const std::vector<std::string> files = read_objects();
  const std::size_t total = std::stoull(given.at(1));
  std::vector<std::string> objects;
  for (std::size_t i = 0; i < total; ++i) {
    objects.push_back(files[i % files.size()]);
  }
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> bytes{0};
  std::atomic<bool> failed{false};
  const auto work = [&] {
    libdeflate_decompressor* const inflater = libdeflate_alloc_decompressor();
    std::vector<char> out(1U << 20U);
    for (std::size_t i = 0; (i = next.fetch_add(1)) < total && !failed;) {
      const std::string& object = objects[i];
      std::size_t size = 0;
      libdeflate_result got = LIBDEFLATE_INSUFFICIENT_SPACE;
      while ((got = libdeflate_gzip_decompress(inflater, object.data(), object.size(), out.data(),
                                               out.size(), &size)) ==
                 LIBDEFLATE_INSUFFICIENT_SPACE &&
             out.size() < inflated_max) {
        out.resize(out.size() * 2);
      }
      failed = failed || got != LIBDEFLATE_SUCCESS;
      bytes += size;
    }
    libdeflate_free_decompressor(inflater);
  };
  const auto began = steady_clock::now();
  std::vector<std::thread> threads;
  for (std::size_t i = std::stoull(given[0]); i > 0; --i) {
    threads.emplace_back(work);
  }
  for (std::thread& each : threads) {
    each.join();
  }
  const double seconds = seconds_between(began, steady_clock::now());
  if (failed) {
    die("one of the files is no gzip of a single member");
  }
  std::printf(R"({"messages":%zu,"bytes":%zu,"seconds":%.4f,"per_second":%.0f})"
              "\n",
              total, bytes.load(), seconds, static_cast<double>(total) / seconds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const words given{argv + std::min(argc, 2), argv + argc};
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "count" && given.size() >= 3) {
    return count(given);
  }
  if (what == "relay" && given.size() == 4) {
    return relay(given);
  }
  if (what == "inflate" && given.size() == 2) {
    return inflate(given);
  }
  std::fprintf(stderr, "usage: see the head of bench/kafka_peer.cpp\n");
  return 2;
}

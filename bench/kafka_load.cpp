// Puts load on a broker, and takes the time of what comes out:
//   lines BROKERS TOPIC PARTITIONS MESSAGES FILE [PROPERTY=VALUE...]
//       each line of FILE in turn is a message, its eventID made unique
//   objects BROKERS TOPIC PARTITIONS MESSAGES [PROPERTY=VALUE...] < PATHS
//       each file in turn is a message
//   latency BROKERS FROM TO MESSAGES INTERVAL_MS
//       from producing a record to FROM until its eventID is read in a message of TO
// One JSON object on standard output.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>

#include "kafka_client.hpp"

namespace {

using namespace bench;
namespace kafka = trailbell::kafka;

constexpr std::string_view id_key = R"("eventID":")";
constexpr int start_wait_s = 60;
constexpr int answer_wait_s = 10;

// Eight hex digits of each eventID in a line say which message it is.
void number_ids(std::string& line, std::size_t number) {
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08zx", number);
  for (std::size_t at = line.find(id_key); at != std::string::npos; at = line.find(id_key, at)) {
    at += id_key.size();
    if (at + 8 <= line.size()) {
      std::memcpy(line.data() + at, digits.data(), 8);
    }
  }
}

// Returns once all are stored.
void produce(const words& given, words properties,
             const std::function<std::string&(std::size_t)>& message) {
  properties.insert(properties.begin(),
                    {"bootstrap.servers=" + given[0], "linger.ms=50", "batch.size=1000000",
                     "message.max.bytes=8000000", "queue.buffering.max.kbytes=262144"});
  const auto client = make_client(RD_KAFKA_PRODUCER, properties);
  const kafka::topic_handle topic{rd_kafka_topic_new(client.get(), given[1].c_str(), nullptr)};
  const auto partitions = static_cast<std::size_t>(std::stoi(given[2]));
  const std::size_t messages = std::stoull(given[3]);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < messages; ++i) {
    std::string& value = message(i);
    bytes += value.size();
    while (rd_kafka_produce(topic.get(), static_cast<std::int32_t>(i % partitions),
                            RD_KAFKA_MSG_F_COPY, value.data(), value.size(), nullptr, 0,
                            nullptr) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        die(rd_kafka_err2str(rd_kafka_last_error()));
      }
      rd_kafka_poll(client.get(), 10);
    }
    rd_kafka_poll(client.get(), 0);
  }
  if (rd_kafka_flush(client.get(), 300'000) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    die("not all was stored within five minutes");
  }
  std::printf(R"({"messages":%zu,"bytes":%zu})"
              "\n",
              messages, bytes);
}

int lines(const words& given) {
  std::ifstream in{given.at(4)};
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);) {
    all.push_back(line);
  }
  produce(given, {given.begin() + 5, given.end()}, [&](std::size_t i) -> std::string& {
    std::string& line = all.at(i % all.size());
    number_ids(line, i);
    return line;
  });
  return 0;
}

int objects(const words& given) {
  std::vector<std::string> all;
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream in{path, std::ios::binary};
    all.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
  }
  produce(given, {given.begin() + 4, given.end()},
          [&](std::size_t i) -> std::string& { return all.at(i % all.size()); });
  return 0;
}

std::string policy_change(const std::string& id) {
  return R"({"eventVersion":"1.08","eventTime":"2026-03-04T05:06:07Z","eventSource":)"
         R"("iam.amazonaws.com","eventName":"CreatePolicy","awsRegion":"us-east-1",)"
         R"("userIdentity":{"type":"IAMUser","userName":"alice","accountId":"111122223333"},)"
         R"("recipientAccountId":"111122223333","eventID":")" +
         id + "\"}";
}

// Reads until `id` is in a message; false where that takes too long.
bool await(rd_kafka_t* consumer, const std::string& id, std::chrono::seconds bound) {
  const auto end = steady_clock::now() + bound;
  while (steady_clock::now() < end) {
    const kafka::message_handle message{rd_kafka_consumer_poll(consumer, 100)};
    if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR &&
        std::string_view{static_cast<const char*>(message->payload), message->len}.find(id) !=
            std::string_view::npos) {
      return true;
    }
  }
  return false;
}

int latency(const words& given) {
  const std::size_t messages = std::stoull(given.at(3));
  const std::chrono::milliseconds interval{std::stoi(given.at(4))};
  const auto producer =
      make_client(RD_KAFKA_PRODUCER, {"bootstrap.servers=" + given[0], "linger.ms=0", "acks=all"});
  const kafka::topic_handle topic{rd_kafka_topic_new(producer.get(), given[1].c_str(), nullptr)};
  const auto consumer = make_consumer(given[0], given[2], "bench-latency-" + given[2], {});
  const std::string run = std::to_string(steady_clock::now().time_since_epoch().count());
  std::vector<double> took;
  for (std::size_t i = 0; i <= messages; ++i) {
    const std::string id = run + "-" + std::to_string(i) + "-";
    const std::string value = policy_change(id);
    const auto began = steady_clock::now();
    rd_kafka_produce(topic.get(), 0, RD_KAFKA_MSG_F_COPY, const_cast<char*>(value.data()),
                     value.size(), nullptr, 0, nullptr);
    // The first one waits for everybody to be there, and does not count.
    if (!await(consumer.get(), id, std::chrono::seconds{i == 0 ? start_wait_s : answer_wait_s})) {
      die("nothing came back");
    }
    if (i > 0) {
      took.push_back(1e3 * seconds_between(began, steady_clock::now()));
    }
    while (steady_clock::now() < began + interval) {
      rd_kafka_poll(producer.get(), 1);
    }
  }
  std::sort(took.begin(), took.end());
  const auto at = [&](double share) {
    return took[std::min(took.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(took.size())))];
  };
  std::printf(R"({"messages":%zu,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f})"
              "\n",
              took.size(), at(0.5), at(0.99), took.back());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const words given{argv + std::min(argc, 2), argv + argc};
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "lines" && given.size() >= 5) {
    return lines(given);
  }
  if (what == "objects" && given.size() >= 4) {
    return objects(given);
  }
  if (what == "latency" && given.size() == 5) {
    return latency(given);
  }
  std::fprintf(stderr, "usage: see the head of bench/kafka_load.cpp\n");
  return 2;
}

#include "support/test_kafka.hpp"

#include "kafka/configuration.hpp"
#include "trailbell/base/ensure.hpp"

namespace trailbell::test {
namespace {

// Longer than librdkafka rests before it tries again to reach a broker that was away (10 s).
constexpr int wait_ms = 60'000;

kafka::client_handle client(rd_kafka_type_t type, const kafka::properties& properties) {
  kafka::configuration configuration;
  for (const auto& [name, value] : properties) {
    ensure(configuration.set(name, value).ok(), "the property is sound");
  }
  result<kafka::client_handle> made = configuration.make(type);
  ensure(made.ok(), "a client can be made");
  return std::move(made.value());
}

// flush() waits for nothing: until it is called, all comes together into one batch a partition.
void put(rd_kafka_t* producer, const std::string& topic, int partition,
         const std::vector<std::optional<std::string>>& values) {
  const kafka::topic_handle to{rd_kafka_topic_new(producer, topic.c_str(), nullptr)};
  for (const std::optional<std::string>& value : values) {
    std::string bytes = value.value_or("");
    const int failed =
        rd_kafka_produce(to.get(), partition, RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK,
                         value ? bytes.data() : nullptr, bytes.size(), "key", 3, nullptr);
    ensure(failed == 0, "a message can be produced");
  }
  ensure(rd_kafka_flush(producer, wait_ms) == 0, "all was stored");
}

}  // namespace

mock_kafka::mock_kafka(int brokers)
    : kafka_client{client(RD_KAFKA_PRODUCER, {{"test.mock.num.brokers", std::to_string(brokers)},
                                              {"linger.ms", "50"},
                                              {"log_level", "2"}})},
      cluster_{rd_kafka_handle_mock_cluster(producer_.get())} {
  rd_kafka_mock_group_initial_rebalance_delay_ms(cluster_, 0);
}

std::string mock_kafka::brokers() const {
  return rd_kafka_mock_cluster_bootstraps(cluster_);
}

void mock_kafka::create_topic(const std::string& name, int partitions) const {
  ensure(rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1) == 0,
         "a topic can be made");
}

real_kafka::real_kafka(std::string brokers)
    : kafka_client{client(RD_KAFKA_PRODUCER,
                          {{"bootstrap.servers", brokers}, {"linger.ms", "50"}})},
      brokers_{std::move(brokers)} {}

void real_kafka::create_topic(const std::string& name, int partitions) const {
  const kafka::queue_handle answers{rd_kafka_queue_new(producer_.get())};
  rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(name.c_str(), partitions, 1, nullptr, 0);
  rd_kafka_CreateTopics(producer_.get(), &topic, 1, nullptr, answers.get());
  rd_kafka_NewTopic_destroy(topic);
  const kafka::event_handle answer{rd_kafka_queue_poll(answers.get(), wait_ms)};
  ensure(answer && rd_kafka_event_error(answer.get()) == RD_KAFKA_RESP_ERR_NO_ERROR,
         "a topic can be made");
}

void real_kafka::delete_topic(const std::string& name) const {
  const kafka::queue_handle answers{rd_kafka_queue_new(producer_.get())};
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(name.c_str());
  rd_kafka_DeleteTopics(producer_.get(), &topic, 1, nullptr, answers.get());
  rd_kafka_DeleteTopic_destroy(topic);
  const kafka::event_handle answer{rd_kafka_queue_poll(answers.get(), wait_ms)};
  ensure(answer && rd_kafka_event_error(answer.get()) == RD_KAFKA_RESP_ERR_NO_ERROR,
         "a topic can be deleted");
}

void real_kafka::produce_in_transaction(
    const std::string& topic, int partition,
    const std::vector<std::optional<std::string>>& values) const {
  const kafka::client_handle producer =
      client(RD_KAFKA_PRODUCER, {{"bootstrap.servers", brokers_}, {"transactional.id", topic}});
  const auto sound = [](rd_kafka_error_t* failed) {
    const kafka::error_handle owned{failed};
    ensure(!owned, "a transaction can be made");
  };
  sound(rd_kafka_init_transactions(producer.get(), wait_ms));
  sound(rd_kafka_begin_transaction(producer.get()));
  put(producer.get(), topic, partition, values);
  sound(rd_kafka_commit_transaction(producer.get(), wait_ms));
}

void kafka_client::produce(const std::string& topic, int partition,
                           const std::vector<std::optional<std::string>>& values) const {
  put(producer_.get(), topic, partition, values);
}

void kafka_client::produce_numbers(const std::string& topic, int partition, int from,
                                   int to) const {
  std::vector<std::optional<std::string>> values;
  for (int i = from; i < to; ++i) {
    values.emplace_back(std::to_string(i));
  }
  produce(topic, partition, values);
}

std::int64_t kafka_client::committed(const std::string& group, const std::string& topic,
                                     int partition) const {
  const kafka::client_handle reader =
      client(RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers()}, {"group.id", group}});
  const kafka::partition_list list = kafka::make_list(1);
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  ensure(rd_kafka_committed(reader.get(), list.get(), wait_ms) == RD_KAFKA_RESP_ERR_NO_ERROR,
         "the coordinator answers");
  return list->elems[0].offset >= 0 ? list->elems[0].offset : -1;
}

std::vector<kafka_client::stored> kafka_client::read(const std::string& topic,
                                                     int partition) const {
  const kafka::client_handle reader = client(
      RD_KAFKA_CONSUMER,
      {{"bootstrap.servers", brokers()}, {"group.id", "reader"}, {"enable.partition.eof", "true"}});
  const kafka::partition_list list = kafka::make_list(1);
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = 0;
  rd_kafka_assign(reader.get(), list.get());
  std::vector<stored> all;
  while (const kafka::message_handle message{rd_kafka_consumer_poll(reader.get(), wait_ms)}) {
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      break;
    }
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      all.push_back({{static_cast<const char*>(message->key), message->key_len},
                     {static_cast<const char*>(message->payload), message->len}});
    }
  }
  return all;
}

}  // namespace trailbell::test

#include "emit/kafka_producer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "kafka/client_log.hpp"

namespace trailbell::emit {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view could_be_lost = "alerts could be lost or doubled";
constexpr std::array refused{
    kafka::refusal{"enable.idempotence", could_be_lost, "true"},
    kafka::refusal{"acks", could_be_lost, "all -1"},
    kafka::refusal{"request.required.acks", could_be_lost, "all -1"},
    kafka::refusal{"transactional.id", "`delivery.instance` sets it"},
    kafka::refusal{"message.timeout.ms", "the sink's timeout sets it"},
    kafka::refusal{"delivery.timeout.ms", "the sink's timeout sets it"},
    kafka::refusal{"delivery.report.only.error", "every alert is answered for", "false"},
};

// Whether one of them is stored.
bool on_event_dr(rd_kafka_event_t* event) {
  bool any_stored = false;
  while (const rd_kafka_message_t* const message = rd_kafka_event_message_next(event)) {
    any_stored = any_stored || message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (message->_private != nullptr) {
      static_cast<kafka_producer::attempt*>(message->_private)->note(message->err);
    }
  }
  return any_stored;
}

}  // namespace

bool never_taken(rd_kafka_resp_err_t code) noexcept {
  return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR_INVALID_RECORD ||
         code == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE;
}

result<done> configure_producer(kafka::configuration& configuration,
                                const kafka_sink_options& options) {
  return configuration.set_all({
      .defaults = {{"compression.type", "zstd"},
                   {"partitioner", "murmur2_random"},
                   {"linger.ms", "0"},
                   {"client.id", "trailbell"}},
      .tokens = options.tokens,
      .theirs = options.properties,
      .refused = refused,
      .ours = {{"bootstrap.servers", options.brokers},
               {"message.timeout.ms", std::to_string(options.timeout.count())},
               {"enable.idempotence", "true"},
               {"acks", "all"},
               {"log.queue", "true"}},
  });
}

void kafka_producer::attempt::note(rd_kafka_resp_err_t code) {
  --waiting;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    return;
  }
  const bool never = never_taken(code);
  too_large = too_large || code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
  if (reason.empty() || (never && !refused)) {
    reason = rd_kafka_err2str(code);
  }
  (never ? refused : failed) = true;
}

result<std::unique_ptr<kafka_producer>> kafka_producer::open(const kafka_sink_options& options) {
  kafka::configuration configuration;
  if (result<done> configured = configure_producer(configuration, options); !configured) {
    return configured.failure();
  }
  const std::size_t bytes_max = std::stoull(configuration.get("message.max.bytes"));
  rd_kafka_conf_set_events(configuration.conf(),
                           RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
  result<kafka::client_handle> client = configuration.make(RD_KAFKA_PRODUCER);
  if (!client) {
    return client.failure();
  }
  kafka::topic_handle topic{
      rd_kafka_topic_new(client.value().get(), options.topic.c_str(), nullptr)};
  if (!topic) {
    return error{errc::usage,
                 "Kafka topic " + options.topic + ": " + rd_kafka_err2str(rd_kafka_last_error())};
  }
  return std::unique_ptr<kafka_producer>{
      new kafka_producer{std::move(client.value()), std::move(topic), bytes_max, options}};
}

kafka_producer::kafka_producer(kafka::client_handle client, kafka::topic_handle topic,
                               std::size_t bytes_max, const kafka_sink_options& options)
    : client_{std::move(client)},
      topic_{std::move(topic)},
      queue_{rd_kafka_queue_get_main(client_.get())},
      message_bytes_max_{bytes_max},
      options_{options} {
  rd_kafka_set_log_queue(client_.get(), queue_.get());
}

void kafka_producer::put(const message& what, attempt& into) {
  ++into.waiting;
  rd_kafka_headers_t* headers =
      what.headers.empty() ? nullptr : rd_kafka_headers_new(what.headers.size());
  for (const auto& [name, value] : what.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  std::array<rd_kafka_vu_t, 6> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_RKT;
  parts[0].u.rkt = topic_.get();
  parts[1].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[1].u.i = RD_KAFKA_MSG_F_COPY;
  parts[2].vtype = RD_KAFKA_VTYPE_VALUE;
  // librdkafka copies the value and the key; its signature only does not say so.
  parts[2].u.mem = {const_cast<char*>(what.value.data()), what.value.size()};
  parts[3].vtype = RD_KAFKA_VTYPE_KEY;
  parts[3].u.mem = {what.key.empty() ? nullptr : const_cast<char*>(what.key.data()),
                    what.key.size()};
  parts[4].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[4].u.ptr = &into;
  parts[5].vtype = RD_KAFKA_VTYPE_HEADERS;
  parts[5].u.headers = headers;
  const std::size_t count = headers == nullptr ? 5 : 6;
  const kafka::error_handle failure{rd_kafka_produceva(client_.get(), parts.data(), count)};
  if (failure) {
    if (headers != nullptr) {
      rd_kafka_headers_destroy(headers);  // still ours
    }
    into.note(rd_kafka_error_code(failure.get()));
  }
}

void kafka_producer::finish(attempt& what, steady_clock::time_point end) {
  while (what.waiting > 0) {
    const auto left = duration_cast<milliseconds>(end - steady_clock::now()).count();
    if (left <= 0 || !fatal_error().empty()) {
      return;
    }
    attend(static_cast<int>(std::min<std::int64_t>(left, 100)));
  }
}

void kafka_producer::attend(int wait_ms) {
  kafka::event_handle event{rd_kafka_queue_poll(queue_.get(), wait_ms)};
  while (event) {
    switch (rd_kafka_event_type(event.get())) {
      case RD_KAFKA_EVENT_DR:
        if (on_event_dr(event.get())) {
          trouble_.clear();
        }
        break;
      case RD_KAFKA_EVENT_LOG:
        kafka::pass_on(event.get(), options_.log);
        break;
      case RD_KAFKA_EVENT_ERROR:
        trouble_ = rd_kafka_event_error_string(event.get());
        if (options_.log) {
          options_.log(log_level::warning, options_.name + ": " + trouble_);
        }
        break;
      default:
        break;
    }
    event.reset(rd_kafka_queue_poll(queue_.get(), 0));
  }
}

void kafka_producer::discard() {
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                    RD_KAFKA_PURGE_F_NON_BLOCKING);
}

std::string kafka_producer::with_trouble(std::string reason) const {
  return trouble_.empty() ? reason : std::move(reason) + "; the last trouble was: " + trouble_;
}

std::string kafka_producer::fatal_error() const {
  std::array<char, 512> said{};
  const rd_kafka_resp_err_t code = rd_kafka_fatal_error(client_.get(), said.data(), said.size());
  return code == RD_KAFKA_RESP_ERR_NO_ERROR ? std::string{} : std::string{said.data()};
}

}  // namespace trailbell::emit

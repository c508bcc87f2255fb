#include "emit/transactional_producer.hpp"

#include <algorithm>
#include <array>

#include "emit/group_positions.hpp"
#include "emit/kafka_producer.hpp"
#include "kafka/client_log.hpp"

namespace trailbell::emit {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view default_transaction_timeout = "10000";
constexpr int poll_ms = 100;
constexpr int rest_of_transaction = -1;  // what librdkafka recommends for commit and abort

using metadata_handle =
    kafka::handle<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>;

int as_int(milliseconds some) {
  return static_cast<int>(some.count());
}

// A message is answered for within this: before the transaction times out, so that there is time
// to end it.
milliseconds answer_time(milliseconds wanted, milliseconds transaction) {
  return std::max(milliseconds{1}, std::min(wanted, transaction * 6 / 10));
}

result<done> configure(kafka::configuration& configuration,
                       const kafka_transaction_options& options) {
  kafka_sink_options to = options.to;
  to.properties.try_emplace("transaction.timeout.ms", default_transaction_timeout);
  kafka::configuration asked;
  if (result<done> was_set =
          asked.set("transaction.timeout.ms", to.properties.at("transaction.timeout.ms"));
      !was_set) {
    return was_set;
  }
  to.timeout =
      answer_time(to.timeout, milliseconds{std::stoll(asked.get("transaction.timeout.ms"))});
  if (result<done> configured = configure_producer(configuration, to); !configured) {
    return configured;
  }
  return configuration.set("transactional.id", options.instance);
}

}  // namespace

result<std::unique_ptr<transactional_producer>> transactional_producer::open(
    const kafka_transaction_options& options, sending how) {
  kafka::configuration configuration;
  result<done> configured = configure(configuration, options);
  if (configured && how.one_by_one) {
    configured = configuration.set("batch.num.messages", "1");
  }
  if (configured && how.together_bytes_max > 0) {
    const std::size_t wanted = std::stoull(configuration.get("batch.size"));
    configured =
        configuration.set("batch.size", std::to_string(std::min(wanted, how.together_bytes_max)));
  }
  if (!configured) {
    return configured.failure();
  }
  std::unique_ptr<transactional_producer> made{new transactional_producer{
      options.to.log, std::stoull(configuration.get("message.max.bytes")),
      milliseconds{std::stoll(configuration.get("transaction.timeout.ms"))}}};
  configuration.set_owner(made.get());
  rd_kafka_conf_set_dr_msg_cb(configuration.conf(), on_answer);
  rd_kafka_conf_set_error_cb(configuration.conf(), on_error);
  rd_kafka_conf_set_log_cb(configuration.conf(), on_log);
  result<kafka::client_handle> client = configuration.make(RD_KAFKA_PRODUCER);
  if (!client) {
    return client.failure();
  }
  made->client_ = std::move(client.value());
  rd_kafka_set_log_queue(made->client_.get(), nullptr);
  return made;
}

void transactional_producer::on_answer(rd_kafka_t* /*client*/, const rd_kafka_message_t* message,
                                       void* context) {
  auto& to = kafka::owner_of<transactional_producer>(context);
  --to.waiting_;
  if (never_taken(message->err)) {
    to.refuse(reinterpret_cast<std::uintptr_t>(message->_private), message->err);
  } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && to.failed_.empty()) {
    const char* const topic = message->rkt == nullptr ? "" : rd_kafka_topic_name(message->rkt);
    to.failed_ = std::string{"topic "} + topic + ": " + rd_kafka_err2str(message->err);
  }
}

void transactional_producer::refuse(std::size_t index, rd_kafka_resp_err_t code) {
  refused_.emplace_back(index, rd_kafka_err2str(code));
  too_large_ = too_large_ || code != RD_KAFKA_RESP_ERR_INVALID_RECORD;
}

void transactional_producer::on_error(rd_kafka_t* /*client*/, int /*code*/, const char* reason,
                                      void* context) {
  auto& to = kafka::owner_of<transactional_producer>(context);
  to.trouble_ = reason;
  if (to.log_) {
    to.log_(log_level::warning, "Kafka sink: " + to.trouble_);
  }
}

void transactional_producer::on_log(const rd_kafka_t* client, int level, const char* facility,
                                    const char* text) {
  kafka::pass_on(level, facility, text,
                 kafka::owner_of<transactional_producer>(rd_kafka_opaque(client)).log_);
}

void transactional_producer::attend(int wait_ms) {
  rd_kafka_poll(client_.get(), wait_ms);
}

// In the order in which librdkafka's documentation asks for it.
txn_step transactional_producer::judge(const char* doing, rd_kafka_error_t* failed) const {
  const kafka::error_handle error{failed};
  if (!error) {
    return {};
  }
  txn_step step;
  step.code = rd_kafka_error_code(failed);
  step.reason = std::string{doing} + ": " + rd_kafka_error_string(failed);
  step.next = rd_kafka_error_is_fatal(failed) != 0             ? txn_next::replace
              : rd_kafka_error_txn_requires_abort(failed) != 0 ? txn_next::abort
              : rd_kafka_error_is_retriable(failed) != 0       ? txn_next::again
                                                               : txn_next::replace;
  if (step.next == txn_next::replace) {
    std::array<char, 512> said{};
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(client_.get(), said.data(), said.size());
    step.code = fatal == RD_KAFKA_RESP_ERR_NO_ERROR ? step.code : fatal;
  }
  return step;
}

txn_step transactional_producer::init(milliseconds bound) {
  txn_step step = judge("beginning to use transactions",
                        rd_kafka_init_transactions(client_.get(), as_int(bound)));
  if (step.next == txn_next::go_on) {
    trouble_.clear();
  } else if (!trouble_.empty()) {
    step.reason += "; the last trouble was: " + trouble_;
  }
  return step;
}

txn_step transactional_producer::begin() {
  failed_.clear();
  refused_.clear();
  too_large_ = false;
  return judge("beginning a transaction", rd_kafka_begin_transaction(client_.get()));
}

txn_step transactional_producer::put(const transaction_record& record, std::size_t index,
                                     time end) {
  std::array<rd_kafka_vu_t, 5> what{};
  what[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  what[0].u.cstr = record.topic.c_str();
  what[1].vtype = RD_KAFKA_VTYPE_VALUE;
  what[1].u.mem.ptr = const_cast<char*>(record.value.data());  // it is copied
  what[1].u.mem.size = record.value.size();
  what[2].vtype = RD_KAFKA_VTYPE_KEY;
  what[2].u.mem.ptr = record.key.empty() ? nullptr : const_cast<char*>(record.key.data());
  what[2].u.mem.size = record.key.size();
  what[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  what[3].u.i = RD_KAFKA_MSG_F_COPY;
  what[4].vtype = RD_KAFKA_VTYPE_OPAQUE;
  what[4].u.ptr = reinterpret_cast<void*>(index);
  std::vector<rd_kafka_vu_t> all{what.begin(), what.end()};
  for (const auto& [name, value] : record.headers) {
    rd_kafka_vu_t header{};
    header.vtype = RD_KAFKA_VTYPE_HEADER;
    header.u.header.name = name.c_str();
    header.u.header.val = value.data();
    header.u.header.size = static_cast<ssize_t>(value.size());
    all.push_back(header);
  }
  while (true) {
    const kafka::error_handle failed{rd_kafka_produceva(client_.get(), all.data(), all.size())};
    if (!failed) {
      ++waiting_;
      return {};
    }
    const rd_kafka_resp_err_t code = rd_kafka_error_code(failed.get());
    if (never_taken(code)) {
      refuse(index, code);
      return {};
    }
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || steady_clock::now() >= end) {
      return {txn_next::abort, "topic " + record.topic + ": " + rd_kafka_error_string(failed.get()),
              code};
    }
    attend(poll_ms);
  }
}

txn_step transactional_producer::await_answers(time end) {
  // One that failed fails the transaction: librdkafka sends no more of it.
  while (waiting_ > 0 && failed_.empty() && refused_.empty() && steady_clock::now() < end) {
    attend(poll_ms);
  }
  if (!failed_.empty() || !refused_.empty()) {
    return {txn_next::abort, refused_.empty() ? failed_ : refused_.front().second, {}};
  }
  if (waiting_ > 0) {
    return {txn_next::abort, "no answer to " + std::to_string(waiting_) + " messages in time", {}};
  }
  return {};
}

txn_step transactional_producer::send_positions(const std::vector<stored_position>& positions,
                                                const std::string& membership, milliseconds bound) {
  rd_kafka_consumer_group_metadata_t* read = nullptr;
  const kafka::error_handle failed{
      rd_kafka_consumer_group_metadata_read(&read, membership.data(), membership.size())};
  if (failed) {
    return {txn_next::abort, rd_kafka_error_string(failed.get()),
            rd_kafka_error_code(failed.get())};
  }
  const metadata_handle metadata{read};
  const kafka::partition_list list = list_of(positions);
  return judge("storing positions", rd_kafka_send_offsets_to_transaction(
                                        client_.get(), list.get(), metadata.get(), as_int(bound)));
}

txn_step transactional_producer::commit() {
  return judge("committing", rd_kafka_commit_transaction(client_.get(), rest_of_transaction));
}

txn_step transactional_producer::abort() {
  return judge("aborting", rd_kafka_abort_transaction(client_.get(), rest_of_transaction));
}

}  // namespace trailbell::emit

#include "consume/kafka_partition.hpp"

#include <utility>

namespace trailbell::consume {
namespace {

using namespace std::chrono_literals;
using place = offset_judge::place;

// Both are answered by librdkafka's own thread; a broker is asked only for the ends of a log.
constexpr std::chrono::milliseconds seek_wait{5'000};
constexpr std::chrono::milliseconds ends_wait{2'000};
// What time alone brings about is as late as that.
constexpr std::chrono::milliseconds quiet_interval{1'000};

}  // namespace

kafka_partition::kafka_partition(rd_kafka_t* client, std::uint32_t serial, std::string topic,
                                 std::int32_t partition, const log_function& log)
    : client_{client},
      serial_{serial},
      topic_{std::move(topic)},
      partition_{partition},
      log_{log},
      queue_{rd_kafka_queue_get_partition(client, topic_.c_str(), partition)} {}

void kafka_partition::open_queue(void (*wake)(rd_kafka_t*, void*), void* told) {
  rd_kafka_queue_forward(queue_.get(), nullptr);
  rd_kafka_queue_cb_event_enable(queue_.get(), wake, told);
}

kafka_partition::~kafka_partition() {
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
}

std::string kafka_partition::name() const {
  return topic_ + "[" + std::to_string(partition_) + "]";
}

// One by one. librdkafka's batch calls (2.8 too) take the end of a partition for a message: where a
// cooperative rebalance makes it read on from there, the next message is lost.
kafka::message_handle kafka_partition::pop() {
  if (held_) {
    return std::move(held_);
  }
  return kafka::message_handle{rd_kafka_consume_queue(queue_.get(), 0)};
}

// One message is one object; what is gathered ends where it is full, where nothing is queued, or
// where something other than the next message comes.
std::optional<source_batch> kafka_partition::gather(const gather_bounds& bounds) {
  if (draining_ || unsought_) {
    return std::nullopt;
  }
  if (reread_ || !marks_.empty()) {
    return read_again(bounds);
  }
  auto messages = std::make_shared<std::vector<kafka::message_handle>>();
  std::vector<source_object> objects;
  messages->reserve(last_gathered_);
  objects.reserve(last_gathered_);
  std::size_t bytes = 0;
  std::int64_t next = ledger_ ? ledger_->next_expected() : 0;
  while (bytes < bounds.bytes && objects.size() < bounds.messages) {
    kafka::message_handle message = pop();
    if (!message) {
      break;
    }
    const auto where = message->err == 0 && ledger_ ? judge(*message, next) : place::next;
    if (where == place::repeated) {
      ++dropped_;
      continue;
    }
    if (!objects.empty() && (message->err != 0 || where == place::log_restarted)) {
      held_ = std::move(message);
      break;
    }
    if (message->err != 0) {
      on_error(*message);
      next = ledger_ ? ledger_->next_expected() : 0;
      continue;
    }
    if (!ledger_ || where == place::log_restarted) {
      restart_at(message->offset);
    }
    if (start_is_due()) {
      held_ = std::move(message);
      break;
    }
    next = message->offset + 1;
    bytes += size_of(*message);
    objects.push_back({value_of(*message), message->offset});
    messages->push_back(std::move(message));
  }
  if (start_is_due()) {
    start_given_ = true;
    return position_batch(reading::start);
  }
  if (objects.empty()) {
    return quiet_batch();
  }
  last_gathered_ = objects.size();
  epoch_ = rd_kafka_message_leader_epoch(messages->back().get());
  return seal(std::move(messages), std::move(objects), bytes, next);
}

source_batch kafka_partition::seal(std::shared_ptr<const void> owner,
                                   std::vector<source_object> objects, std::size_t bytes,
                                   std::int64_t next) {
  source_batch batch = make_batch(reading::fresh);
  batch.place.offset = objects.front().offset;
  batch.end = next;
  batch.bytes = bytes;
  batch.objects = std::move(objects);
  batch.owner = std::move(owner);
  ledger_->open(batch.receipt, next);
  return batch;
}

source_batch kafka_partition::make_batch(reading what) {
  source_batch batch;
  batch.receipt = (receipt_id{serial_} << receipt_bits) | receipts_++;
  batch.what = what;
  batch.place.source = source_kind::kafka;
  batch.place.name = topic_;
  batch.place.partition = partition_;
  last_given_ = std::chrono::steady_clock::now();
  if (what != reading::quiet) {
    last_progress = last_given_;
    stalled = false;
  }
  return batch;
}

std::optional<source_batch> kafka_partition::quiet_batch() {
  if (!transactional_ || how_far_.count() == 0 || !ledger_ || reread_ || !marks_.empty() ||
      unsought_ || std::chrono::steady_clock::now() - last_given_ < quiet_interval) {
    return std::nullopt;
  }
  return position_batch(reading::quiet);
}

source_batch kafka_partition::position_batch(reading what) {
  source_batch batch = make_batch(what);
  batch.end = ledger_->next_expected();
  batch.place.offset = batch.end;
  ledger_->open(batch.receipt, batch.end);
  return batch;
}

// Where the broker cannot be asked, a message counts as new.
offset_judge::place kafka_partition::judge(const rd_kafka_message_t& message, std::int64_t next) {
  const auto end_of_log = [this]() -> std::optional<std::int64_t> {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const rd_kafka_resp_err_t asked = rd_kafka_query_watermark_offsets(
        client_, topic_.c_str(), partition_, &low, &high, static_cast<int>(ends_wait.count()));
    return asked == RD_KAFKA_RESP_ERR_NO_ERROR ? std::optional{high} : std::nullopt;
  };
  return offsets_.judge(message.offset, rd_kafka_message_leader_epoch(&message), next, epoch_,
                        end_of_log);
}

void kafka_partition::on_error(const rd_kafka_message_t& message) {
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      // All up to here is read. What lies between the last message and this are the marks of
      // transactions.
      last_progress = std::chrono::steady_clock::now();
      stalled = false;
      if (!ledger_) {
        restart_at(message.offset);
      } else {
        ledger_->skip_to(message.offset);
      }
      return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      failure_ = name() + ": " + rd_kafka_message_errstr(&message) +
                 " (auto.offset.reset=error ends the process here)";
      return;
    default:
      if (log_) {
        log_(log_level::warning, name() + ": " + rd_kafka_message_errstr(&message));
      }
  }
}

void kafka_partition::restart_at(std::int64_t offset) {
  if (ledger_ && log_) {
    log_(log_level::warning, name() + ": the log was cut or made anew: reading goes on at offset " +
                                 std::to_string(offset) + ", before " +
                                 std::to_string(ledger_->next_expected()));
  }
  if (ledger_) {
    tell(ledger_->outstanding());
  }
  ledger_.emplace(offset);
  // The group's position may be none, or one that is gone: where we begin is not known to it.
  committed_ = -1;
  start_given_ = false;
  acked_ = false;
}

void kafka_partition::ack(receipt_id receipt) {
  acked_ = (ledger_ && ledger_->ack(receipt)) || acked_;
}

// What stateful rules counted of it may have been given back, so that they begin anew there.
void kafka_partition::nack(receipt_id receipt) {
  std::vector<receipt_id> others = ledger_ ? ledger_->outstanding() : std::vector<receipt_id>{};
  if (!ledger_ || !ledger_->nack(receipt)) {
    return;
  }
  std::erase(others, receipt);
  tell(others);
  start_given_ = acked_;
  if (draining_) {
    return;
  }
  if (how_far_.count() > 0) {
    held_.reset();
    begin_reread();
  } else {
    fetch_again();
  }
}

void kafka_partition::tell(const std::vector<receipt_id>& receipts) {
  if (!given_up_all_) {
    given_up_.insert(given_up_.end(), receipts.begin(), receipts.end());
  }
}

std::vector<receipt_id> kafka_partition::take_given_up() {
  return std::exchange(given_up_, {});
}

std::vector<receipt_id> kafka_partition::give_up() {
  if (ledger_) {
    tell(ledger_->outstanding());
  }
  given_up_all_ = true;
  return take_given_up();
}

std::optional<std::int64_t> kafka_partition::watermark() const {
  return ledger_ ? std::optional{ledger_->watermark()} : std::nullopt;
}

std::optional<std::int64_t> kafka_partition::next_expected() const {
  return ledger_ ? std::optional{ledger_->next_expected()} : std::nullopt;
}

std::optional<std::int64_t> kafka_partition::goes_on_at() const {
  const std::int64_t found = reread_ ? reread_->goes_on_at() : goes_on_at_;
  return ledger_ || found < 0 ? next_expected() : std::optional{found};
}

std::optional<std::int64_t> kafka_partition::to_commit() const {
  return ledger_ && ledger_->watermark() != committed_ ? watermark() : std::nullopt;
}

void kafka_partition::fetch_again() {
  held_.reset();
  if (reread_) {
    begin_reread();
  } else if (ledger_) {
    seek(ledger_->next_expected());
  }
}

void kafka_partition::retry() {
  if (draining_) {
    return;
  }
  if (unsought_) {
    seek(*unsought_);
  }
  if (reread_ && !unsought_) {
    attend_reread();
  }
}

// librdkafka numbers its fetches anew with each seek: what was queued before is not given any more.
void kafka_partition::seek(std::int64_t offset) {
  const kafka::partition_list list = kafka::make_list(1);
  rd_kafka_topic_partition_t* const item =
      rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), partition_);
  item->offset = offset;
  const kafka::error_handle failed{
      rd_kafka_seek_partitions(client_, list.get(), static_cast<int>(seek_wait.count()))};
  if (!failed && item->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    unsought_.reset();
    return;
  }
  if (!unsought_ && log_) {
    log_(log_level::warning,
         name() + ": seeking to offset " + std::to_string(offset) + ": " +
             (failed ? rd_kafka_error_string(failed.get()) : rd_kafka_err2str(item->err)) +
             "; it is tried again");
  }
  unsought_ = offset;
}

}  // namespace trailbell::consume

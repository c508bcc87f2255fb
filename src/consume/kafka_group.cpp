#include "consume/kafka_group.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "consume/kafka_membership.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A coordinator that answers does so within milliseconds.
constexpr milliseconds commit_wait{5'000};

std::span<const rd_kafka_topic_partition_t> items(const rd_kafka_topic_partition_list_t* list) {
  return {list->elems, static_cast<std::size_t>(list->cnt)};
}

std::string names(const rd_kafka_topic_partition_list_t* list) {
  std::string all;
  for (const rd_kafka_topic_partition_t& each : items(list)) {
    all += (all.empty() ? "" : ", ") + std::string{each.topic} + "[" +
           std::to_string(each.partition) + "]";
  }
  return all.empty() ? "nothing" : all;
}

int left_ms(steady_time end) {
  const auto left = duration_cast<milliseconds>(end - steady_clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace

kafka_group::kafka_group(rd_kafka_t* client, rd_kafka_queue_t* answers,
                         const kafka_source_options& options, wake_function wake, void* told)
    : client_{client}, answers_{answers}, options_{options}, wake_{wake}, told_{told} {}

kafka_partition* kafka_group::of(receipt_id receipt) const {
  const auto found = by_serial_.find(kafka_partition::serial_of(receipt));
  return found == by_serial_.end() ? nullptr : found->second;
}

kafka_partition* kafka_group::find(const char* topic, std::int32_t partition) const {
  for (const auto& each : owned_) {
    if (each->number() == partition && each->topic() == topic) {
      return each.get();
    }
  }
  return nullptr;
}

const kafka_partition* kafka_group::rereading() const {
  const auto found =
      std::ranges::find_if(owned_, [](const auto& each) { return each->rereading(); });
  return found == owned_.end() ? nullptr : found->get();
}

void kafka_group::on_rebalance(rd_kafka_event_t* event) {
  ++rebalances_;
  const rd_kafka_topic_partition_list_t* const list = rd_kafka_event_topic_partition_list(event);
  switch (rd_kafka_event_error(event)) {
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
      assign(list);
      break;
    case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
      revoke(list, steady_clock::now());
      break;
    default:
      say(log_level::error, std::string{"the group: "} + rd_kafka_event_error_string(event));
      for (const auto& each : owned_) {
        give_up(*each);
        leave(*each);
      }
      owned_.clear();
      by_serial_.clear();
      show_membership(false);
      rd_kafka_assign(client_, nullptr);
  }
}

// Each queue is taken before its partition is assigned, so that no message comes elsewhere.
void kafka_group::assign(const rd_kafka_topic_partition_list_t* list) {
  joined_ = true;
  if (revoked_) {
    finish_revoke();
  }
  for (const rd_kafka_topic_partition_t& each : items(list)) {
    if (find(each.topic, each.partition) != nullptr) {
      continue;
    }
    auto owned = std::make_unique<kafka_partition>(client_, ++serials_, each.topic, each.partition,
                                                   options_.log);
    owned->look_back(look_back_);
    if (options_.transactional) {
      owned->be_transactional();
    }
    owned->open_queue(wake_, told_);
    by_serial_[owned->serial()] = owned.get();
    owned_.push_back(std::move(owned));
  }
  tell_client(true, list);
  show_membership(true);
  say(log_level::info, "given: " + names(list));
}

void kafka_group::revoke(const rd_kafka_topic_partition_list_t* list, steady_time now) {
  for (const rd_kafka_topic_partition_t& each : items(list)) {
    if (kafka_partition* const owned = find(each.topic, each.partition)) {
      owned->drain();
    }
  }
  revoked_.reset(rd_kafka_topic_partition_list_copy(list));
  drain_ends_ = now + options_.drain_timeout;
  abandoned_ = false;
  // Cooperative members are in the next generation by now; what drains is stored in that.
  show_membership(true);
  attend(now);
}

void kafka_group::finish_revoke() {
  const kafka::partition_list list = std::move(revoked_);
  const bool lost = rd_kafka_assignment_lost(client_) != 0;
  if (lost) {
    joined_ = false;
  } else {
    commit_now(commit_wait);
  }
  const bool all = !abandoned_ && all_settled(list.get());
  give_up(list.get());
  tell_client(false, list.get());
  say(lost ? log_level::warning : log_level::info,
      (lost ? "lost: " : "given up: ") + names(list.get()) +
          (all || lost ? "" : "; not all that was taken of it was acknowledged in time"));
}

bool kafka_group::all_settled(const rd_kafka_topic_partition_list_t* list) const {
  return std::ranges::all_of(items(list), [&](const rd_kafka_topic_partition_t& each) {
    const kafka_partition* const owned = find(each.topic, each.partition);
    return owned == nullptr || owned->settled();
  });
}

void kafka_group::give_up(const rd_kafka_topic_partition_list_t* list) {
  for (const rd_kafka_topic_partition_t& each : items(list)) {
    if (kafka_partition* const owned = find(each.topic, each.partition)) {
      dropped_ += owned->dropped();
      give_up(*owned);
      leave(*owned);
      by_serial_.erase(owned->serial());
      std::erase_if(owned_, [&](const auto& other) { return other.get() == owned; });
    }
  }
}

std::vector<receipt_id> kafka_group::give_up(kafka_partition& partition) {
  std::vector<receipt_id> open = partition.give_up();
  given_up_.insert(given_up_.end(), open.begin(), open.end());
  return open;
}

void kafka_group::leave(kafka_partition& partition) {
  if (std::optional<source_batch> mark = partition.leave()) {
    left_.push_back(std::move(*mark));
  }
}

std::optional<source_batch> kafka_group::take_left() {
  if (left_.empty()) {
    return std::nullopt;
  }
  std::optional<source_batch> mark = std::move(left_.front());
  left_.pop_front();
  return mark;
}

std::vector<receipt_id> kafka_group::take_given_up() {
  std::vector<receipt_id> all = std::exchange(given_up_, {});
  for (const auto& each : owned_) {
    const std::vector<receipt_id> some = each->take_given_up();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void kafka_group::tell_client(bool assigned, const rd_kafka_topic_partition_list_t* list) {
  const char* const protocol = rd_kafka_rebalance_protocol(client_);
  if (protocol != nullptr && std::string_view{protocol} == "COOPERATIVE") {
    const kafka::error_handle failed{assigned ? rd_kafka_incremental_assign(client_, list)
                                              : rd_kafka_incremental_unassign(client_, list)};
    if (failed) {
      say(log_level::error, std::string{"the group: "} + rd_kafka_error_string(failed.get()));
    }
    return;
  }
  const rd_kafka_resp_err_t failed = rd_kafka_assign(client_, assigned ? list : nullptr);
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) {
    say(log_level::error, std::string{"the group: "} + rd_kafka_err2str(failed));
  }
}

// What was revoked may be let go. A transaction may hold what is not settled: that has to be over
// first, however long it takes.
bool kafka_group::drained(steady_time now) {
  const bool over = now >= drain_ends_ || rd_kafka_assignment_lost(client_) != 0;
  if (!options_.transactional || (!abandoned_ && !over)) {
    return over || all_settled(revoked_.get());
  }
  if (!std::exchange(abandoned_, true)) {
    for (const rd_kafka_topic_partition_t& each : items(revoked_.get())) {
      if (kafka_partition* const owned = find(each.topic, each.partition)) {
        const std::vector<receipt_id> open = give_up(*owned);
        awaited_.insert(open.begin(), open.end());
      }
    }
  }
  return awaited_.empty();
}

void kafka_group::show_membership(bool member) {
  if (!options_.transactional) {
    return;
  }
  const auto instance = options_.properties.find("group.instance.id");
  std::string now =
      member && rd_kafka_assignment_lost(client_) == 0
          ? membership_of(client_, options_.group_id,
                          instance == options_.properties.end() ? "" : instance->second)
          : "";
  if (now != shown_) {
    shown_ = now;
    membership_ = std::move(now);
  }
}

void kafka_group::attend(steady_time now) {
  if (revoked_ && drained(now)) {
    finish_revoke();
  }
  for (const auto& each : owned_) {
    each->retry();
  }
  if (now - last_commit_ >= options_.commit_interval) {
    // A generation in which nothing moves may begin without a word. Whatever is held here is ours
    // in it: who was thrown out is told so before it comes back.
    show_membership(joined_);
    last_commit_ = now;
    commit_later();
  }
}

kafka::partition_list kafka_group::due() const {
  kafka::partition_list list = kafka::make_list(owned_.size());
  if (options_.transactional) {
    return list;
  }
  for (const auto& each : owned_) {
    if (const std::optional<std::int64_t> offset = each->to_commit()) {
      rd_kafka_topic_partition_list_add(list.get(), each->topic().c_str(), each->number())->offset =
          *offset;
    }
  }
  return list;
}

void kafka_group::commit_later() {
  const kafka::partition_list list = due();
  if (list->cnt == 0 || commit_running_ || rd_kafka_assignment_lost(client_) != 0) {
    return;
  }
  commit_running_ = rd_kafka_commit_queue(client_, list.get(), answers_, nullptr, nullptr) ==
                    RD_KAFKA_RESP_ERR_NO_ERROR;
}

void kafka_group::commit_now(milliseconds bound) {
  const kafka::partition_list list = due();
  if (list->cnt == 0) {
    return;
  }
  const kafka::queue_handle answer{rd_kafka_queue_new(client_)};
  const steady_time end = steady_clock::now() + bound;
  if (rd_kafka_commit_queue(client_, list.get(), answer.get(), nullptr, nullptr) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return;
  }
  const kafka::event_handle event{rd_kafka_queue_poll(answer.get(), left_ms(end))};
  if (event) {
    on_commit(event.get());
  } else {
    say(log_level::warning, "no answer to a commit within " + std::to_string(bound.count()) +
                                " ms: some messages may be read again");
  }
}

void kafka_group::on_commit(rd_kafka_event_t* event) {
  commit_running_ = false;
  const rd_kafka_resp_err_t failed = rd_kafka_event_error(event);
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR && failed != RD_KAFKA_RESP_ERR__NO_OFFSET) {
    say(log_level::warning, std::string{"commit: "} + rd_kafka_event_error_string(event) +
                                "; it is tried again while the partitions are ours");
    return;
  }
  const rd_kafka_topic_partition_list_t* const list = rd_kafka_event_topic_partition_list(event);
  if (list == nullptr) {
    return;
  }
  for (const rd_kafka_topic_partition_t& each : items(list)) {
    kafka_partition* const owned = find(each.topic, each.partition);
    if (owned != nullptr && each.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      owned->note_committed(each.offset);
    }
  }
}

bool kafka_group::leave(milliseconds bound) {
  const steady_time end = steady_clock::now() + bound;
  if (rd_kafka_assignment_lost(client_) == 0) {
    commit_now(std::min(bound, commit_wait));
  }
  const kafka::queue_handle last{rd_kafka_queue_new(client_)};
  const kafka::error_handle refused{rd_kafka_consumer_close_queue(client_, last.get())};
  if (revoked_) {
    tell_client(false, revoked_.get());
  }
  owned_.clear();
  by_serial_.clear();
  revoked_.reset();
  while (!refused && rd_kafka_consumer_closed(client_) == 0 && left_ms(end) > 0) {
    const kafka::event_handle event{rd_kafka_queue_poll(last.get(), std::min(left_ms(end), 100))};
    if (event && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
      const bool given = rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
      tell_client(given, rd_kafka_event_topic_partition_list(event.get()));
    }
  }
  return rd_kafka_consumer_closed(client_) != 0;
}

std::uint64_t kafka_group::dropped() const {
  std::uint64_t all = dropped_;
  for (const auto& each : owned_) {
    all += each->dropped();
  }
  return all;
}

void kafka_group::say(log_level level, const std::string& text) const {
  if (options_.log) {
    options_.log(level, "Kafka group " + options_.group_id + ": " + text);
  }
}

}  // namespace trailbell::consume

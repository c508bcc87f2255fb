#include "consume/kafka_progress.hpp"

#include <algorithm>
#include <span>

namespace trailbell::consume {
namespace {

constexpr int ends_wait_ms = 3'000;

std::int64_t lag_of(const kafka_partition& partition) {
  const std::optional<std::int64_t> next = partition.goes_on_at();
  return next && partition.end >= 0 ? std::max<std::int64_t>(partition.end - *next, 0) : -1;
}

}  // namespace

kafka_progress::kafka_progress(rd_kafka_t* client, rd_kafka_queue_t* answers,
                               const kafka_source_options& options, bool read_committed,
                               kafka_ping::wake_function wake, void* told)
    : client_{client},
      answers_{answers},
      options_{options},
      asking_ends_{rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_LISTOFFSETS)},
      ping_{client, wake, told} {
  rd_kafka_AdminOptions_set_request_timeout(asking_ends_.get(), ends_wait_ms, nullptr, 0);
  const kafka::error_handle ignored{rd_kafka_AdminOptions_set_isolation_level(
      asking_ends_.get(), read_committed ? RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED
                                         : RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED)};
}

// Asked of the brokers, for all partitions at once and without waiting: what a fetch says of the
// end is old where a partition is not fetched. A member that owns none, and one that had no answer,
// asks only whether any broker is there.
void kafka_progress::attend(const kafka_group& group, steady_time now) {
  if (asked_ || ping_.is_asking() || !group.joined() || now - last_asked_ < options_.lag_interval) {
    return;
  }
  last_asked_ = now;
  if (group.owned().empty() || !answered_) {
    ping_.ask();
    return;
  }
  asked_ = true;
  const kafka::partition_list list = kafka::make_list(group.owned().size());
  for (const auto& each : group.owned()) {
    rd_kafka_topic_partition_list_add(list.get(), each->topic().c_str(), each->number())->offset =
        RD_KAFKA_OFFSET_SPEC_LATEST;
  }
  rd_kafka_ListOffsets(client_, list.get(), asking_ends_.get(), answers_);
}

std::optional<std::string> kafka_progress::take_ping() {
  const std::optional<rd_kafka_resp_err_t> answer = ping_.take_answer();
  if (!answer) {
    return std::nullopt;
  }
  answered_ = *answer == RD_KAFKA_RESP_ERR_NO_ERROR;
  return answered_ ? std::string{} : std::string{"no broker answers: "} + rd_kafka_err2str(*answer);
}

std::string kafka_progress::on_ends(rd_kafka_event_t* event, kafka_group& group, steady_time now) {
  asked_ = false;
  const rd_kafka_ListOffsets_result_t* const answer = rd_kafka_event_ListOffsets_result(event);
  answered_ = rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR && answer != nullptr;
  if (!answered_) {
    return std::string{"the brokers do not say where partitions end: "} +
           rd_kafka_event_error_string(event);
  }
  std::size_t count = 0;
  const rd_kafka_ListOffsetsResultInfo_t** const infos =
      rd_kafka_ListOffsets_result_infos(answer, &count);
  std::string problem;
  for (const rd_kafka_ListOffsetsResultInfo_t* info : std::span{infos, count}) {
    const rd_kafka_topic_partition_t* const said =
        rd_kafka_ListOffsetsResultInfo_topic_partition(info);
    kafka_partition* const owned = group.find(said->topic, said->partition);
    if (owned != nullptr && said->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      owned->end = said->offset;
      watch(*owned, now);
    } else if (owned != nullptr) {
      problem = owned->name() + ": its end is not known: " + rd_kafka_err2str(said->err);
    }
  }
  answered_ = problem.empty();
  return problem;
}

// Where messages are queued and only not taken yet, it is the pipeline that is slow.
void kafka_progress::watch(kafka_partition& partition, steady_time now) const {
  if (partition.draining() || lag_of(partition) == 0 || partition.queued() > 0) {
    partition.last_progress = now;
    partition.stalled = false;
    return;
  }
  if (now - partition.last_progress < options_.stall_after) {
    return;
  }
  if (options_.log) {
    options_.log(log_level::warning, partition.name() + ": no message came for " +
                                         std::to_string(options_.stall_after.count() / 1000) +
                                         " s, though it ends at " + std::to_string(partition.end) +
                                         ": it is fetched anew");
  }
  partition.fetch_again();
  partition.last_progress = now;
  partition.stalled = true;
}

std::vector<partition_lag> kafka_progress::lags(const kafka_group& group) {
  std::vector<partition_lag> all;
  for (const auto& each : group.owned()) {
    if (const std::int64_t lag = lag_of(*each); lag >= 0) {
      all.push_back({each->topic(), each->number(), lag});
    }
  }
  return all;
}

std::string kafka_progress::stalled(const kafka_group& group) {
  for (const auto& each : group.owned()) {
    if (each->stalled) {
      return each->name() + " stands still " + std::to_string(lag_of(*each)) +
             " records before its end";
    }
  }
  return {};
}

}  // namespace trailbell::consume

#include "consume/kafka_ping.hpp"

namespace trailbell::consume {

void kafka_ping::ask() {
  if (asking_) {
    return;
  }
  asking_ = true;
  answered_.store(false);
  thread_ = std::jthread{[this] {
    const rd_kafka_metadata_t* said = nullptr;
    answer_ = rd_kafka_metadata(client_, 0, nullptr, &said, static_cast<int>(ping_wait.count()));
    if (answer_ == RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_metadata_destroy(said);
    }
    answered_.store(true);
    wake_(client_, told_);
  }};
}

std::optional<rd_kafka_resp_err_t> kafka_ping::take_answer() {
  if (!asking_ || !answered_.load()) {
    return std::nullopt;
  }
  asking_ = false;
  return answer_;
}

}  // namespace trailbell::consume

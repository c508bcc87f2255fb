#include "trailbell/emit/record_topic.hpp"

#include "emit/kafka_producer.hpp"

namespace trailbell::emit {

result<done> store_record(const kafka_sink_options& options, std::string_view key,
                          std::string_view bytes, std::chrono::milliseconds time_max) {
  result<std::unique_ptr<kafka_producer>> opened = kafka_producer::open(options);
  if (!opened) {
    return opened.failure();
  }
  kafka_producer& producer = *opened.value();
  kafka_producer::attempt attempt;
  producer.put({key, bytes}, attempt);
  producer.finish(attempt, std::chrono::steady_clock::now() + time_max);
  if (attempt.waiting == 0 && !attempt.refused && !attempt.failed) {
    return done{};
  }
  if (attempt.waiting > 0) {
    producer.discard();
    // What is in flight still points at the attempt.
    producer.finish(attempt, std::chrono::steady_clock::now() + std::chrono::seconds{5});
  }
  const std::string why =
      attempt.reason.empty() ? std::string{"the brokers did not take it in time"} : attempt.reason;
  return error{errc::output_failed,
               options.topic + " at " + options.brokers + ": " + producer.with_trouble(why)};
}

}  // namespace trailbell::emit

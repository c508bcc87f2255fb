#include "app/run_quarantine.hpp"

#include <utility>

#include "app/run_tokens.hpp"
#include "trailbell/emit/quarantine_folder.hpp"
#include "trailbell/emit/quarantine_topic.hpp"

namespace trailbell::app {

result<std::unique_ptr<emit::quarantine>> open_quarantine(const quarantine_config& config,
                                                          run_log& log) {
  if (config.kafka) {
    result<bearer_tokens> tokens = open_tokens(config.kafka->msk, "kafka.quarantine", log);
    if (!tokens) {
      return error{tokens.failure().code, "quarantine.kafka: " + tokens.failure().message};
    }
    emit::quarantine_topic_options options;
    options.tokens = std::move(tokens.value());
    options.brokers = config.kafka->brokers;
    options.topic = config.kafka->topic;
    options.properties = config.kafka->properties;
    options.log = log.of("kafka.quarantine");
    result<std::unique_ptr<emit::quarantine>> opened =
        emit::open_quarantine_topic(std::move(options));
    if (!opened) {
      return error{opened.failure().code, "quarantine.kafka: " + opened.failure().message};
    }
    return opened;
  }
  result<emit::quarantine_folder> opened =
      emit::quarantine_folder::open({config.path, config.max_bytes, true});
  if (!opened) {
    return opened.failure();
  }
  return std::unique_ptr<emit::quarantine>{
      std::make_unique<emit::quarantine_folder>(std::move(opened.value()))};
}

std::string place_of(const quarantine_config& config) {
  return config.kafka ? "topic " + config.kafka->topic + " at " + config.kafka->brokers
                      : config.path;
}

}  // namespace trailbell::app

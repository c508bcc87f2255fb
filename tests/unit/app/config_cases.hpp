// What the tests of the configuration share.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/config_loader.hpp"

namespace trailbell::app::test {

// A file, an environment and flags around a configuration.
struct given {
  std::string text;
  std::map<std::string, std::string> environment = {};
  std::vector<std::string> settings = {};
  std::map<std::string, std::string> files = {};
};

inline result<loaded_config, config_problems> load(given from) {
  const auto read = [files = from.files](const std::string& path) -> result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) {
      return error{errc::not_found, path + ": no such file"};
    }
    return found->second;
  };
  return load_config({"c.yaml", from.text, from.settings, {from.environment, read}});
}

inline std::vector<std::string> messages(const problem_list& problems) {
  std::vector<std::string> all;
  for (const file_problem& problem : problems) {
    all.push_back(problem.message());
  }
  return all;
}

// What is wrong, a message each; empty where nothing is.
inline std::vector<std::string> problems(given from) {
  const auto loaded = load(std::move(from));
  return loaded ? std::vector<std::string>{} : messages(loaded.failure().all);
}

inline std::vector<std::string> warnings(given from) {
  const auto loaded = load(std::move(from));
  return loaded ? messages(loaded.value().warnings) : std::vector<std::string>{"not loaded"};
}

inline constexpr const char* smallest = "source: {file: {paths: [/a]}}\nsinks: [{stdout: }]\n";

// Kafka to Kafka, with `more` behind it.
inline std::string from_kafka_to_kafka(const std::string& more) {
  return "source: {kafka: {brokers: 'k1, k2:9092', topics: [in]}}\n"
         "sinks: [{kafka: {brokers: 'K2,k1:9092', topic: out}}]\n" +
         more;
}

}  // namespace trailbell::app::test

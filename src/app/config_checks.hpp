// What has to hold between the values of a configuration.
#pragma once

#include <string>

#include "app/config_loader.hpp"

namespace trailbell::app {

// Says what is wrong with a key at the place that set it, or one around it.
class config_findings {
 public:
  // Borrows both. `path` of the file, for what nothing set.
  config_findings(std::string path, const loaded_config& loaded, problem_list& problems,
                  problem_list& warnings);

  void problem(const std::string& key, std::string what, std::string remedy);
  void warning(const std::string& key, std::string what, std::string remedy);

 private:
  [[nodiscard]] config_origin origin_of(std::string key) const;

  std::string path_;
  const loaded_config& loaded_;
  problem_list& problems_;
  problem_list& warnings_;
};

// Keys that have to be there, in mappings that are.
void check_required_keys(loaded_config& loaded, config_findings& findings);
// Each source, sink and section for itself, and the names of sinks.
void check_parts(const service_config& config, config_findings& findings);
// What guarantees need: at least one source and one required sink; exactly_once; properties.
void check_guarantees(const service_config& config, config_findings& findings);
// Who each client of Kafka says that it is: SASL, and Amazon MSK's.
void check_kafka_access(const service_config& config, config_findings& findings);

}  // namespace trailbell::app

// configuration: librdkafka's properties, by name and text, until a client is made of them.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kafka/handle.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::kafka {

using properties = std::map<std::string, std::string>;

// A property that a user may not set, or not to anything but `allowed` (separated by blanks).
struct refusal {
  std::string_view name;
  std::string_view reason;
  std::string_view allowed = {};
};

class configuration {
 public:
  configuration() : conf_{rd_kafka_conf_new()} {}

  // Errors: usage, with the property's name; its value is not repeated, it may be a secret.
  result<done> set(const std::string& name, const std::string& value);
  // What a user says, after what is refused to everyone: functions, code, another cluster.
  result<done> set_all(const properties& theirs, std::span<const refusal> refused);
  [[nodiscard]] std::string get(const std::string& name) const;

  [[nodiscard]] rd_kafka_conf_t* conf() noexcept { return conf_.get(); }
  // Once. Errors: usage.
  result<client_handle> make(rd_kafka_type_t type);

 private:
  conf_handle conf_;
};

}  // namespace trailbell::kafka

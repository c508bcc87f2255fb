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

// What a client is made of, the weakest first: each may change what those before it say.
struct layers {
  properties defaults;               // ours, that a user may change
  bearer_tokens tokens;              // see sign_in_with()
  const properties& theirs;          // what a user says, ...
  std::span<const refusal> refused;  // ... but not of these
  properties ours;                   // what the client's code relies on
};

class configuration {
 public:
  configuration() : conf_{rd_kafka_conf_new()}, context_{std::make_unique<client_context>()} {}

  // Errors: usage, with the property's name; its value is not repeated, it may be a secret.
  result<done> set(const std::string& name, const std::string& value);
  result<done> set_all(const layers& all);
  // What a user says, after what is refused to everyone: functions, code, another cluster.
  result<done> set_all(const properties& theirs, std::span<const refusal> refused);
  [[nodiscard]] std::string get(const std::string& name) const;

  // The client shows these to the brokers, by SASL/OAUTHBEARER and, unless its properties say
  // otherwise, over TLS. To be called before what a user says is set; nothing where there are none.
  // They are asked for on a thread of the client's own, whatever it waits for. Errors: usage.
  result<done> sign_in_with(bearer_tokens tokens);
  // Whom owner_of() gives to callbacks; outlives the client.
  void set_owner(void* owner) noexcept { context_->owner = owner; }

  [[nodiscard]] rd_kafka_conf_t* conf() noexcept { return conf_.get(); }
  // Once. Errors: usage.
  result<client_handle> make(rd_kafka_type_t type);

 private:
  conf_handle conf_;
  std::unique_ptr<client_context> context_;
};

}  // namespace trailbell::kafka

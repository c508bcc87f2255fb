// credentials: what a request to AWS is signed with. A value.
//
// Its secrets print as asterisks, and are in no message.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "trailbell/base/secret.hpp"

namespace trailbell::aws {

using unix_time = std::chrono::sys_seconds;

struct credentials {
  std::string access_key_id;
  secret secret_access_key;
  secret session_token;              // empty: keys of a user, which need none
  std::optional<unix_time> expires;  // nothing: they do not
  std::string source;                // who gave them, for messages: "environment"

  bool operator==(const credentials&) const = default;
};

}  // namespace trailbell::aws

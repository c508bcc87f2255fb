// bearer_token: what a client shows to a server that lets in whoever has it. A value.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "trailbell/base/result.hpp"
#include "trailbell/base/secret.hpp"

namespace trailbell {

struct bearer_token {
  secret value;
  std::chrono::sys_time<std::chrono::milliseconds> expires;
  std::string principal;  // whom it stands for
};

// Makes one that is good now. Thread-safety: may be called from any thread; may block, as long as
// who knows takes to answer. Errors say why there is none, and show no secret.
using bearer_tokens = std::function<result<bearer_token>()>;

}  // namespace trailbell

// The credentials of this process, found in AWS's standard order and kept fresh.
//
// Environment; the profile in the shared files (static keys, a role with source_profile or
// credential_source or a web identity, IAM Identity Center by its cached token,
// credential_process); web identity (IRSA); container (ECS, EKS Pod Identity); instance metadata
// (IMDSv2, and no other). A profile that the caller names is asked alone. One that is set up and
// fails ends the search: to go on would be to act as somebody else.
//
// Those that expire are had anew before: from 5 minutes before on, less where they live shorter,
// and up to a minute earlier by chance, so that many do not ask at once. Where that fails while
// they are still good they are kept, and it is tried again half a minute later.
//
// Thread-safety: none: each adapter has its own. Errors: usage and unreadable; the message says
// what was asked in order and why it gave none, and shows no secret. Source: AWS SDKs and Tools
// Reference Guide, "Standardized credential providers".
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "trailbell/aws/service_client.hpp"
#include "trailbell/aws/settings.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::aws {

struct role_wish {
  std::string arn;  // empty: none
  std::string external_id;
  std::string session_name = "trailbell";
};

struct credentials_options {
  std::string profile;  // empty: the standard order
  std::string region;   // of STS; empty: that of the settings
  role_wish role;       // is assumed with what was found
  variables environment = process_variables();
  std::shared_ptr<tls_context> tls{};  // that of the settings, where it is loaded already
  log_function log;
  std::function<unix_time()> now;  // injected by tests
  std::function<double()> draw;    // [0, 1)
};

// Asks nobody yet. Errors: a shared file that is wrong, a profile that is not there.
[[nodiscard]] result<std::unique_ptr<credentials_source>> open_credentials(
    credentials_options options);

}  // namespace trailbell::aws

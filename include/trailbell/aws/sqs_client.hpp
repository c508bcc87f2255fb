// sqs_client: one queue of SQS, by its JSON protocol.
//
// Thread-safety: none; several threads have a client each, and share credentials by
// share_credentials(). Blocking; where http.stop becomes true, calls end within a tenth of a
// second. Errors: a service_failure of the whole call; of a batch also those of single entries.
// Source: Amazon SQS API Reference; Smithy, "AWS JSON 1.0 protocol".
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/aws/service_client.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::aws {

inline constexpr std::size_t sqs_batch_max = 10;  // entries of one call
inline constexpr std::chrono::seconds sqs_wait_max{20};
inline constexpr std::chrono::seconds sqs_visibility_max{43'200};

struct sqs_options {
  std::string queue_url;
  std::string region;    // empty: the one that AWS's own queue_url names
  std::string endpoint;  // empty: the server of queue_url
  int attempts_max = 3;
  http_options http;
  log_function log;
};

struct sqs_message {
  std::string id;
  std::string receipt;  // of this delivery: what it is deleted and extended by
  std::string body;
  int receive_count = 0;     // this one too; 0: not said
  std::int64_t sent_ms = 0;  // since 1970; 0: not said
};

struct sqs_visibility {
  std::string receipt;
  std::chrono::seconds hidden_for{};  // from now on; 0: it is to be seen at once
};

// One entry of a batch that was not done.
struct sqs_entry_failure {
  std::size_t index = 0;
  bool lasting = false;  // doing it again changes nothing: the receipt is none any more
  std::string code;
};

struct sqs_attributes {
  std::chrono::seconds visibility{};
  bool has_redrive = false;              // messages that are received too often go elsewhere
  std::optional<std::uint64_t> waiting;  // about so many messages can be received
};

class sqs_client {
 public:
  // `who`: nullptr where requests are not signed; outlives the client. Errors: usage, a URL that is
  // no queue's, a region that nobody says; as open_http_client().
  static result<std::unique_ptr<sqs_client>> open(sqs_options options, credentials_source* who);
  sqs_client(const sqs_client&) = delete;
  sqs_client& operator=(const sqs_client&) = delete;
  ~sqs_client();

  // Up to `most` (1 to 10) messages, as soon as there is one; none after `wait` (at most 20 s).
  // They are hidden from others for `hidden_for`; nothing: as the queue has it.
  result<std::vector<sqs_message>, service_failure> receive(
      std::size_t most, std::chrono::seconds wait,
      std::optional<std::chrono::seconds> hidden_for = {});
  // Of up to 10 each. What is not in the answer's list was done.
  result<std::vector<sqs_entry_failure>, service_failure> remove(
      std::span<const std::string> receipts);
  result<std::vector<sqs_entry_failure>, service_failure> change_visibility(
      std::span<const sqs_visibility> changes);
  result<sqs_attributes, service_failure> attributes();

 private:
  class state;
  explicit sqs_client(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

// The last piece of a queue's URL, for messages and metrics.
[[nodiscard]] std::string queue_name_of(std::string_view queue_url);

// The region in the host's name of a queue of AWS; empty: it names none.
[[nodiscard]] std::string queue_region_of(std::string_view queue_url);

}  // namespace trailbell::aws

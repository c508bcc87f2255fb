// The S3 source: objects that messages of SQS queues announce.
//
// An object is a batch. Its message is deleted once all of its objects are acked, and stays hidden
// from others until then; what is nacked is released. An object that is announced twice within an
// hour (of the last 20,000) is read once. Objects are fetched ahead on threads of the source's own,
// bounded in number and bytes; so are messages.
//
// Poison: a message that is no notification, one that was received more than max_receives times, an
// object that is larger than max_object_bytes, and one that is not there, or is refused for another
// reason than a permission, missing_object_wait after it was announced. With `quarantine` it is a
// batch with a problem, and its message is deleted when that is acked; with `redrive` its message
// is released for the queue's redrive policy to take. Whatever else fails is tried again for as
// long as the process runs.
//
// Digest files, Insights events, folder markers, deletions, test and validation messages and
// confirmations of subscriptions are counted and deleted. Records in a message itself (EventBridge
// sends them) are decoded; their place is an empty bucket and "sqs:QUEUE/MESSAGE-ID".
//
// With `reconcile`, a bucket is listed time after time, and what nobody announced is read too: what
// was written up to `delay` ago, is not remembered and is not under way. What is acknowledged, by
// whichever way it came, is remembered in the file `state` until no listing can find it any more;
// lost lines of it make an object be read twice, never be left out. The first listing of a new
// record goes back for `backfill`. Several processes that share a queue know of themselves only.
//
// Not ready: where a bucket that is to be listed is not, or the record cannot be written; where a
// queue does not give or take what it should, an object may not be read (by S3
// or by KMS), or none was read for ten seconds while some failed. Sources: Amazon SQS Developer
// Guide, "Visibility timeout", "Short and long polling", "Dead-letter queues".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trailbell/aws/settings.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/base/s3_limits.hpp"
#include "trailbell/consume/source.hpp"

namespace trailbell::consume {

enum class poison_way : std::uint8_t { quarantine, redrive };

struct reconcile_options {
  std::string bucket;
  std::vector<std::string> prefixes{"AWSLogs/"};
  std::chrono::milliseconds every{std::chrono::hours{1}};
  std::chrono::milliseconds window{std::chrono::days{1}};
  std::chrono::milliseconds delay{std::chrono::minutes{15}};
  std::chrono::milliseconds backfill{std::chrono::days{1}};
  std::string state;                                        // a file
  std::size_t objects_max = limits::s3_remembered_default;  // that are remembered
  log_function log;                                         // of each round, that it was
};

struct s3_source_options {
  std::vector<std::string> queue_urls;
  std::string region;        // of the queues; empty: the environment's, or a URL's own
  std::string endpoint_url;  // of SQS and S3 both; empty: the environment's, or AWS's
  std::string profile;       // empty: the standard order of credentials
  std::string role_arn;      // is assumed; empty: none
  std::string external_id;

  poison_way on_poison = poison_way::quarantine;
  std::chrono::milliseconds missing_object_wait{std::chrono::minutes{15}};
  int max_receives = 5;
  std::chrono::seconds visibility_timeout{0};  // 0: each queue's own
  int concurrency = 32;                        // objects that are fetched at once; 1 to 256
  std::size_t object_bytes_max = 256 * limits::mib;
  std::size_t ahead_bytes = 64 * limits::mib;  // of objects that are fetched and not taken

  std::optional<reconcile_options> reconcile;

  aws::variables environment = aws::process_variables();
  log_function log;
};

// Asks nobody yet. Errors: usage: a URL that is no queue's, a region that nobody says, shared files
// that are wrong.
[[nodiscard]] result<std::unique_ptr<source>> open_s3_source(const s3_source_options& options);

}  // namespace trailbell::consume

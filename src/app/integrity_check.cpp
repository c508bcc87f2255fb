#include "app/integrity_check.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "app/text_file.hpp"
#include "trailbell/base/integrity_limits.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/integrity/archive_evidence.hpp"
#include "trailbell/integrity/aws_public_keys.hpp"

namespace trailbell::app {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

error usage(const std::string& what) {
  return {errc::usage, what};
}

result<integrity::public_keys> read_keys(const std::string& path) {
  const result<std::string> text = read_text_file(path, limits::key_file_bytes_max);
  if (!text) {
    return usage("--public-keys " + path + ": " + text.failure().message);
  }
  if (text.value().size() > limits::key_file_bytes_max) {
    return usage("--public-keys " + path + ": larger than 16 MiB; name the keys of the time alone");
  }
  result<integrity::public_keys> keys = integrity::read_public_keys(text.value());
  if (!keys) {
    return usage("--public-keys " + path + ": " + keys.failure().message +
                 "; `aws cloudtrail list-public-keys --start-time TIME --end-time TIME` writes it");
  }
  return keys;
}

// Of the oldest digest, which may say anything: but there were none before.
std::int64_t first_second(const integrity::evidence& found) {
  constexpr std::int64_t first_digest_s = 1'420'070'400;  // 2015
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const integrity::found_digest& one : found.digests) {
    first = one.document ? std::min(first, one.document->start_ns / second_ns) : first;
  }
  return std::max(first, first_digest_s);
}

}  // namespace

result<integrity_check> integrity_check::open(const input_arguments& arguments,
                                              const std::atomic<bool>& stop) {
  if (std::all_of(arguments.paths.begin(), arguments.paths.end(),
                  [](const std::string& path) { return path == "-"; })) {
    return usage("standard input has no digests: name the folder or the bucket that has them");
  }
  if (!arguments.public_keys.empty()) {
    result<integrity::public_keys> keys = read_keys(arguments.public_keys);
    return keys ? result<integrity_check>{integrity_check{arguments, std::move(keys.value()), {}}}
                : result<integrity_check>{keys.failure()};
  }
  result<s3_session> session = open_s3(arguments.aws, &stop);
  if (!session) {
    return session.failure();
  }
  return integrity_check{arguments, std::nullopt, std::move(session.value())};
}

integrity::digest_report integrity_check::run(const integrity::time_range& range,
                                              const std::optional<consume::s3_access>& s3,
                                              const input_plan& plan,
                                              consume::read_control& control) const {
  const integrity::archive_wish wish{arguments_.paths, s3, range, plan.threads,
                                     plan.object_bytes_max};
  const integrity::evidence found = integrity::gather_evidence(wish, control);
  return integrity::check_digests(found, keys_for(found), range);
}

integrity::key_ring integrity_check::keys_for(const integrity::evidence& found) const {
  if (keys_) {
    return integrity::key_ring{*keys_};
  }
  integrity::key_ring keys;
  const integrity::key_asking with{session_->config, *session_->who, arguments_.aws.endpoint_url,
                                   session_->options.http.stop, session_->options.log};
  // What is signed late, as a backfill, is signed by a key of any time until now.
  const std::int64_t now_s = system_now_ns() / second_ns;
  for (const std::string& region : integrity::regions_of(found)) {
    keys.add(region, integrity::ask_public_keys(with, region, first_second(found), now_s));
  }
  return keys;
}

}  // namespace trailbell::app

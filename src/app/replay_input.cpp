#include "app/replay_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "trailbell/base/cores.hpp"
#include "trailbell/base/s3_limits.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::app {
namespace {

error usage(const std::string& what) {
  return {errc::usage, what};
}

bool is_s3(const std::string& path) {
  return consume::is_s3_url(path);
}

// What may not be looked at exists, perhaps: the replay will say so.
bool is_missing(const std::string& path) {
  std::error_code ignored;
  return path != "-" && !is_s3(path) &&
         std::filesystem::symlink_status(path, ignored).type() ==
             std::filesystem::file_type::not_found;
}

// FNV-1a: that a list of rules is the same.
std::string sum_of(const detect::rule_set& rules) {
  std::uint64_t sum = 0xcbf29ce484222325U;
  for (const detect::rule_ptr& rule : rules.rules()) {
    const std::string one =
        rule->id() + ' ' + std::to_string(rule->info().text().definition) + '\n';
    for (const char c : one) {
      sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
  }
  return fmt::format("{:016x}", sum);
}

result<std::optional<std::int64_t>> time_option(const char* name, const std::string& text) {
  if (text.empty()) {
    return std::optional<std::int64_t>{};
  }
  const std::optional<std::int64_t> time = parse_rfc3339(text);
  if (!time) {
    return usage(
        fmt::format("{} {}: not an RFC 3339 time such as 2026-03-04T00:00:00Z", name, text));
  }
  return time;
}

}  // namespace

result<input_plan> plan_input(const input_arguments& a) {
  if (a.threads && (*a.threads < 1 || *a.threads > limits::lanes_max)) {
    return usage(fmt::format("--threads {}: choose 1 to {}", *a.threads, limits::lanes_max));
  }
  if (a.max_object_bytes && *a.max_object_bytes < 1) {
    return usage(fmt::format("--max-object-bytes {}: choose 1 or more", *a.max_object_bytes));
  }
  const auto from = time_option("--from", a.from);
  const auto to = time_option("--to", a.to);
  if (!from || !to) {
    return from ? to.failure() : from.failure();
  }
  return input_plan{from.value(), to.value(), a.threads.value_or(usable_cores()),
                    static_cast<std::uint64_t>(a.max_object_bytes.value_or(
                        static_cast<std::int64_t>(limits::object_bytes_max)))};
}

std::optional<error> check_paths(const input_arguments& a) {
  bool of_s3 = false;
  for (const std::string& path : a.paths) {
    if (path.empty()) {
      return usage("an empty PATH");
    }
    of_s3 = of_s3 || is_s3(path);
    if (is_s3(path)) {
      if (const auto parsed = consume::parse_s3_url(path); !parsed) {
        return parsed.failure();
      }
    }
  }
  const bool asks_for_keys = a.verify_digests && a.public_keys.empty();
  if (!of_s3 && ((a.aws.any() && !asks_for_keys) || a.s3_requests)) {
    return usage(
        "--region, --profile, --role-arn, --external-id, --endpoint-url and --s3-requests "
        "go with a PATH s3://BUCKET/PREFIX");
  }
  if (!a.public_keys.empty() && !a.verify_digests) {
    return usage("--public-keys goes with --verify-digests");
  }
  if (a.s3_requests && (*a.s3_requests < 1 || *a.s3_requests > limits::s3_requests_max)) {
    return usage(
        fmt::format("--s3-requests {}: choose 1 to {}", *a.s3_requests, limits::s3_requests_max));
  }
  if (!a.aws.external_id.empty() && a.aws.role_arn.empty()) {
    return usage("--external-id goes with --role-arn");
  }
  if (std::all_of(a.paths.begin(), a.paths.end(), is_missing)) {
    return usage(a.paths.front() + ": no such file or folder");
  }
  return std::nullopt;
}

std::optional<error> check_input(const replay_arguments& a) {
  if (std::optional<error> problem = check_paths(a)) {
    return problem;
  }
  const auto is_one_of_them = [&](const std::string& own) {
    return std::any_of(a.paths.begin(), a.paths.end(), [&](const std::string& path) {
      std::error_code ignored;
      return !own.empty() && std::filesystem::is_regular_file(path, ignored) &&
             std::filesystem::equivalent(path, own, ignored);
    });
  };
  for (const auto& [option, written] :
       {std::pair{"--output ", &a.output}, {"--report ", &a.report}}) {
    if (is_one_of_them(*written)) {
      return usage(option + *written + ": is the file that is to be read; choose another");
    }
  }
  if (!a.report.empty() && (a.report == a.output || a.report == a.summary)) {
    return usage("--report " + a.report + ": is the file of another option too; choose another");
  }
  if (is_one_of_them(a.checkpoint) || (!a.checkpoint.empty() && a.checkpoint == a.output)) {
    return usage("--checkpoint " + a.checkpoint + ": is a file that is read or written; choose " +
                 "another");
  }
  return std::nullopt;
}

result<std::optional<consume::s3_access>> open_input(const input_arguments& a,
                                                     const input_plan& plan,
                                                     const std::atomic<bool>& stop) {
  if (std::none_of(a.paths.begin(), a.paths.end(), is_s3)) {
    return std::optional<consume::s3_access>{};
  }
  result<s3_session> session = open_s3(a.aws, &stop);
  if (!session) {
    return session.failure();
  }
  consume::s3_access access;
  access.client = std::move(session.value().options);
  access.who = std::move(session.value().who);
  access.from_ns = plan.from_ns;
  access.to_ns = plan.to_ns;
  access.requests_max = a.s3_requests.value_or(limits::s3_requests_default);
  std::optional<error> first;
  for (const std::string& path : a.paths) {
    std::optional<error> problem;
    if (is_s3(path)) {
      problem = consume::look_at(consume::parse_s3_url(path).value(), access);
    } else if (is_missing(path)) {
      problem = error{errc::not_found, "no such file or folder"};
    }
    if (!problem) {
      return std::optional{std::move(access)};
    }
    if (!first) {
      first = error{problem->code == errc::not_found ? errc::usage : problem->code,
                    path + ": " + problem->message};
    }
  }
  return *first;
}

result<std::unique_ptr<consume::replay_checkpoint>> open_checkpoint(const replay_arguments& a,
                                                                    const detect::rule_set& rules) {
  if (a.checkpoint.empty()) {
    return std::unique_ptr<consume::replay_checkpoint>{};
  }
  if (!rules.correlations().nodes().empty()) {
    return usage(
        "--checkpoint does not go with rules that count over several records (a threshold, a "
        "correlation): what they had counted would be forgotten; replay these by themselves");
  }
  return consume::replay_checkpoint::open(
      a.checkpoint,
      fmt::format("rules={}:{} from={} to={} strict={}", rules.rules().size(), sum_of(rules),
                  a.from.empty() ? "-" : a.from, a.to.empty() ? "-" : a.to, a.strict ? 1 : 0));
}

}  // namespace trailbell::app

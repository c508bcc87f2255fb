#include "trailbell/verify/aws_inventory.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "trailbell/aws/endpoint.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/verify/inventory_file.hpp"
#include "verify/region_visit.hpp"
#include "verify/siem_asker.hpp"

namespace trailbell::verify {
namespace {

// The environment in which every service is at that URL.
aws::variables environment_of(const aws_inventory_options& options) {
  if (options.endpoint_url.empty()) {
    return options.environment;
  }
  return [url = options.endpoint_url,
          rest = options.environment](const std::string& name) -> std::optional<std::string> {
    if (name == "AWS_ENDPOINT_URL") {
      return url;
    }
    const bool other =
        name.starts_with("AWS_ENDPOINT_URL_") || name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
    return other ? std::nullopt : rest(name);
  };
}

template <class Look>
void each_region(const call_answer& answer, Look look) {
  decode::json_reader reader;
  json_tree tree;
  if (answer.pages.empty() || !reader.read(answer.pages.front(), tree)) {
    return;
  }
  if (const auto regions = tree.root().find("regionInfo")) {
    for (const json_value region : *regions) {
      const auto name = region.find("regionName");
      const auto opted = region.find("optInStatus");
      if (name && (!opted || opted->text() != "not-opted-in")) {
        look(std::string{name->text()});
      }
    }
  }
}

std::string account_of(const call_answer& answer) {
  decode::json_reader reader;
  json_tree tree;
  if (answer.pages.empty() || !reader.read(answer.pages.front(), tree)) {
    return "";
  }
  const auto account = tree.root().find("Account");
  return account ? std::string{account->text()} : std::string{};
}

class collection {
 public:
  collection(const asking& with, std::string account, std::set<std::string> regions)
      : with_{with}, account_{std::move(account)}, wanted_{std::move(regions)} {}

  // Lists trails, and follows them until they lead to no further region.
  std::optional<error> list_trails() {
    while (!wanted_.empty()) {
      std::vector<region_visit*> fresh;
      for (const std::string& region : wanted_) {
        auto asker = aws_asker::open(with_, region);
        if (!asker) {
          return asker.failure();
        }
        visits_.push_back(
            std::make_unique<region_visit>(std::move(asker.value()), account_, region));
        fresh.push_back(visits_.back().get());
      }
      wanted_.clear();
      at_once(fresh, [](region_visit& one) { one.list_trails(); });
      for (const region_visit* const visit : fresh) {
        for (const trail& one : visit->trails()) {
          follow(one);
        }
      }
    }
    return std::nullopt;
  }

  void ask_all() {
    std::vector<region_visit*> all;
    for (const auto& visit : visits_) {
      all.push_back(visit.get());
    }
    at_once(all, [this](region_visit& one) {
      const auto homed = homes_.find(one.region());
      one.ask_all(homed == homes_.end() ? std::set<std::string>{} : homed->second,
                  groups_.contains(one.region()));
    });
  }

  // Of a chain through files: buckets where they are, then everything behind them.
  std::optional<error> ask_files() {
    std::map<std::string, std::string> buckets;  // name to the region where it is asked for first
    for (const auto& [home, trails] : trails_) {
      for (const trail& one : trails) {
        buckets.emplace(one.bucket, home);
      }
    }
    for (const auto& [bucket, home] : buckets) {
      if (std::optional<error> failed = ask_bucket(bucket, home)) {
        return failed;
      }
    }
    std::vector<region_visit*> all;
    for (const auto& visit : visits_) {
      all.push_back(visit.get());
    }
    at_once(all, [this](region_visit& one) {
      std::set<std::string> homed;
      std::set<std::string> topics;
      const auto at = trails_.find(one.region());
      for (const trail& of : at == trails_.end() ? std::vector<trail>{} : at->second) {
        homed.insert(of.arn);
        if (!of.topic.empty()) {
          topics.insert(of.topic);
        }
      }
      one.ask_files(homed, topics);
    });
    return std::nullopt;
  }

  [[nodiscard]] std::map<std::string, std::string> texts() const {
    std::map<std::string, std::string> all;
    for (const auto& visit : visits_) {
      all[visit->region()] = visit->json();
    }
    return all;
  }

 private:
  void follow(const trail& one) {
    const arn_parts group = split_arn(one.log_group_arn);
    const std::string home =
        one.home_region.empty() ? std::string{split_arn(one.arn).region} : one.home_region;
    if (homes_[home].insert(one.arn).second) {
      trails_[home].push_back(one);
    }
    want(home);
    if (group.account == account_) {
      groups_.insert(std::string{group.region});
      want(std::string{group.region});
    }
  }

  // The visit of a region; null where it cannot be.
  result<region_visit*> visit_of(const std::string& region) {
    for (const auto& visit : visits_) {
      if (visit->region() == region) {
        return visit.get();
      }
    }
    if (!aws::is_region(region) || visits_.size() >= limits::verify_regions_max) {
      return static_cast<region_visit*>(nullptr);
    }
    auto asker = aws_asker::open(with_, region);
    if (!asker) {
      return asker.failure();
    }
    visits_.push_back(std::make_unique<region_visit>(std::move(asker.value()), account_, region));
    return visits_.back().get();
  }

  std::optional<error> ask_bucket(const std::string& bucket, const std::string& home) {
    std::string region = home;
    for (int turn = 0; turn < 2 && !region.empty() && !bucket.empty(); ++turn) {
      const result<region_visit*> visit = visit_of(region);
      if (!visit) {
        return visit.failure();
      }
      region = visit.value() == nullptr ? "" : visit.value()->ask_bucket(bucket);
    }
    return std::nullopt;
  }

  void want(const std::string& region) {
    const bool there = std::any_of(visits_.begin(), visits_.end(),
                                   [&](const auto& one) { return one->region() == region; });
    // Where the listing says nonsense there is nothing to follow.
    if (!there && aws::is_region(region) && visits_.size() < limits::verify_regions_max) {
      wanted_.insert(region);
    }
  }

  static void at_once(const std::vector<region_visit*>& visits,
                      const std::function<void(region_visit&)>& act) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> threads;
    const std::size_t count = std::min(visits.size(), limits::verify_regions_at_once);
    threads.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([&] {
        for (std::size_t at = next++; at < visits.size(); at = next++) {
          act(*visits[at]);
        }
      });
    }
  }

  asking with_;
  std::string account_;
  std::set<std::string> wanted_;
  std::vector<std::unique_ptr<region_visit>> visits_;
  std::map<std::string, std::set<std::string>> homes_;  // trail ARNs by home region
  std::map<std::string, std::vector<trail>> trails_;    // the same trails
  std::set<std::string> groups_;                        // regions that a trail delivers to
};

result<std::set<std::string>> regions_of(const aws_inventory_options& options,
                                         const std::string& home, aws_asker& asker) {
  std::set<std::string> regions{options.regions.begin(), options.regions.end()};
  if (options.all_regions) {
    const call_answer answer = asker.ask(calls::describe_regions);
    if (answer.state != listing_state::complete) {
      const std::string action = iam_action(calls::describe_regions);
      return error{errc::unreadable, "which regions there are cannot be told: " + answer.error +
                                         "; allow " + action + ", or name them by --region"};
    }
    each_region(answer, [&](std::string region) { regions.insert(std::move(region)); });
  }
  if (regions.empty()) {
    regions.insert(home);
  }
  for (const std::string& region : regions) {
    if (!aws::is_region(region)) {
      return error{errc::usage, "the region " + in_quotes(region) + " is none"};
    }
  }
  if (regions.size() > limits::verify_regions_max) {
    return error{errc::usage, std::to_string(regions.size()) + " regions are too many"};
  }
  return regions;
}

result<aws_inventory> collect(const aws_inventory_options& options, const asking& with,
                              siem_doors& doors, const std::string& home) {
  auto first = aws_asker::open(with, home);
  if (!first) {
    return first.failure();
  }
  const call_answer caller = first.value()->ask(calls::get_caller_identity);
  const std::string account = account_of(caller);
  if (account.empty()) {
    return error{
        errc::unreadable,
        "AWS does not say whose account this is: " +
            (caller.error.empty()
                 ? "no Account in what " + iam_action(calls::get_caller_identity) + " answered"
                 : caller.error)};
  }
  result<std::set<std::string>> regions = regions_of(options, home, *first.value());
  if (!regions) {
    return regions.failure();
  }
  siem_text siem;
  std::jthread siem_thread;  // behind what it fills
  if (options.siem) {
    siem_thread =
        std::jthread{[&] { siem = ask_siem(*options.siem, doors, with.until, with.stopped); }};
  }
  collection collected{with, account, std::move(regions.value())};
  if (std::optional<error> failed = collected.list_trails()) {
    return *failed;
  }
  if (options.siem) {
    if (std::optional<error> failed = collected.ask_files()) {
      return *failed;
    }
    siem_thread.join();
  } else {
    collected.ask_all();
  }
  const std::int64_t now = system_now_ns();
  aws_inventory out{{account, now, {}, std::move(siem.listed)},
                    inventory_text(account, now, collected.texts(), siem.json)};
  // Region by region: together they may be more than one document may be.
  for (const auto& [region, text] : collected.texts()) {
    auto read = read_inventory("", inventory_text(account, now, {{region, text}}));
    if (!read) {
      return error{errc::too_large,
                   "what AWS lists in " + region + ": " + read.failure().all.front().what};
    }
    out.listed.regions.merge(read.value().regions);
  }
  return out;
}

}  // namespace

result<aws_inventory> ask_aws(const aws_inventory_options& options) {
  const aws::deadline until = std::chrono::steady_clock::now() + options.timeout;
  const aws::variables environment = environment_of(options);
  const result<aws::settings> config = aws::load_settings(environment, options.profile);
  if (!config) {
    return config.failure();
  }
  std::string home = options.regions.empty() ? config.value().region() : options.regions.front();
  home = home.empty() ? "us-east-1" : home;
  if (!aws::is_region(home)) {
    return error{errc::usage, "the region " + in_quotes(home) + " is none"};
  }
  if (!options.endpoint_url.empty()) {
    const result<std::string> place =
        aws::endpoint_of({"AWS", home, false, false, options.endpoint_url});
    if (!place) {
      return place.failure();
    }
  }
  auto tls = aws::load_tls(config.value().http().tls);
  if (!tls) {
    return tls.failure();
  }
  aws::credentials_options keys;
  keys.profile = options.profile;
  keys.region = home;
  keys.role = options.role;
  keys.environment = environment;
  keys.tls = tls.value();
  keys.log = options.log;
  auto opened = aws::open_credentials(std::move(keys));
  if (!opened) {
    return opened.failure();
  }
  const auto who = aws::share_credentials(std::move(opened.value()));
  result<siem_doors> doors = options.siem ? open_doors(*options.siem) : siem_doors{};
  if (!doors) {
    return doors.failure();
  }
  const asking with{config.value(), std::move(tls.value()), *who, until,
                    options.log,    options.stopped};
  return collect(options, with, doors.value(), home);
}

}  // namespace trailbell::verify

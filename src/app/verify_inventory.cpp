#include "app/verify_inventory.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <mutex>

#include "app/app.hpp"
#include "app/journal.hpp"
#include "app/text_file.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/verify/aws_inventory.hpp"
#include "trailbell/verify/inventory_file.hpp"

namespace trailbell::app {
namespace {

using found = result<verify::inventory, no_inventory>;

found read_file(const std::string& path) {
  const result<std::string> text = read_text_file(path, limits::value_bytes_max);
  if (!text) {
    journal{}.say(path + ": " + text.failure().message);
    return no_inventory{exit_usage};
  }
  if (text.value().size() > limits::value_bytes_max) {
    journal{}.say(path + ": larger than an inventory may be (64 MiB); split it by --region");
    return no_inventory{exit_usage};
  }
  auto read = verify::read_inventory(path, text.value());
  if (!read) {
    for (const file_problem& problem : read.failure().all) {
      std::string line;
      append_printable(problem.message(), line);
      std::fputs((line + "\n").c_str(), stderr);
    }
    return no_inventory{exit_usage};
  }
  return std::move(read.value());
}

// False where one is not in the inventory, which was said.
bool keep_regions(const std::vector<std::string>& wanted, verify::inventory& of) {
  bool known = true;
  for (const std::string& region : wanted) {
    if (of.region(region) == nullptr) {
      std::vector<std::string> there;
      for (const auto& [name, ignored] : of.regions) {
        there.push_back(name);
      }
      journal{}.say("--region " + region + ": the inventory has " +
                    (there.empty() ? "no region" : comma_separated(there)));
      known = false;
    }
  }
  if (!wanted.empty()) {
    std::erase_if(of.regions, [&](const auto& one) {
      return std::find(wanted.begin(), wanted.end(), one.first) == wanted.end();
    });
  }
  return known;
}

bool save(const std::string& path, const std::string& text) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "we"),
                                                             std::fclose};
  const bool written = file != nullptr &&
                       std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() &&
                       std::fflush(file.get()) == 0;
  if (!written) {
    journal{}.say("--save-inventory " + path + ": it cannot be written");
  } else if (text.size() > limits::value_bytes_max) {
    journal{}.say("--save-inventory " + path +
                  ": larger than --inventory reads (64 MiB); name fewer regions");
  }
  return written;
}

log_function warnings() {
  return [lock = std::make_shared<std::mutex>()](log_level level, std::string_view text) {
    if (level >= log_level::warning) {
      const std::lock_guard held{*lock};
      journal{}.say(text);
    }
  };
}

// Addresses without a slash at their end; where there is none, the one by default.
std::vector<std::string> bare(std::vector<std::string> addresses, const std::string& by_default) {
  for (std::string& one : addresses) {
    while (one.ends_with('/')) {
      one.pop_back();
    }
  }
  std::erase(addresses, "");
  if (addresses.empty() && !by_default.empty()) {
    addresses.push_back(by_default);
  }
  return addresses;
}

found ask(const verify_arguments& arguments) {
  verify::aws_inventory_options options;
  options.regions = arguments.regions;
  options.all_regions = arguments.all_regions;
  options.profile = arguments.profile;
  options.role.arn = arguments.role_arn;
  options.role.external_id = arguments.external_id;
  options.endpoint_url = arguments.endpoint_url;
  options.timeout = std::chrono::seconds{arguments.timeout_s};
  options.log = warnings();
  if (arguments.siem) {
    options.siem =
        verify::siem_endpoints{bare(arguments.services, "http://127.0.0.1:9464"),
                               bare({arguments.prometheus}, "http://127.0.0.1:9090").front(),
                               bare(arguments.alertmanagers, ""),
                               arguments.service_sign_in,
                               arguments.prometheus_sign_in,
                               arguments.alertmanager_sign_in};
  }
  result<verify::aws_inventory> got = verify::ask_aws(options);
  if (!got) {
    journal{}.say(got.failure().message);
    return no_inventory{got.failure().code == errc::usage ? exit_usage : exit_failure};
  }
  if (!arguments.save_inventory.empty() && !save(arguments.save_inventory, got.value().text)) {
    return no_inventory{exit_failure};
  }
  return std::move(got.value().listed);
}

}  // namespace

found find_inventory(const verify_arguments& arguments) {
  if (arguments.inventory.empty()) {
    return ask(arguments);
  }
  found read = read_file(arguments.inventory);
  if (read && !keep_regions(arguments.regions, read.value())) {
    return no_inventory{exit_usage};
  }
  return read;
}

}  // namespace trailbell::app

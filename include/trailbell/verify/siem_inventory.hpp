// siem_inventory: what the parts of a SIEM said of themselves: services of trailbell, Prometheus,
// Alertmanager. As far as a chain through them needs it.
//
// Values, made by inventory_file.hpp; deploy/inventory.md has the format. Immutable once made; any
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trailbell/verify/listing.hpp"

namespace trailbell::verify {

// `/readyz`: good where it answers 200.
struct ready_page {
  bool good = false;
  std::string text;
};

struct running_rule {
  std::string id, kind;
  std::string pattern;  // empty: it is no pattern, and what it covers cannot be proved
  texts suppress;       // patterns
  bool stateful = false;
};

struct running_source {
  std::string kind;  // kafka, s3, file
  texts queue_urls;  // of s3
  std::string region;
  texts topics;  // of kafka
};

struct running_sink {
  std::string name, kind;
  bool required = false;
};

// `/status`: what runs there.
struct status_page {
  std::string version;
  std::vector<running_rule> rules;
  std::vector<running_source> sources;
  std::vector<running_sink> sinks;
};

struct siem_service {
  described<ready_page> ready;
  described<status_page> status;
  described<std::string> metrics;  // Prometheus' text
};

using label_map = std::map<std::string, std::string, std::less<>>;

struct prometheus_rule {
  std::string name, query, health, error;
  bool alerting = false;  // else it records
  double for_s = 0;
  label_map labels;
};

struct prometheus_sample {
  label_map labels;
  double value = 0;
};

struct prometheus_answers {
  std::string address;
  listed<prometheus_rule> rules;
  listed<prometheus_sample> started;    // process_start_time_seconds of what has trailbell's build
  listed<prometheus_sample> event_age;  // 95 % of the findings of half an hour, seconds
  listed<std::string> alertmanagers;    // addresses that it sends to
  described<std::string> config;        // YAML
};

struct label_matcher {
  std::string name, value;
  bool regex = false;
  bool equal = true;
};

struct alert_silence {
  std::string id, state, ends_at, by;
  std::vector<label_matcher> matchers;
};

struct alertmanager_answers {
  described<std::string> config;  // YAML
  listed<alert_silence> silences;
};

struct siem_inventory {
  std::map<std::string, siem_service, std::less<>> services;  // by address
  prometheus_answers prometheus;
  std::map<std::string, alertmanager_answers, std::less<>> alertmanagers;  // by address
};

}  // namespace trailbell::verify

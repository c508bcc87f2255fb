#include "app/config_loader.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>
#include <utility>

#include "app/config_checks.hpp"
#include "app/config_keys.hpp"
#include "app/config_overrides.hpp"
#include "app/config_reader.hpp"

namespace trailbell::app {
namespace {

void read_file(const config_input& input, loaded_config& into, problem_list& problems) {
  result<yaml_file, file_problem> parsed = read_yaml(input.path, input.text);
  if (!parsed) {
    problems.push_back(parsed.failure());
    return;
  }
  const yaml_file& file = parsed.value();
  problems.insert(problems.end(), file.problems.begin(), file.problems.end());
  if (file.documents.size() > 1) {
    problems.push_back({input.path, file.documents[1].at, "a second document",
                        "a configuration is one; leave '---' out"});
  }
  if (!file.documents.empty() && (file.documents.front().kind != yaml_kind::scalar ||
                                  file.documents.front().type() != yaml_type::null)) {
    config_reader{file, {}, input.around, into, problems}.read_mapping(keys_of(into.config),
                                                                       file.documents.front(), "");
  }
}

// A sink that was given no name is called as its kind, and numbered where that is taken.
void name_sinks(std::vector<sink_config>& sinks) {
  std::set<std::string> taken;
  for (const sink_config& sink : sinks) {
    taken.insert(sink.name);
  }
  for (sink_config& sink : sinks) {
    if (!sink.name.empty()) {
      continue;
    }
    const std::string kind{sink_kinds()[sink.kind.index()]};
    sink.name = kind;
    for (int number = 2; !taken.insert(sink.name).second; ++number) {
      sink.name = kind + "-" + std::to_string(number);
    }
  }
}

// Beside the checkpoint; without one, in the folder that the service runs in.
void place_quarantine(service_config& config) {
  if (config.quarantine.path.empty() && !config.quarantine.kafka) {
    const std::filesystem::path checkpoint =
        config.source.file ? config.source.file->checkpoint : std::string{};
    const std::filesystem::path folder = checkpoint.parent_path();
    config.quarantine.path = ((folder.empty() ? "." : folder) / "quarantine").string();
  }
}

// Kafka's partitions are read again, so that nothing has to be kept of them.
void place_state(service_config& config) {
  const std::string stem =
      config.source.file ? config.source.file->checkpoint : std::string{"./trailbell"};
  if (config.rules.state.empty() && (config.source.file || config.source.s3)) {
    config.rules.state = stem + ".windows";
  }
  if (config.source.s3 && config.source.s3->reconcile) {
    std::string& state = config.source.s3->reconcile->state;
    state = state.empty() ? stem + ".objects" : state;
  }
}

// The file's own first, by line; then the environment's and the flags', as they were found.
void sort_by_place(problem_list& problems, const std::string& path) {
  std::stable_sort(
      problems.begin(), problems.end(), [&path](const file_problem& a, const file_problem& b) {
        const auto rank = [&path](const file_problem& one) {
          const bool in_file = one.path == path;
          return std::tuple{!in_file, in_file ? one.at.line : 0, in_file ? one.at.column : 0};
        };
        return rank(a) < rank(b);
      });
}

}  // namespace

result<loaded_config, config_problems> load_config(const config_input& input) {
  loaded_config loaded;
  problem_list problems;
  read_file(input, loaded, problems);
  const bool readable = problems.empty();
  for (const config_override& one : overrides_of(input.around.environment, loaded.warnings)) {
    apply(one, input.around, loaded, problems);
  }
  for (const config_override& one : overrides_of(input.settings, problems)) {
    apply(one, input.around, loaded, problems);
  }
  problem_list warnings;
  config_findings findings{input.path, loaded, problems, warnings};
  if (readable || !loaded.origins.empty()) {  // else the file is no YAML at all
    check_required_keys(loaded, findings);
    check_guarantees(loaded.config, findings);
    check_kafka_access(loaded.config, findings);
    name_sinks(loaded.config.sinks);
    check_parts(loaded.config, findings);
  }
  if (!problems.empty()) {
    sort_by_place(problems, input.path);
    return config_problems{std::move(problems)};
  }
  place_quarantine(loaded.config);
  place_state(loaded.config);
  loaded.warnings.insert(loaded.warnings.end(), warnings.begin(), warnings.end());
  sort_by_place(loaded.warnings, input.path);
  return loaded;
}

}  // namespace trailbell::app

#include "app/rule_files.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <utility>

#include "app/journal.hpp"
#include "app/shipped_rules.hpp"
#include "app/text_file.hpp"
#include "trailbell/base/ensure.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/model/yaml.hpp"

namespace trailbell::app {
namespace {

namespace fs = std::filesystem;

bool is_rule_file(const std::string& path) {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

// Kubernetes keeps the files of a ConfigMap in folders whose names begin with "..", and links to
// them from where they are mounted. While it changes them there are two such folders: each rule
// would be there twice, or be gone when it is read.
bool is_inside_a_volume(std::string_view path, std::string_view folder) {
  return path.find("/..", folder.size() - (folder.ends_with('/') ? 1 : 0)) != path.npos;
}

// A tree may hold Prometheus' rules beside ours, and promtool's tests of them, as this project's
// does: `groups`, `rule_files` and nothing that makes a document a rule. What else is wrong with
// one is for promtool to say.
bool is_prometheus_document(const yaml_node& document) {
  const auto has = [&document](const char* key) { return document.find(key) != nullptr; };
  return (has("groups") || has("rule_files")) && !has("pattern") && !has("detection") &&
         !has("correlation") && !has("filter");
}

bool is_of_prometheus(const std::string& path, const std::string& text) {
  if (text.find("groups:") == text.npos && text.find("rule_files:") == text.npos) {
    return false;  // most files, which are then parsed once only
  }
  const result<yaml_file, file_problem> read = read_yaml(path, text);
  return read && !read.value().documents.empty() &&
         std::ranges::all_of(read.value().documents, is_prometheus_document);
}

// Reads what the paths name; what could not be read is said, and remembered.
class rule_reader {
 public:
  void read(const std::string& path) {
    const std::vector<consume::archive_item> files = rule_files_of(path);
    std::size_t others = 0;
    for (const consume::archive_item& item : files) {
      if (item.problem) {
        fail(item.path + ": " + item.problem->message);
      } else if (!read_file(item.path)) {
        ++others;
      }
    }
    if (files.size() > others) {
      tell_others(path, others);
    } else if (others == 1 && files.front().path == path) {
      fail(path + ": rules of Prometheus, not of trailbell; name it in Prometheus' 'rule_files'");
    } else {
      fail(path + ": no rule file (*.yaml, *.yml) in this folder" +
           (others > 0 ? " but those of Prometheus" : ""));
    }
  }

  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] const std::vector<detect::rule_text>& texts() const noexcept { return texts_; }

 private:
  // False where the file is one of Prometheus'.
  bool read_file(const std::string& path) {
    std::error_code ignored;
    if (!seen_.insert(fs::weakly_canonical(path, ignored).string()).second) {
      return true;  // named twice, or in a folder that is named as well
    }
    result<std::string> text = read_text_file(path, limits::yaml_bytes_max);
    if (!text) {
      fail(path + ": " + text.failure().message);
      return true;
    }
    if (is_of_prometheus(path, text.value())) {
      return false;
    }
    texts_.push_back({path, std::move(text.value())});
    return true;
  }

  static void tell_others(const std::string& path, std::size_t others) {
    if (others > 0) {
      journal{}.say(path + ": left out, as rules of Prometheus: " + std::to_string(others) +
                    (others == 1 ? " file" : " files"));
    }
  }

  void fail(const std::string& message) {
    journal{}.say(message);
    failed_ = true;
  }

  std::set<std::string> seen_;
  std::vector<detect::rule_text> texts_;
  bool failed_ = false;
};

}  // namespace

std::vector<consume::archive_item> rule_files_of(const std::string& path) {
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  std::vector<consume::archive_item> files;
  consume::archive_source source{{path}};
  while (std::optional<consume::archive_item> item = source.next()) {
    if (!folder ||
        (!is_inside_a_volume(item->path, path) && (item->problem || is_rule_file(item->path)))) {
      files.push_back(std::move(*item));
    }
  }
  return files;
}

std::optional<detect::loaded_rule> shipped_rule(std::string_view id) {
  for (const shipped_rule_text& shipped : shipped_rules()) {
    if (shipped.id != id) {
      continue;
    }
    auto loaded = detect::load_rules({{std::string{id} + ".yaml", std::string{shipped.text}}});
    ensure(loaded.ok() && loaded.value().size() == 1, "a shipped rule's file is sound");
    loaded.value().front().path = "built in";
    return std::move(loaded.value().front());
  }
  return std::nullopt;
}

std::optional<std::vector<detect::loaded_rule>> open_rules(const std::vector<std::string>& paths) {
  if (paths.empty()) {
    detect::loaded_rule builtin = std::move(*shipped_rule(detect::builtin_rule()->id()));
    builtin.rule = detect::builtin_rule();
    std::vector<detect::loaded_rule> rules;
    rules.push_back(std::move(builtin));
    return rules;
  }
  rule_reader reader;
  for (const std::string& path : paths) {
    reader.read(path);
  }
  auto loaded = detect::load_rules(reader.texts());
  if (!loaded) {
    for (const file_problem& problem : loaded.failure().all) {
      std::string line;  // begins with the path, for whoever jumps to places
      append_printable(problem.message(), line);
      std::fputs((line + "\n").c_str(), stderr);
    }
  }
  if (!loaded || reader.failed()) {
    return std::nullopt;
  }
  return std::move(loaded.value());
}

std::vector<detect::rule_ptr> rules_of(const std::vector<detect::loaded_rule>& loaded) {
  std::vector<detect::rule_ptr> rules;
  rules.reserve(loaded.size());
  for (const detect::loaded_rule& one : loaded) {
    rules.push_back(one.rule);
  }
  return rules;
}

std::shared_ptr<const detect::rule_set> open_rule_set(const std::vector<std::string>& paths) {
  if (paths.empty()) {
    return detect::builtin_rule_set();  // without its file, whose tests nobody asks for
  }
  const std::optional<std::vector<detect::loaded_rule>> loaded = open_rules(paths);
  return loaded ? std::make_shared<detect::rule_set>(rules_of(*loaded)) : nullptr;
}

std::optional<detect::loaded_rule> find_rule(const std::string& name,
                                             const std::vector<std::string>& paths) {
  std::error_code ignored;
  const bool is_file = fs::exists(name, ignored);
  if (!is_file && paths.empty()) {
    std::optional<detect::loaded_rule> shipped = shipped_rule(name);
    if (!shipped) {
      journal{}.say(name +
                    ": no such file, and not the id of a control's rule (cis-4.1 to cis-4.15, "
                    "securityhub-cloudwatch-1 to -14); name where the rules are with --rules PATH");
    }
    return shipped;
  }
  std::optional<std::vector<detect::loaded_rule>> loaded =
      open_rules(is_file ? std::vector{name} : paths);
  if (!loaded) {
    return std::nullopt;
  }
  if (is_file && loaded->size() == 1) {
    return std::move(loaded->front());
  }
  const auto found =
      std::find_if(loaded->begin(), loaded->end(),
                   [&name](const detect::loaded_rule& one) { return one.rule->id() == name; });
  if (is_file || found == loaded->end()) {
    journal{}.say(is_file ? name + ": holds " + std::to_string(loaded->size()) +
                                " rules; name one by its id, with --rules " + name
                          : name + ": no rule has this id");
    return std::nullopt;
  }
  return std::move(*found);
}

}  // namespace trailbell::app

// Rule files and folders, as the command line names them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/consume/archive_source.hpp"
#include "trailbell/detect/rule_file.hpp"
#include "trailbell/detect/rule_set.hpp"

namespace trailbell::app {

// The files that a path means: itself, or the *.yaml and *.yml in the folder that it is, in the
// order of their paths. One that cannot be looked at has a problem. What is below a folder whose
// name begins with ".." is Kubernetes' own, and is left out.
[[nodiscard]] std::vector<consume::archive_item> rule_files_of(const std::string& path);

// The rules of files, and of the *.yaml and *.yml in folders, in the order of their paths; of no
// path: the built-in rule. Nothing where something is wrong: then all of it was said on stderr.
// Prometheus' own rule files in a folder are left out, which is said too; one that is named itself
// is wrong.
[[nodiscard]] std::optional<std::vector<detect::loaded_rule>> open_rules(
    const std::vector<std::string>& paths);

// The rules themselves, in their order.
[[nodiscard]] std::vector<detect::rule_ptr> rules_of(
    const std::vector<detect::loaded_rule>& loaded);

// What open_rules() opens, ready to run; null where something is wrong.
[[nodiscard]] std::shared_ptr<const detect::rule_set> open_rule_set(
    const std::vector<std::string>& paths);

// The rule that `name` means: the file of that path, where it holds one rule; else the id of a rule
// in `paths` or, without paths, of a shipped one. Nothing where there is none, which was said.
[[nodiscard]] std::optional<detect::loaded_rule> find_rule(const std::string& name,
                                                           const std::vector<std::string>& paths);

// The rule of a control that is part of the program; nothing where the id is none of theirs.
// cis-4.4 as a pattern rule: what the built-in rule does, and its tests.
[[nodiscard]] std::optional<detect::loaded_rule> shipped_rule(std::string_view id);

}  // namespace trailbell::app

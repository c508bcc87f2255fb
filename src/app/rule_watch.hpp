// rule_watch: have rule files changed?
//
// Looks at the paths, sizes and times of change of the files that a rule path means, once a second;
// a change counts when it has lasted for two looks, so that a set that is being copied is not read
// by halves.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace trailbell::app {

class rule_watch {
 public:
  explicit rule_watch(std::vector<std::string> paths);

  // To be asked often. True once for each change.
  bool changed();

 private:
  [[nodiscard]] std::string look() const;

  std::vector<std::string> paths_;
  std::string known_, last_;
  std::chrono::steady_clock::time_point looked_;
};

}  // namespace trailbell::app

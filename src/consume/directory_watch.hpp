// directory_watch: files that appear in folder trees, by inotify(7).
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>
#include <vector>

#include "trailbell/base/descriptor.hpp"

namespace trailbell::consume {

class directory_watch {
 public:
  directory_watch();

  // A folder and all below it; of a file, the folder that it is in.
  void add(const std::string& path);

  // Appends files whose writer closed or moved them, and those of folders that are new. Waits at
  // most so long for the first.
  void take(std::chrono::milliseconds wait, std::vector<std::string>& paths);

  // Something may have been missed, since this was asked last: walk again.
  bool missed() noexcept;
  // Why not all folders are watched; empty: they are.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

 private:
  void add_one(const std::string& folder);
  void add_new(const std::string& folder, std::vector<std::string>& paths);

  descriptor events_;
  std::unordered_map<int, std::string> folders_;
  std::string problem_;
  bool missed_ = false;
};

}  // namespace trailbell::consume

// folder_source: the files of folder trees, each once, and those that appear while it runs.
//
// A file is known by its path, size and time of change; one that changes is read again as a whole.
// What is done stands in the checkpoint, so that a restart goes on where the last run ended; a file
// that was under way is read again. A file that appears is read when its writer closes it or moves
// it here (inotify(7)); where the system has no room for watches, or loses count, the trees are
// walked again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/consume/source.hpp"

namespace trailbell::consume {

struct folder_source_options {
  std::vector<std::string> paths;  // files or folders
  bool watch = true;               // false: ends when all that is there was given
  std::string checkpoint;          // file; made where it is missing
};

// Errors name the path and the cause: a path that does not exist, a checkpoint that cannot be
// written, is in use or is none.
[[nodiscard]] result<std::unique_ptr<source>> open_folder_source(folder_source_options options);

}  // namespace trailbell::consume

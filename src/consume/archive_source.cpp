#include "trailbell/consume/archive_source.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>

#include "trailbell/base/limits.hpp"

namespace trailbell::consume {
namespace {

archive_item problem(std::string path, errc code, const std::string& what) {
  archive_item item{std::move(path)};
  item.problem = error{code, what};
  return item;
}

}  // namespace

object_position archive_item::place() const {
  object_position out;
  out.source = bucket.empty() ? source_kind::file : source_kind::s3;
  out.name = path;
  out.bucket = bucket;
  return out;
}

archive_source::archive_source(std::vector<std::string> paths) : paths_{std::move(paths)} {
  std::reverse(paths_.begin(), paths_.end());
}

std::optional<archive_item> archive_source::next() {
  for (;;) {
    if (open_.empty() && paths_.empty()) {
      return std::nullopt;
    }
    const bool named = open_.empty();
    std::vector<std::string>& names = named ? paths_ : open_.back().names;
    if (names.empty()) {
      open_.pop_back();
      continue;
    }
    std::string path = std::move(names.back());
    names.pop_back();
    if (!named) {
      const std::string& parent = open_.back().path;
      path.insert(0, parent.ends_with('/') ? "" : "/").insert(0, parent);
    }
    if (std::optional<archive_item> item = examine(path, named)) {
      return item;
    }
  }
}

// Nothing where `path` is a folder, which was entered.
std::optional<archive_item> archive_source::examine(const std::string& path, bool named) {
  if (named && path == "-") {
    return archive_item{path};
  }
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return problem(path, missing ? errc::not_found : errc::unreadable, std::strerror(errno));
  }
  if (S_ISDIR(about.st_mode)) {
    const std::optional<error> failure =
        enter(path, {static_cast<std::uint64_t>(about.st_dev), about.st_ino});
    return failure ? std::optional{problem(path, failure->code, failure->message)} : std::nullopt;
  }
  const bool regular = S_ISREG(about.st_mode);
  if (!regular && !named) {
    return problem(path, errc::unreadable,
                   "neither a file nor a folder; name it on the command line to read it as a pipe");
  }
  archive_item item{path, regular ? static_cast<std::uint64_t>(about.st_size) : 0, regular};
  if (path.ends_with(".json.gz.signature") && path.find("_CloudTrail-Digest_") != path.npos) {
    item.skipped = skip_reason::digest;  // a digest's signature, which is no record
  }
  item.changed_ns = std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec;
  return item;
}

std::optional<error> archive_source::enter(const std::string& path,
                                           std::pair<std::uint64_t, std::uint64_t> identity) {
  const bool inside_itself = std::any_of(open_.begin(), open_.end(), [&](const folder& parent) {
    return parent.identity == identity;
  });
  if (inside_itself || open_.size() >= limits::folder_depth_max) {
    return error{errc::unreadable, inside_itself ? "a link back to a folder that contains it"
                                                 : "folders are nested too deeply"};
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> handle{opendir(path.c_str()), closedir};
  if (!handle) {
    return error{errc::unreadable,
                 std::string{"the folder cannot be read: "} + std::strerror(errno)};
  }
  folder entered{path, {}, identity};
  errno = 0;
  while (const dirent* const entry = readdir(handle.get())) {
    const std::string_view name{entry->d_name};
    if (name != "." && name != "..") {
      entered.names.emplace_back(name);
    }
    errno = 0;
  }
  if (errno != 0) {
    return error{errc::unreadable,
                 std::string{"the folder cannot be read: "} + std::strerror(errno)};
  }
  std::sort(entered.names.begin(), entered.names.end(), std::greater<>{});
  open_.push_back(std::move(entered));
  return std::nullopt;
}

}  // namespace trailbell::consume

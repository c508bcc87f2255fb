#include "emit/rotated_files.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::emit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view form = "00000000T000000Z";

// 20260304T050607Z
std::string stamp_of(std::int64_t unix_ns) {
  std::string stamp;
  for (const char c :
       format_rfc3339(unix_ns).substr(0, std::string_view{"0000-00-00T00:00:00"}.size())) {
    if (c != '-' && c != ':') {
      stamp.push_back(c);
    }
  }
  return stamp + "Z";
}

// The order of a name among those of one path: its stamp, and which of that second.
using rank = std::pair<std::string, std::uint64_t>;

std::optional<rank> rank_of(std::string_view ending) {
  const std::string_view stamp = ending.substr(0, form.size());
  const bool formed = std::equal(stamp.begin(), stamp.end(), form.begin(), form.end(),
                                 [](char c, char f) { return f == '0' ? is_digit(c) : c == f; });
  if (!formed) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const std::string_view rest = ending.substr(form.size());
  if (!rest.empty()) {
    const auto [end, problem] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), number);
    if (rest.front() != '-' || problem != std::errc{} || end != rest.data() + rest.size()) {
      return std::nullopt;
    }
  }
  return rank{std::string{stamp}, number};
}

}  // namespace

std::string rotated_name(const std::string& path, std::int64_t unix_ns) {
  const std::string first = path + "." + stamp_of(unix_ns);
  std::string name = first;
  std::error_code ignored;
  for (int i = 1; fs::symlink_status(name, ignored).type() != fs::file_type::not_found; ++i) {
    name = first + "-" + std::to_string(i);
  }
  return name;
}

std::vector<std::string> rotated_files(const std::string& path) {
  const fs::path whole{path};
  const fs::path folder = whole.has_parent_path() ? whole.parent_path() : fs::path{"."};
  const std::string prefix = whole.filename().string() + ".";
  std::vector<std::pair<rank, std::string>> found;
  std::error_code problem;
  for (fs::directory_iterator at{folder, problem}; !problem && at != fs::directory_iterator{};
       at.increment(problem)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(prefix)) {
      continue;
    }
    if (std::optional<rank> place = rank_of(std::string_view{name}.substr(prefix.size()))) {
      found.emplace_back(std::move(*place), at->path().string());
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  names.reserve(found.size());
  for (auto& [place, name] : found) {
    names.push_back(std::move(name));
  }
  return names;
}

void prune_rotated_files(const std::string& path, std::size_t keep) {
  const std::vector<std::string> names = rotated_files(path);
  for (std::size_t i = 0; i + keep < names.size(); ++i) {
    std::error_code ignored;
    fs::remove(names[i], ignored);
  }
}

}  // namespace trailbell::emit

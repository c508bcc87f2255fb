#include "trailbell/base/cores.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <climits>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "trailbell/base/limits.hpp"

namespace trailbell {
namespace {

using std::filesystem::path;

// Where the control groups that limit CPU time are, and which one is the process's.
struct cpu_groups {
  path mounted;     // the folder of `top`
  std::string top;  // as the kernel's own tree has it: what a container sees of it begins there
  std::string own;  // in the same tree
  bool unified = false;
};

std::vector<std::string> words_of(std::string_view line, char between) {
  std::vector<std::string> words;
  std::istringstream in{std::string{line}};
  for (std::string word; std::getline(in, word, between);) {
    words.push_back(std::move(word));
  }
  return words;
}

bool has_word(std::string_view list, std::string_view word) {
  const std::vector<std::string> words = words_of(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

// mountinfo writes a blank as \040.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    if (text[at] == '\\' && at + 3 < text.size() &&
        std::from_chars(&text[at + 1], &text[at + 4], value, 8).ptr == &text[at + 4]) {
      out.push_back(static_cast<char>(value));
      at += 3;
    } else {
      out.push_back(text[at]);
    }
  }
  return out;
}

// "31 23 0:28 ROOT PLACE OPTIONS [TAG...] - KIND SOURCE SUPER_OPTIONS" (proc_pid_mountinfo(5)).
std::optional<cpu_groups> mount_of(const std::string& line) {
  constexpr std::size_t root = 3;
  constexpr std::size_t place = 4;
  const std::vector<std::string> words = words_of(line, ' ');
  const auto dash = std::find(words.begin(), words.end(), "-");
  if (dash - words.begin() <= static_cast<std::ptrdiff_t>(place) || words.end() - dash < 4) {
    return std::nullopt;
  }
  const bool unified = dash[1] == "cgroup2";
  if (!unified && !(dash[1] == "cgroup" && has_word(dash[3], "cpu"))) {
    return std::nullopt;
  }
  return cpu_groups{unescaped(words[place]), unescaped(words[root]), {}, unified};
}

// "0::/own" of version 2, "4:cpu,cpuacct:/own" of version 1 (cgroups(7)).
bool names_own(const std::string& line, cpu_groups& groups) {
  const std::size_t first = line.find(':');
  const std::size_t second = line.find(':', first == std::string::npos ? first : first + 1);
  if (second == std::string::npos) {
    return false;
  }
  const std::string_view controllers{&line[first + 1], second - first - 1};
  if (groups.unified ? !controllers.empty() : !has_word(controllers, "cpu")) {
    return false;
  }
  groups.own = line.substr(second + 1);
  return true;
}

std::vector<cpu_groups> groups_of_process(const path& root) {
  std::vector<cpu_groups> found;
  std::ifstream mounts{root / "proc/self/mountinfo"};
  for (std::string line; std::getline(mounts, line);) {
    std::optional<cpu_groups> groups = mount_of(line);
    if (!groups) {
      continue;
    }
    std::ifstream own{root / "proc/self/cgroup"};
    for (std::string member; std::getline(own, member);) {
      if (names_own(member, *groups)) {
        found.push_back(*std::move(groups));
        break;
      }
    }
  }
  return found;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc{} && value > 0 ? std::optional{value} : std::nullopt;
}

std::string first_line(const path& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  return line;
}

// Of one control group; none: it sets no quota ("max", -1).
std::optional<std::int64_t> quota_of(const path& group, bool unified) {
  std::string quota_text;
  std::string period_text;
  if (unified) {
    std::istringstream{first_line(group / "cpu.max")} >> quota_text >> period_text;
  } else {
    quota_text = first_line(group / "cpu.cfs_quota_us");
    period_text = first_line(group / "cpu.cfs_period_us");
  }
  const std::optional<std::int64_t> quota = number(quota_text);
  const std::optional<std::int64_t> period = number(period_text);
  return quota && period ? std::optional{(*quota - 1) / *period + 1} : std::nullopt;
}

// The folders from the process's own group up to what the mount begins with.
std::vector<path> groups_around(const path& root, const cpu_groups& groups) {
  const path top = root / groups.mounted.relative_path();
  std::vector<path> all{top};
  const path below = path{groups.own}.lexically_relative(groups.top);
  for (path at = top; const path& name : below) {
    if (name == "..") {  // a group that this mount does not show
      return {top};
    }
    if (name != ".") {
      all.push_back(at /= name);
    }
  }
  return all;
}

int allowed_by_affinity() {
  constexpr std::size_t cpus_max = 1U << 20U;
  for (std::size_t cpus = CPU_SETSIZE; cpus <= cpus_max; cpus *= 2) {
    std::vector<cpu_set_t> mask(cpus / CPU_SETSIZE);
    const std::size_t bytes = mask.size() * sizeof(cpu_set_t);
    if (::sched_getaffinity(0, bytes, mask.data()) == 0) {
      return CPU_COUNT_S(bytes, mask.data());
    }
  }  // refused because the machine has more than that, or by a seccomp filter
  return static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

int cores_within_quota(const path& root, int allowed) {
  std::int64_t cores = allowed;
  for (const cpu_groups& groups : groups_of_process(root)) {
    for (const path& group : groups_around(root, groups)) {
      cores = std::min(cores, quota_of(group, groups.unified).value_or(cores));
    }
  }
  return static_cast<int>(std::max<std::int64_t>(cores, 1));
}

int usable_cores() {
  return std::min(cores_within_quota("/", allowed_by_affinity()), limits::lanes_max);
}

}  // namespace trailbell

#include "aws/credential_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "aws/json.hpp"
#include "trailbell/base/descriptor.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

extern "C" char** environ;

namespace trailbell::aws {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds time_max{60};
constexpr std::size_t output_bytes_max = 64 * limits::kib;

// One that closed its output may go on for ever: it is killed when the time has come.
int wait_for_end(pid_t child, steady_clock::time_point end) {
  // glibc 2.36 declares its own function without a C linkage.
  const descriptor process{static_cast<int>(::syscall(SYS_pidfd_open, child, 0))};
  pollfd ended{process.get(), POLLIN, 0};
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now()).count();
  if (::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) == 0) {
    ::kill(child, SIGKILL);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// Until it closes its output; nothing: it has done so.
std::optional<error> read_all(int from, steady_clock::time_point end, std::string& out) {
  std::array<char, 4096> buffer;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now()).count();
    pollfd ready{from, POLLIN, 0};
    const int count = left > 0 ? ::poll(&ready, 1, static_cast<int>(left)) : 0;
    if (count == 0) {
      return error{errc::unreadable, "it took too long"};
    }
    const ssize_t got = count > 0 ? ::read(from, buffer.data(), buffer.size()) : -1;
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return error{errc::unreadable, std::strerror(errno)};
    }
    if (got == 0) {
      return std::nullopt;
    }
    out.append(buffer.data(), static_cast<std::size_t>(got));
    if (out.size() > output_bytes_max) {
      return error{errc::too_large, "it wrote more than 64 KiB"};
    }
  }
}

// Its standard output is `into`, its standard input is empty. 0, or the errno.
int start(const std::vector<std::string>& command, int into, pid_t& child) {
  std::vector<char*> words;
  for (const std::string& word : command) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, into, 1);
  posix_spawnattr_t attributes;  // signals as a program expects them, whatever ours are
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const int failed =
      ::posix_spawnp(&child, words.front(), &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

}  // namespace

result<std::vector<std::string>> words_of(std::string_view command) {
  std::vector<std::string> words;
  bool open = false;  // a word
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (quote == '\0' && is_white(c)) {
      open = false;
      continue;
    }
    if (!open) {
      words.emplace_back();
      open = true;
    }
    if (c == quote && quote != '\0') {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < command.size()) {
      words.back().push_back(command[++i]);
    } else {
      words.back().push_back(c);
    }
  }
  if (quote != '\0') {
    return error{errc::usage, "a quote that is not closed"};
  }
  if (words.empty()) {
    return error{errc::usage, "no command"};
  }
  return words;
}

result<std::string> output_of(const std::vector<std::string>& command,
                              std::chrono::milliseconds bound) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return error{errc::unreadable, std::string{"no pipe: "} + std::strerror(errno)};
  }
  const descriptor from{ends[0]};
  descriptor into{ends[1]};
  pid_t child = 0;
  if (const int failed = start(command, into.get(), child); failed != 0) {
    return error{errc::unreadable,
                 command.front() + " cannot be started: " + std::strerror(failed)};
  }
  into = descriptor{};  // that of the child is the only one
  std::string out;
  const auto end = steady_clock::now() + bound;
  const std::optional<error> failed = read_all(from.get(), end, out);
  if (failed) {
    ::kill(child, SIGKILL);
  }
  const int status = wait_for_end(child, end);
  if (failed) {
    return error{failed->code, command.front() + ": " + failed->message};
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return error{
        errc::unreadable,
        command.front() + (WIFEXITED(status) ? " ended with " + std::to_string(WEXITSTATUS(status))
                                             : std::string{" was ended by a signal"})};
  }
  return out;
}

result<credentials> credentials_of_process(std::string_view command) {
  const result<std::vector<std::string>> words = words_of(command);
  if (!words) {
    return error{errc::usage, "credential_process: " + words.failure().message};
  }
  const result<std::string> output = output_of(words.value(), time_max);
  if (!output) {
    return error{output.failure().code, "credential_process: " + output.failure().message};
  }
  const std::string wrong = "credential_process: what " + words.value().front() + " wrote ";
  const result<json_tree> tree = parse_json(output.value());
  if (!tree || !tree.value().root().is(json_kind::object)) {
    return error{errc::unreadable, wrong + "is no JSON object"};
  }
  if (text_of(tree.value(), "Version") != "1") {
    return error{errc::unreadable, wrong + "is of another version than 1"};
  }
  credentials keys{text_of(tree.value(), "AccessKeyId"),
                   secret{text_of(tree.value(), "SecretAccessKey")},
                   secret{text_of(tree.value(), "SessionToken")}, std::nullopt, "process"};
  if (keys.access_key_id.empty() || keys.secret_access_key.empty()) {
    return error{errc::unreadable, wrong + "lacks AccessKeyId or SecretAccessKey"};
  }
  if (const std::string expires = text_of(tree.value(), "Expiration"); !expires.empty()) {
    const auto time = parse_rfc3339(expires);
    if (!time) {
      return error{errc::unreadable, wrong + "has an Expiration that is no time"};
    }
    keys.expires = unix_time{std::chrono::seconds{*time / 1'000'000'000}};
  }
  return keys;
}

}  // namespace trailbell::aws

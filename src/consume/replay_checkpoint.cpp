#include "trailbell/consume/replay_checkpoint.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "consume/append_lines.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/descriptor.hpp"

namespace trailbell::consume {
namespace {

constexpr std::string_view header = "trailbell replay checkpoint 1";
constexpr std::string_view asked_mark = "asked ";

// Two hashes of 64 bits: among a billion objects, two that are alike have a chance of one in 10^20.
struct print {
  std::size_t first = 0, second = 0;
  bool operator==(const print&) const = default;
};
struct print_hash {
  std::size_t operator()(const print& of) const noexcept { return of.first; }
};

print print_of(std::string_view line) {
  const std::hash<std::string_view> hash;
  return {hash(line), hash("second " + std::string{line})};
}

// Encoded, so that no two objects have the same line and none breaks it.
std::string line_of(const archive_item& item) {
  const std::string version = item.bucket.empty() ? std::to_string(item.changed_ns) : item.etag;
  return std::to_string(item.bytes) + ' ' + aws::encode_percent(version, "\"") + ' ' +
         aws::encode_percent(to_string(item.place()), "/:=+@,");
}

}  // namespace

class replay_checkpoint::state {
 public:
  state(std::string path, const std::string& asked)
      : path_{std::move(path)}, asked_{std::string{asked_mark} + asked} {}

  result<done> open() {
    file_ = descriptor{::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    if (!file_.is_open()) {
      return failure(errno == ENOENT ? "cannot be made" : "cannot be opened");
    }
    if (flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
      return usage("is in use by another process; give each its own");
    }
    return load();
  }

  [[nodiscard]] bool is_done(const archive_item& item) const {
    return !done_.empty() && !item.problem && item.regular &&
           done_.contains(print_of(line_of(item)));
  }
  [[nodiscard]] std::size_t size() const noexcept { return done_.size(); }
  void add(const archive_item& item) {
    if (item.regular) {  // a pipe has no second time
      unsaved_ += line_of(item) + '\n';
    }
  }

  result<done> save() {
    if (!append_lines(file_.get(), unsaved_)) {
      return failure("cannot be written");
    }
    return done{};
  }

 private:
  [[nodiscard]] error failure(const char* what) const {
    return {errc::output_failed,
            "the checkpoint " + path_ + " " + what + ": " + std::strerror(errno)};
  }
  [[nodiscard]] error usage(const std::string& what) const {
    return {errc::usage, "the checkpoint " + path_ + " " + what};
  }

  result<done> load() {
    const result<lines_read> read = read_lines(
        file_.get(),
        [this](std::string_view line, std::uint64_t number) { return take(line, number); });
    if (!read) {
      return read.failure().code == errc::unreadable
                 ? error{errc::output_failed,
                         "the checkpoint " + path_ + " cannot be read: " + read.failure().message}
                 : read.failure();
    }
    const std::uint64_t lines = read.value().count;
    const std::string head = std::string{header} + '\n' + asked_ + '\n';
    if (lines == 0 && !head.starts_with(read.value().rest)) {
      return usage("is no checkpoint of a replay; name another file");
    }
    if (ftruncate(file_.get(), lines < 2 ? 0 : read.value().whole) != 0 ||
        (lines < 2 && write_all(file_.get(), head) != 0)) {
      return failure("cannot be written");
    }
    return done{};
  }

  result<done> take(std::string_view line, std::uint64_t number) {
    if (number == 0 && line != header) {
      return usage("is no checkpoint of a replay; name another file");
    }
    if (number == 1 && line != asked_) {
      return usage("is of a replay with other rules, --from, --to or --strict; name another file");
    }
    if (number > 1) {
      done_.insert(print_of(line));
    }
    return done{};
  }

  std::string path_, asked_;
  descriptor file_;
  std::string unsaved_;
  std::unordered_set<print, print_hash> done_;
};

replay_checkpoint::replay_checkpoint(std::unique_ptr<state> made) : state_{std::move(made)} {}
replay_checkpoint::~replay_checkpoint() = default;

result<std::unique_ptr<replay_checkpoint>> replay_checkpoint::open(const std::string& path,
                                                                   const std::string& asked) {
  auto made = std::make_unique<state>(path, asked);
  if (const result<done> opened = made->open(); !opened) {
    return opened.failure();
  }
  return std::unique_ptr<replay_checkpoint>{new replay_checkpoint{std::move(made)}};
}

bool replay_checkpoint::is_done(const archive_item& item) const {
  return state_->is_done(item);
}

std::size_t replay_checkpoint::size() const noexcept {
  return state_->size();
}

void replay_checkpoint::add(const archive_item& item) {
  state_->add(item);
}

result<done> replay_checkpoint::save() {
  return state_->save();
}

}  // namespace trailbell::consume

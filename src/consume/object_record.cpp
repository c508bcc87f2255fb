#include "consume/object_record.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "aws/digest.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::consume {
namespace {

constexpr std::string_view header = "trailbell objects 1";
constexpr std::string_view since_mark = "since ";
constexpr std::string_view reached_mark = "reached ";
constexpr std::int64_t second_ns = 1'000'000'000;
// A file that has so many lines beyond twice what is of use is written anew.
constexpr std::size_t stale_lines_max = 10'000;
constexpr std::size_t digits = 16;

// The same in every build: it stands in files. An attacker who writes keys cannot make two alike:
// that takes 2^64 attempts against a name that is there.
std::uint64_t print_of(std::string_view text) {
  const std::string sum = aws::sha256(text);
  std::uint64_t print = 0;
  std::memcpy(&print, sum.data(), sizeof print);
  return print;
}
std::uint64_t name_of(const object_identity& object, done_by how) {
  const char* const kind = how == done_by::quarantine ? "quarantine " : "";
  return print_of(kind + object.bucket + "/" + object.key);  // no bucket's name has a blank
}
std::uint64_t version_of(const object_identity& object) {
  return object.etag.empty() ? 0 : print_of(object.etag);
}

void append_hex(std::uint64_t number, std::size_t width, std::string& into) {
  for (std::size_t shift = width * 4; shift > 0; shift -= 4) {
    into += "0123456789abcdef"[(number >> (shift - 4)) & 0xfU];
  }
}

template <class Number>
std::optional<Number> number_in(std::string_view text, int base) {
  Number number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return failure == std::errc{} && end == text.data() + text.size() ? std::optional{number}
                                                                    : std::nullopt;
}

constexpr std::size_t seconds_digits = 8;
constexpr std::size_t line_size = seconds_digits + 1 + digits + 1 + digits;

void append_line(std::uint32_t at_s, std::uint64_t name, std::uint64_t version, std::string& into) {
  append_hex(at_s, seconds_digits, into);
  into += ' ';
  append_hex(name, digits, into);
  into += ' ';
  append_hex(version, digits, into);
  into += '\n';
}

std::string time_line(std::string_view mark, std::int64_t ns) {
  return std::string{mark} + std::to_string(ns) + '\n';
}

}  // namespace

result<std::unique_ptr<object_record>> object_record::open(options wishes) {
  std::unique_ptr<object_record> made{new object_record{std::move(wishes)}};
  const std::string& path = made->options_.path;
  made->lock_ = descriptor{::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!made->lock_.is_open()) {
    return made->failure("cannot be written");
  }
  if (flock(made->lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    return error{errc::usage, path + " is in use by another process; give each its own"};
  }
  if (const result<done> loaded = made->load(); !loaded) {
    return loaded.failure();
  }
  return made;
}

bool object_record::is_done(const object_identity& object, done_by how) const {
  const std::uint64_t name = name_of(object, how);
  const std::uint64_t version = version_of(object);
  const std::lock_guard lock{mutex_};
  const auto found = done_.find(name);
  return found != done_.end() &&
         (version == 0 || found->second.version == 0 || found->second.version == version);
}

void object_record::add(const object_identity& object, done_by how, std::int64_t now_ns) {
  const std::uint64_t name = name_of(object, how);
  const kept one{version_of(object), static_cast<std::uint32_t>(now_ns / second_ns)};
  const std::lock_guard lock{mutex_};
  done_[name] = one;
  append_line(one.at_s, name, one.version, unsaved_);
  ++lines_;
  keep_to_bound();
}

void object_record::reach(std::int64_t ns, std::int64_t forget_before_ns) {
  const std::lock_guard lock{mutex_};
  reached_ns_ = std::max(reached_ns_, ns);
  unsaved_ += time_line(reached_mark, reached_ns_);
  ++lines_;
  forget(static_cast<std::uint32_t>(std::max<std::int64_t>(forget_before_ns, 0) / second_ns));
}

std::int64_t object_record::reached_ns() const {
  const std::lock_guard lock{mutex_};
  return reached_ns_;
}

std::size_t object_record::size() const {
  const std::lock_guard lock{mutex_};
  return done_.size();
}

result<done> object_record::save() {
  std::string lines;
  bool anew = false;
  {
    const std::lock_guard lock{mutex_};
    anew = is_due_anew_ || lines_ > 2 * done_.size() + stale_lines_max;
    lines = anew ? whole() : std::move(unsaved_);
    unsaved_.clear();
    is_due_anew_ = false;
    lines_ = anew ? done_.size() : lines_;
  }
  if (anew) {
    std::optional<descriptor> fresh = replace_lines(options_.path, lines);
    if (fresh) {
      file_ = std::move(*fresh);
      return done{};
    }
  } else if (append_lines(file_.get(), lines)) {
    return done{};
  }
  const error failed = failure("cannot be written");
  const std::lock_guard lock{mutex_};
  if (anew || lines.size() + unsaved_.size() > limits::checkpoint_unsaved_bytes_max) {
    unsaved_.clear();
    is_due_anew_ = true;  // all that is known is in memory
  } else {
    unsaved_.insert(0, lines);
  }
  return failed;
}

error object_record::failure(const char* doing) const {
  return {errc::output_failed,
          "the record of objects " + options_.path + " " + doing + ": " + std::strerror(errno)};
}

result<done> object_record::load() {
  file_ = descriptor{::open(options_.path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (!file_.is_open()) {
    return failure("cannot be written");
  }
  const result<lines_read> read = read_lines(
      file_.get(),
      [this](std::string_view line, std::uint64_t number) { return take(line, number); });
  if (!read) {
    return read.failure();
  }
  if (read.value().count == 0 && !header.starts_with(read.value().rest)) {
    return take(read.value().rest, 0);
  }
  if (since_ns_ == 0) {
    since_ns_ = options_.since_ns;
    is_due_anew_ = true;
  }
  reached_ns_ = std::max(reached_ns_, since_ns_);
  lines_ = static_cast<std::size_t>(read.value().count);
  keep_to_bound();
  is_due_anew_ = is_due_anew_ || !read.value().rest.empty();  // a line was cut
  return save();
}

// A line that is damaged says nothing: its object is read again.
result<done> object_record::take(std::string_view line, std::uint64_t number) {
  if (number == 0) {
    return line == header
               ? result<done>{done{}}
               : error{errc::usage, options_.path + " is no record of objects; name another file"};
  }
  for (const auto& [mark, into] :
       {std::pair{since_mark, &since_ns_}, {reached_mark, &reached_ns_}}) {
    if (line.starts_with(mark)) {
      *into = number_in<std::int64_t>(line.substr(mark.size()), 10).value_or(*into);
      return done{};
    }
  }
  if (line.size() == line_size) {
    const auto at = number_in<std::uint32_t>(line.substr(0, seconds_digits), 16);
    const auto name = number_in<std::uint64_t>(line.substr(seconds_digits + 1, digits), 16);
    const auto version = number_in<std::uint64_t>(line.substr(line_size - digits), 16);
    if (at && name && version) {
      done_[*name] = {*version, *at};
    }
  }
  return done{};
}

std::string object_record::whole() const {
  std::string text{header};
  text += '\n';
  text += time_line(since_mark, since_ns_) + time_line(reached_mark, reached_ns_);
  text.reserve(text.size() + done_.size() * (line_size + 1));
  for (const auto& [name, one] : done_) {
    append_line(one.at_s, name, one.version, text);
  }
  return text;
}

void object_record::forget(std::uint32_t before_s) {
  std::erase_if(done_, [before_s](const auto& one) { return one.second.at_s < before_s; });
}

// Forgets a tenth at a time: to look for the oldest takes long.
void object_record::keep_to_bound() {
  if (done_.size() <= options_.objects_max) {
    return;
  }
  std::vector<std::uint32_t> times;
  times.reserve(done_.size());
  for (const auto& [name, one] : done_) {
    times.push_back(one.at_s);
  }
  std::size_t left = times.size() / 10 + 1;
  const auto tenth = times.begin() + static_cast<std::ptrdiff_t>(left - 1);
  std::nth_element(times.begin(), tenth, times.end());
  const std::size_t forgotten = std::erase_if(done_, [&left, last = *tenth](const auto& one) {
    const bool goes = one.second.at_s <= last && left > 0;
    left -= goes ? 1 : 0;
    return goes;
  });
  if (options_.log) {
    options_.log(log_level::warning,
                 "the record of objects is full: the oldest " + std::to_string(forgotten) +
                     " are forgotten, and read again where they are listed; raise "
                     "reconcile.max_objects, or shorten reconcile.window");
  }
}

}  // namespace trailbell::consume

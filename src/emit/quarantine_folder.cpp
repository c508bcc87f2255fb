#include "trailbell/emit/quarantine.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "emit/durable_file.hpp"
#include "emit/members.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::emit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_bytes_max = 160;
constexpr std::string_view failed = "failed";

// The position with everything but letters, digits, '.', '-' made '_'; long ones keep their end,
// which tells files apart, and a hash of the whole.
std::string name_of(const quarantine_entry& entry) {
  const std::string place = to_string(entry.place);
  std::string name;
  for (const char c : place) {
    const bool plain = is_letter_or_digit(c) || c == '.' || c == '-';
    name.push_back(plain ? c : '_');
  }
  std::uint64_t hash = 0xcbf29ce484222325ULL + static_cast<std::uint64_t>(entry.place.source);
  for (const char c : place) {  // FNV-1a
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  if (name.size() > name_bytes_max) {
    name.erase(0, name.size() - name_bytes_max);
  }
  return fmt::format("{}-{:016x}-{}-{}-{}", name, hash, entry.offset, entry.record, entry.kind);
}

std::uint64_t size_of(const std::string& path) {
  struct stat about {};
  const bool counts = lstat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode);
  return counts ? static_cast<std::uint64_t>(about.st_size) : 0;
}

// What there is to keep: the bytes at hand, or a file's. `not_copied` says why not the file's.
struct content {
  std::string_view bytes;
  descriptor file;
  std::uint64_t size = 0;
  std::string not_copied;
};

content content_of(const quarantine_entry& entry) {
  content found{entry.bytes, {}, entry.bytes.size(), {}};
  if (entry.kind != failed || !entry.bytes.empty() || entry.place.source != source_kind::file ||
      entry.place.name == "-") {
    return found;
  }
  descriptor file{::open(entry.place.name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat about {};
  if (!file.is_open() || fstat(file.get(), &about) != 0) {
    found.not_copied = std::strerror(errno);
  } else if (!S_ISREG(about.st_mode)) {
    found.not_copied = "no file";
  } else {
    found.file = std::move(file);
    found.size = static_cast<std::uint64_t>(about.st_size);
  }
  return found;
}

std::string describe_entry(const quarantine_entry& entry, const content& kept) {
  std::string text;
  members m{text};
  if (entry.place.source == source_kind::file) {
    m.text("path", entry.place.name);
  }
  members position{m, "position"};
  append_place(entry.place, position);
  position.close();
  m.raw("offset").append(std::to_string(entry.offset));
  m.raw("record").append(std::to_string(entry.record));
  m.text("kind", entry.kind);
  m.text("reason", entry.reason);
  m.raw("bytes").append(std::to_string(kept.size));
  m.present_text("not_copied", kept.not_copied);
  m.close();
  text.push_back('\n');
  return text;
}

result<done> keep_bytes(const std::string& path, content& kept, bool sync) {
  result<durable_file> out = durable_file::begin(path);
  if (!out) {
    return out.failure();
  }
  const result<done> wrote = kept.file.is_open() ? out.value().copy(kept.file.get(), kept.size)
                                                 : out.value().write(kept.bytes);
  if (!wrote && wrote.failure().code == errc::unreadable) {
    kept.not_copied = wrote.failure().message;  // what could be read of it is kept
  } else if (!wrote) {
    return wrote;
  }
  return out.value().finish(sync);
}

}  // namespace

result<quarantine> quarantine::open(quarantine_options options) {
  std::error_code failure;
  fs::create_directories(options.folder, failure);
  if (failure || !fs::is_directory(options.folder, failure)) {
    return error{errc::output_failed,
                 "cannot make the quarantine folder " + options.folder + ": " + failure.message()};
  }
  quarantine made{std::move(options)};
  made.count();
  return made;
}

// An unfinished file that is new is another process's, which may finish it yet.
void quarantine::count() {
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours{1};
  used_bytes_ = 0;
  std::error_code problem;
  for (fs::directory_iterator at{options_.folder, problem};
       !problem && at != fs::directory_iterator{}; at.increment(problem)) {
    std::error_code ignored;
    const std::string path = at->path().string();
    if (path.ends_with(unfinished) && at->last_write_time(ignored) < old && !ignored) {
      fs::remove(path, ignored);
    }
    used_bytes_ += size_of(path);
  }
}

// Room for a piece's files, in the place of those that an earlier attempt left.
result<done> quarantine::make_room(std::uint64_t replaced, std::uint64_t needed) {
  const auto fits = [&] {
    return used_bytes_ - std::min(used_bytes_, replaced) + needed <= options_.max_bytes;
  };
  if (options_.max_bytes == 0 || fits()) {
    return done{};
  }
  count();
  if (fits()) {
    return done{};
  }
  return error{
      errc::too_large,
      fmt::format("quarantine {} is full: {} of {} bytes used, {} more needed; move pieces "
                  "away, or raise its max_bytes",
                  options_.folder, used_bytes_, options_.max_bytes, needed)};
}

result<done> quarantine::put(const quarantine_entry& entry) {
  const std::string base = (fs::path{options_.folder} / name_of(entry)).string();
  const auto present = [&] { return size_of(base + ".bin") + size_of(base + ".json"); };
  content kept = content_of(entry);
  const std::uint64_t before = present();
  result<done> outcome = make_room(before, kept.size + describe_entry(entry, kept).size());
  if (!outcome) {
    return outcome;
  }
  outcome = keep_bytes(base + ".bin", kept, options_.durable);
  if (outcome) {
    const std::string described = describe_entry(entry, kept);
    content about{described, {}, described.size(), {}};
    outcome = keep_bytes(base + ".json", about, options_.durable);
  }
  used_bytes_ = used_bytes_ - std::min(used_bytes_, before) + present();
  if (outcome && options_.durable && !sync_folder_of(base)) {
    return error{errc::output_failed,
                 "cannot sync quarantine " + options_.folder + ": " + std::strerror(errno)};
  }
  return outcome;
}

}  // namespace trailbell::emit

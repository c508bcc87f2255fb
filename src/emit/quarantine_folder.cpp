#include "trailbell/emit/quarantine_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "emit/durable_file.hpp"
#include "emit/entry_content.hpp"
#include "emit/members.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::emit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_bytes_max = 160;

// Each holds two files open until it is on the disk.
constexpr std::size_t pieces_at_once_max = 64;
// Of more than that, one sync of the file system is quicker than one of each file.
constexpr std::size_t synced_alone_max = 2;

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
  name = fmt::format("{}-{:016x}-{}-{}-{}", name, hash, entry.offset, entry.record, entry.kind);
  return entry.alert_id.empty() ? name : fmt::format("{}-{}", name, entry.alert_id);
}

std::uint64_t size_of(const std::string& path) {
  struct stat about {};
  const bool counts = lstat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode);
  return counts ? static_cast<std::uint64_t>(about.st_size) : 0;
}

std::string describe_entry(const quarantine_entry& entry, const entry_content& kept) {
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
  m.present_text("alert_id", entry.alert_id);
  m.present_text("not_copied", kept.not_copied);
  m.close();
  text.push_back('\n');
  return text;
}

// Without its name yet.
result<durable_file> write_file(const std::string& path, entry_content& kept) {
  result<durable_file> out = durable_file::begin(path);
  if (!out) {
    return out;
  }
  const result<done> wrote = kept.file.is_open() ? out.value().copy(kept.file.get(), kept.size)
                                                 : out.value().write(kept.bytes);
  if (!wrote && wrote.failure().code == errc::unreadable) {
    kept.not_copied = wrote.failure().message;  // what could be read of it is kept
  } else if (!wrote) {
    return wrote.failure();
  }
  return out;
}

}  // namespace

struct quarantine_folder::piece {
  std::string base;  // the path of its files, but for their endings
  durable_file bytes, about;
  std::uint64_t replaced = 0, size = 0;
  bool is_cut = false;
};

result<quarantine_folder> quarantine_folder::open(quarantine_options options) {
  std::error_code failure;
  fs::create_directories(options.folder, failure);
  if (failure || !fs::is_directory(options.folder, failure)) {
    return error{errc::output_failed,
                 "cannot make the quarantine folder " + options.folder + ": " + failure.message()};
  }
  quarantine_folder made{std::move(options)};
  made.count();
  return made;
}

// An unfinished file that is new is another process's, which may finish it yet.
void quarantine_folder::count() {
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

error quarantine_folder::failure(const char* what) const {
  return {errc::output_failed,
          fmt::format("cannot {} quarantine {}: {}", what, options_.folder, std::strerror(errno))};
}

// Room for a piece's files, in the place of those that an earlier attempt left, beside what is
// written and has no name yet.
result<done> quarantine_folder::room_for(const std::vector<piece>& written, std::uint64_t replaced,
                                         std::uint64_t needed) {
  for (const piece& one : written) {
    replaced += one.replaced;
    needed += one.size;
  }
  const auto fits = [&] {
    return used_bytes_ - std::min(used_bytes_, replaced) + needed <= options_.max_bytes;
  };
  if (options_.max_bytes == 0 || fits()) {
    return done{};
  }
  if (written.empty()) {  // else it would count what has no name yet
    count();
  }
  if (fits()) {
    return done{};
  }
  return error{
      errc::too_large,
      fmt::format("quarantine {} is full: {} of {} bytes used, {} more needed; move pieces "
                  "away, or raise its max_bytes",
                  options_.folder, used_bytes_, options_.max_bytes, needed)};
}

result<done> quarantine_folder::write(const quarantine_entry& entry, std::vector<piece>& written) {
  const std::string base = (fs::path{options_.folder} / name_of(entry)).string();
  entry_content kept = content_of(entry);
  const std::uint64_t replaced = size_of(base + ".bin") + size_of(base + ".json");
  if (result<done> room =
          room_for(written, replaced, kept.size + describe_entry(entry, kept).size());
      !room) {
    return room;
  }
  result<durable_file> bytes = write_file(base + ".bin", kept);
  if (!bytes) {
    return bytes.failure();
  }
  const std::string described = describe_entry(entry, kept);
  entry_content text{described, {}, described.size(), {}};
  result<durable_file> about = write_file(base + ".json", text);
  if (!about) {
    return about.failure();
  }
  written.push_back({base, std::move(bytes.value()), std::move(about.value()), replaced,
                     kept.size + described.size(), !kept.not_copied.empty()});
  return done{};
}

result<done> quarantine_folder::make_durable(const std::vector<piece>& written) const {
  if (!options_.durable) {
    return done{};
  }
  if (written.size() > synced_alone_max) {
    const descriptor folder{::open(options_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return folder.is_open() && ::syncfs(folder.get()) == 0 ? result<done>{done{}} : failure("sync");
  }
  for (const piece& one : written) {
    for (const durable_file* const file : {&one.bytes, &one.about}) {
      if (result<done> synced = file->sync(); !synced) {
        return synced;
      }
    }
  }
  return done{};
}

result<done> quarantine_folder::name(std::vector<piece>& written) {
  for (piece& one : written) {
    for (durable_file* const file : {&one.bytes, &one.about}) {
      if (result<done> named = file->finish(); !named) {
        return named;
      }
    }
    used_bytes_ = used_bytes_ - std::min(used_bytes_, one.replaced) + size_of(one.base + ".bin") +
                  size_of(one.base + ".json");
  }
  if (options_.durable && !sync_folder_of(written.front().base)) {
    return failure("sync");
  }
  return done{};
}

// Those that can be written are kept, and what stopped there is said once nothing can be.
void quarantine_folder::put_some(std::span<const quarantine_entry> entries, kept_entries& kept) {
  std::vector<piece> written;
  result<done> outcome = done{};
  for (const quarantine_entry& entry : entries) {
    const std::string base = (fs::path{options_.folder} / name_of(entry)).string();
    const bool twice = std::any_of(written.begin(), written.end(),
                                   [&base](const piece& one) { return one.base == base; });
    if (twice) {
      break;  // its turn comes when the first has its name
    }
    if (outcome = write(entry, written); !outcome) {
      break;
    }
  }
  if (written.empty()) {
    kept.failure = outcome.failure();
    return;
  }
  outcome = make_durable(written);
  if (outcome) {
    outcome = name(written);
  }
  if (!outcome) {
    kept.failure = outcome.failure();
    written.clear();
    count();
    return;
  }
  kept.count += written.size();
  kept.cut += static_cast<std::size_t>(
      std::count_if(written.begin(), written.end(), [](const piece& one) { return one.is_cut; }));
}

kept_entries quarantine_folder::put(std::span<const quarantine_entry> entries) {
  kept_entries kept;
  while (kept.count < entries.size() && !kept.failure) {
    const auto rest = entries.subspan(kept.count);
    put_some(rest.first(std::min(rest.size(), pieces_at_once_max)), kept);
  }
  return kept;
}

}  // namespace trailbell::emit

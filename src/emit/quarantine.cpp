#include "trailbell/emit/quarantine.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "trailbell/base/text.hpp"

namespace trailbell::emit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_bytes_max = 180;

// The path with everything but letters, digits, '.', '-' made '_'; long ones keep their end, which
// tells files apart, and a hash of the whole.
std::string name_of(const quarantine_entry& entry) {
  std::string name;
  for (const char c : entry.path) {
    const bool plain = is_letter_or_digit(c) || c == '.' || c == '-';
    name.push_back(plain ? c : '_');
  }
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : entry.path) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  if (name.size() > name_bytes_max) {
    name.erase(0, name.size() - name_bytes_max);
  }
  return fmt::format("{}-{:016x}-{}-{}", name, hash, entry.offset, entry.record);
}

result<done> write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    return error{errc::output_failed,
                 "cannot write to quarantine " + path.string() + ": " + std::strerror(errno)};
  }
  return done{};
}

std::string describe_entry(const quarantine_entry& entry) {
  std::string text = "{\"path\":";
  append_json_text(entry.path, text);
  text += fmt::format(R"(,"offset":{},"record":{},"kind":)", entry.offset, entry.record);
  append_json_text(entry.kind, text);
  text += ",\"reason\":";
  append_json_text(entry.reason, text);
  return text + "}\n";
}

}  // namespace

result<quarantine> quarantine::open(const std::string& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure || !fs::is_directory(folder, failure)) {
    return error{errc::output_failed,
                 "cannot make the quarantine folder " + folder + ": " + failure.message()};
  }
  return quarantine{folder};
}

result<done> quarantine::put(const quarantine_entry& entry) {
  const fs::path base = fs::path{folder_} / name_of(entry);
  const result<done> described = write_file(base.string() + ".json", describe_entry(entry));
  if (!described || entry.kind != "failed") {
    return described ? write_file(base.string() + ".bin", entry.bytes) : described;
  }
  std::error_code failure;
  if (fs::is_regular_file(entry.path, failure)) {
    fs::copy_file(entry.path, base.string() + ".bin", fs::copy_options::overwrite_existing,
                  failure);
  }
  if (failure) {
    return error{errc::output_failed,
                 "cannot copy " + entry.path + " to quarantine: " + failure.message()};
  }
  return done{};
}

}  // namespace trailbell::emit

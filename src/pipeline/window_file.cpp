#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "emit/durable_file.hpp"
#include "trailbell/base/byte_stream.hpp"
#include "trailbell/base/descriptor.hpp"
#include "trailbell/pipeline/window_store.hpp"

namespace trailbell::pipeline {
namespace {

constexpr std::string_view kind = "trailbell windows ";
constexpr std::string_view header = "trailbell windows 1\n";

// FNV-1a over words, what is left at the end as one: it is to find damage, not malice.
std::uint64_t checksum_of(std::string_view bytes) {
  std::uint64_t sum = 14'695'981'039'346'656'037U;
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t taken = bytes.copy(reinterpret_cast<char*>(&word), sizeof word);
    sum = (sum ^ word) * 1'099'511'628'211U;
    sum ^= sum >> 32U;
    bytes.remove_prefix(taken);
  }
  return sum;
}

class window_file final : public window_store {
 public:
  window_file(std::string path, descriptor lock) : path_{std::move(path)}, lock_{std::move(lock)} {}

  content load() override {
    std::ifstream file{path_, std::ios::binary};
    if (!file) {
      return errno == ENOENT ? content{}
                             : problem(std::string{"cannot be read: "} + strerror(errno));
    }
    const std::string all{std::istreambuf_iterator<char>{file}, {}};
    std::string_view rest = all;
    if (!rest.starts_with(header)) {
      return problem(rest.starts_with(kind) ? "is of another version of trailbell" : "is damaged");
    }
    rest.remove_prefix(header.size());
    byte_reader from{rest};
    const std::uint64_t size = from.number();
    const std::uint64_t sum = from.number();
    rest.remove_prefix(std::min(rest.size(), 2 * sizeof size));
    if (!from.ok() || rest.size() != size || checksum_of(rest) != sum) {
      return problem("is damaged");
    }
    return {std::string{rest}, {}};
  }

  std::string set_aside() override {
    const std::string aside = path_ + ".unusable";
    return std::rename(path_.c_str(), aside.c_str()) == 0
               ? "it is kept as " + aside
               : std::string{"it cannot be set aside: "} + strerror(errno);
  }

  result<done> save(std::string_view bytes) override {
    byte_writer head;
    head.number(bytes.size());
    head.number(checksum_of(bytes));
    result<emit::durable_file> file = emit::durable_file::begin(path_);
    if (!file) {
      return file.failure();
    }
    for (const std::string_view part : {header, std::string_view{head.bytes()}, bytes}) {
      if (result<done> wrote = file.value().write(part); !wrote) {
        return wrote;
      }
    }
    if (result<done> synced = file.value().sync(); !synced) {
      return synced;
    }
    if (result<done> named = file.value().finish(); !named) {
      return named;
    }
    if (!emit::sync_folder_of(path_)) {
      return error{errc::output_failed,
                   "cannot make " + path_ + " durable: " + std::strerror(errno)};
    }
    return done{};
  }

 private:
  content problem(const std::string& what) { return {{}, path_ + " " + what + "; " + set_aside()}; }

  std::string path_;
  descriptor lock_;
};

}  // namespace

result<std::unique_ptr<window_store>> open_window_file(std::string path) {
  const std::string lock = path + ".lock";
  descriptor held{::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!held.is_open()) {
    return error{errc::output_failed, lock + " cannot be written: " + std::strerror(errno)};
  }
  if (flock(held.get(), LOCK_EX | LOCK_NB) != 0) {
    return error{errc::usage, path + " is in use by another process; give each its own"};
  }
  return std::unique_ptr<window_store>{
      std::make_unique<window_file>(std::move(path), std::move(held))};
}

}  // namespace trailbell::pipeline

#include "trailbell/consume/mapped_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "trailbell/base/limits.hpp"

namespace trailbell::consume {
namespace {

// The mapping that this thread reads, for the handler. A thread walks one mapping at a time.
struct guarded_mapping {
  char* base = nullptr;
  std::size_t size = 0;
  volatile std::sig_atomic_t shrunk = 0;
};
thread_local guarded_mapping guarded;

std::size_t page_bytes() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

// Async-signal-safe: arithmetic and mmap only. A fault elsewhere is a bug and ends the process.
void on_bus_error(int signal, siginfo_t* info, void*) {
  auto* const at = static_cast<char*>(info->si_addr);
  if (guarded.base == nullptr || at < guarded.base || at >= guarded.base + guarded.size) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  const std::size_t page = static_cast<std::size_t>(at - guarded.base) / page_bytes() * page_bytes();
  mmap(guarded.base + page, guarded.size - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
       -1, 0);
  guarded.shrunk = 1;
}

void install_handler_once() {
  static const bool installed = [] {
    (void)page_bytes();
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGBUS, &action, nullptr) == 0;
  }();
  (void)installed;
}

}  // namespace

mapped_stream::mapped_stream(const opened_file& file, std::uint64_t begin, std::uint64_t end,
                             read_control& control)
    : control_{control} {
  install_handler_once();
  const std::size_t lead = static_cast<std::size_t>(begin % page_bytes());
  mapped_ = static_cast<std::size_t>(end - begin) + lead;
  void* const base = mmap(nullptr, mapped_, PROT_READ, MAP_SHARED, file.descriptor(),
                          static_cast<off_t>(begin - lead));
  if (base == MAP_FAILED) {
    fail({errc::unreadable, std::string{"cannot be mapped: "} + std::strerror(errno)});
    return;
  }
  base_ = static_cast<char*>(base);
  shown_ = lead;
  guarded.base = base_;
  guarded.size = mapped_;
  guarded.shrunk = 0;
  madvise(base_, mapped_, MADV_SEQUENTIAL);
  show({base_ + shown_, 0});
}

mapped_stream::~mapped_stream() {
  if (base_ != nullptr) {
    guarded.base = nullptr;
    munmap(base_, mapped_);
  }
}

bool mapped_stream::extend() {
  if (ended()) {
    return false;
  }
  if (guarded.shrunk != 0) {
    fail({errc::changed, "the file shrank while it was read; replay it again once it is complete"});
    return false;
  }
  if (control_.stop.load(std::memory_order_relaxed)) {
    fail({errc::interrupted, "stopped on request before its end"});
    return false;
  }
  if (shown_ == mapped_) {
    end();
    return false;
  }
  release_behind();
  const std::size_t step = std::min(limits::map_step_bytes, mapped_ - shown_);
  shown_ += step;
  control_.bytes_read.fetch_add(step, std::memory_order_relaxed);
  show({window().data(), window().size() + step});
  return true;
}

// Unmaps what was walked from this process; the page cache keeps it.
void mapped_stream::release_behind() {
  const auto walked = static_cast<std::size_t>(window().data() - base_) / page_bytes() * page_bytes();
  if (walked - released_ >= limits::map_step_bytes) {
    madvise(base_ + released_, walked - released_, MADV_DONTNEED);
    released_ = walked;
  }
}

}  // namespace trailbell::consume

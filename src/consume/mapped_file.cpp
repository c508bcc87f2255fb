#include "trailbell/consume/mapped_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

#include "trailbell/base/ensure.hpp"

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
  const std::size_t page =
      static_cast<std::size_t>(at - guarded.base) / page_bytes() * page_bytes();
  if (mmap(guarded.base + page, guarded.size - page, PROT_READ,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
    std::signal(signal, SIG_DFL);  // else the same fault would come again, for ever
  }
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

file_mapping::file_mapping(const opened_file& file) : size_{file.size()} {
  install_handler_once();
  void* const base = size_ == 0 ? MAP_FAILED
                                : mmap(nullptr, static_cast<std::size_t>(size_), PROT_READ,
                                       MAP_SHARED, file.descriptor(), 0);
  base_ = base == MAP_FAILED ? nullptr : static_cast<char*>(base);
}

file_mapping::~file_mapping() {
  if (base_ != nullptr) {
    munmap(base_, static_cast<std::size_t>(size_));
  }
}

mapped_stream::mapped_stream(const file_mapping& mapping, std::uint64_t begin, std::uint64_t end,
                             read_control& control)
    : mapping_{mapping}, control_{control}, begin_{begin}, end_{end} {
  ensure(mapping.ok() && begin <= end && end <= mapping.size(), "a part of a mapping");
  guarded.base = mapping.base();
  guarded.size = static_cast<std::size_t>(mapping.size());
  guarded.shrunk = 0;
}

// Takes the walked pages out of this process; the page cache keeps them. Once a block, because the
// system stops all threads of the process for it.
mapped_stream::~mapped_stream() {
  guarded.base = nullptr;
  const std::uint64_t first = (begin_ + page_bytes() - 1) / page_bytes() * page_bytes();
  const std::uint64_t last = end_ / page_bytes() * page_bytes();
  if (first < last) {
    madvise(mapping_.base() + first, static_cast<std::size_t>(last - first), MADV_DONTNEED);
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
  if (shown_) {
    end();
    return false;
  }
  shown_ = true;
  control_.bytes_read.fetch_add(end_ - begin_, std::memory_order_relaxed);
  show({mapping_.base() + begin_, static_cast<std::size_t>(end_ - begin_)});
  return true;
}

}  // namespace trailbell::consume

#include "observe/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace trailbell::observe {
namespace {

const metric_text cpu{"process_cpu_seconds_total", {}, "CPU time, of user and system."};
const metric_text resident{"process_resident_memory_bytes", {}, "Memory that is resident."};
const metric_text mapped{"process_virtual_memory_bytes", {}, "Memory that is mapped."};
const metric_text open_fds{"process_open_fds", {}, "File descriptors that are open."};
const metric_text max_fds{"process_max_fds", {}, "File descriptors that may be open."};
const metric_text started{"process_start_time_seconds", {}, "When the process began."};

template <class Metric>
Metric& single(prometheus::Registry& registry, const metric_text& text) {
  return metric_family<Metric>{registry, text}.of({});
}

double seconds(const timeval& time) {
  return double(time.tv_sec) + double(time.tv_usec) / 1e6;
}

}  // namespace

process_metrics::process_metrics(prometheus::Registry& registry, double started_s)
    : cpu_{single<prometheus::Counter>(registry, cpu)},
      resident_{single<prometheus::Gauge>(registry, resident)},
      virtual_{single<prometheus::Gauge>(registry, mapped)},
      open_fds_{single<prometheus::Gauge>(registry, open_fds)},
      max_fds_{single<prometheus::Gauge>(registry, max_fds)} {
  single<prometheus::Gauge>(registry, started).Set(started_s);
}

void process_metrics::update() {
  rusage used{};
  if (getrusage(RUSAGE_SELF, &used) == 0) {
    cpu_.Increment(std::max(0.0, seconds(used.ru_utime) + seconds(used.ru_stime) - cpu_.Value()));
  }
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
    max_fds_.Set(double(descriptors.rlim_cur));
  }
  std::ifstream statm{"/proc/self/statm"};  // in pages
  double mapped_pages = 0;
  double resident_pages = 0;
  if (statm >> mapped_pages >> resident_pages) {
    const auto page = double(sysconf(_SC_PAGESIZE));
    virtual_.Set(mapped_pages * page);
    resident_.Set(resident_pages * page);
  }
  std::error_code fault;
  std::filesystem::directory_iterator entries{"/proc/self/fd", fault};
  if (!fault) {
    std::size_t count = 0;
    for (const auto end = std::filesystem::directory_iterator{}; !fault && entries != end;
         entries.increment(fault)) {
      ++count;
    }
    open_fds_.Set(double(count) - 1);  // the look itself opens one
  }
}

}  // namespace trailbell::observe

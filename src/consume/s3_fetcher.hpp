// s3_fetcher: objects fetched by several threads at once, in the order in which they were asked
// for, and held until they were read.
//
// Threads come as they are needed: a few objects cost a few connections.
//
// Thread-safety: one thread asks; what it was given may be waited for on any. Errors: of an object,
// where it is waited for.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "consume/s3_walk.hpp"
#include "trailbell/consume/archive_source.hpp"
#include "trailbell/consume/file_bytes.hpp"

namespace trailbell::consume {

struct s3_fetcher_options {
  s3_opener open;
  int threads_max = limits::s3_requests_default;
  std::size_t bytes_ahead_max = limits::s3_ahead_bytes_max;
};

class s3_fetcher {
 public:
  // `control` outlives it, and what it gave.
  s3_fetcher(s3_fetcher_options options, read_control& control);
  s3_fetcher(const s3_fetcher&) = delete;
  s3_fetcher& operator=(const s3_fetcher&) = delete;
  // What was not fetched fails as interrupted.
  ~s3_fetcher();

  // False: there is no room for it until others were read. One that is larger than the bound has
  // room by itself.
  [[nodiscard]] bool try_fetch(archive_item& item);
  // Waits for room; stopped, the item has a problem.
  void fetch(archive_item& item);

 private:
  class room;
  class job;

  void begin(archive_item& item);
  void work();
  std::shared_ptr<job> take_job();
  void run(job& what, aws::s3_client* client, const error* refusal);

  s3_fetcher_options options_;
  read_control& control_;
  std::shared_ptr<room> room_;
  std::mutex mutex_;
  std::condition_variable given_;
  std::deque<std::shared_ptr<job>> jobs_;
  std::size_t idle_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace trailbell::consume

// s3_walk: the keys below a prefix, in the order of their bytes, listed by several threads ahead of
// who takes them.
//
// Where the prefix has AWS's layout, each of its folders is listed by itself, those of other days
// not at all; else the prefix is listed as a whole. What is listed stands in segments: the keys in
// front of a folder that is still to be listed, in order; a page of a folder comes in front of it.
// The threads take the first folder that nobody lists, but beyond a bound of keys only the one that
// is waited for.
//
// Thread-safety: one thread takes. Errors: a listing that fails is an item with a problem, in its
// place; the rest goes on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "consume/s3_layout.hpp"
#include "trailbell/aws/s3_client.hpp"
#include "trailbell/consume/object_source.hpp"

namespace trailbell::consume {

// A client of a thread's own.
using s3_opener = std::function<result<std::unique_ptr<aws::s3_client>>()>;

struct s3_walk_options {
  s3_location of;
  day_range days;
  bool trails_only = false;   // folders of digests, Insights and other services are not listed
  bool may_be_empty = false;  // else that there is nothing is a problem
  s3_opener open;
  int threads = limits::s3_listings_max;
  std::size_t keys_ahead_max = limits::s3_keys_ahead_max;
};

class s3_walk {
 public:
  // `stop` outlives it.
  s3_walk(s3_walk_options options, const std::atomic<bool>& stop);
  s3_walk(const s3_walk&) = delete;
  s3_walk& operator=(const s3_walk&) = delete;
  ~s3_walk();

  // Nothing: the end, or stopped.
  std::optional<archive_item> next();
  // False: next() would wait.
  [[nodiscard]] bool is_ready() const;

 private:
  enum class form : std::uint8_t {
    whole,    // every key below it
    layout,   // its keys, and folders of AWS's layout
    explore,  // the same, unless there is no layout in it: then whole
  };
  struct folder {
    std::string prefix;
    form as = form::whole;
    int depth = 0;  // of exploring
    std::optional<aws::s3_listing> pages;
    bool judged = false;  // whether there is a layout in it
    bool busy = false;
  };
  struct segment {
    std::deque<archive_item> keys;
    std::optional<folder> then;
  };
  using place = std::list<segment>::iterator;

  void list();
  std::optional<place> pick();
  void take_page(place at, result<std::optional<aws::s3_page>, aws::s3_failure> page);
  void take_entries(place at, aws::s3_page& page);
  [[nodiscard]] bool has_no_layout(folder& of, const aws::s3_page& page);
  void begin(folder& of);
  void add_key(place at, const aws::s3_entry& entry);
  void add_folder(place at, std::string prefix);
  void add_problem(place at, const aws::s3_failure& why);
  result<std::optional<aws::s3_page>, aws::s3_failure> ask(aws::s3_client* client,
                                                           const error* refusal, folder& of);

  s3_walk_options options_;
  const std::atomic<bool>& stop_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::list<segment> segments_;
  std::size_t keys_ahead_ = 0;
  bool found_any_ = false;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace trailbell::consume

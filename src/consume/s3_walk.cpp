#include "consume/s3_walk.hpp"

#include <algorithm>
#include <utility>

#include "consume/s3_tries.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::consume {
namespace {

constexpr std::chrono::milliseconds stop_interval{100};
// A prefix before AWSLogs is a folder or two.
constexpr int explored_depth_max = 4;

bool is_of_trails(std::string_view folder) {
  const skip_reason skipped = skipped_by_key(folder);
  return (skipped == skip_reason::none || skipped == skip_reason::empty) &&
         may_have_records(folder);
}

}  // namespace

s3_walk::s3_walk(s3_walk_options options, const std::atomic<bool>& stop)
    : options_{std::move(options)}, stop_{stop} {
  folder root;
  root.prefix = options_.of.prefix;
  const s3_level level = level_of(root.prefix);
  root.as = level == s3_level::unknown   ? form::explore
            : level == s3_level::folders ? form::layout
                                         : form::whole;
  begin(root);
  segments_.push_back({{}, std::move(root)});
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { list(); });
  }
}

s3_walk::~s3_walk() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

std::optional<archive_item> s3_walk::next() {
  std::unique_lock lock{mutex_};
  while (!stop_.load()) {
    if (segments_.empty()) {
      return std::nullopt;
    }
    segment& first = segments_.front();
    if (!first.keys.empty()) {
      archive_item item = std::move(first.keys.front());
      first.keys.pop_front();
      --keys_ahead_;
      const bool asks_for_more = first.keys.empty() || keys_ahead_ + 1 == options_.keys_ahead_max;
      lock.unlock();
      if (asks_for_more) {
        changed_.notify_all();
      }
      return item;
    }
    if (!first.then) {
      segments_.pop_front();
      continue;
    }
    changed_.wait_for(lock, stop_interval);
  }
  return std::nullopt;
}

bool s3_walk::is_ready() const {
  const std::lock_guard lock{mutex_};
  const auto waits = std::find_if(segments_.begin(), segments_.end(),
                                  [](const segment& one) { return !one.keys.empty() || one.then; });
  return waits == segments_.end() || !waits->keys.empty();
}

// One thread: the first folder that is nobody's, a page of it at a time.
void s3_walk::list() {
  std::unique_ptr<aws::s3_client> client;
  std::optional<error> refusal;
  std::unique_lock lock{mutex_};
  while (!closing_ && !stop_.load()) {
    const std::optional<place> at = pick();
    if (!at) {
      if (segments_.empty()) {
        return;
      }
      changed_.wait_for(lock, stop_interval);
      continue;
    }
    folder& of = *(*at)->then;
    of.busy = true;
    lock.unlock();
    if (!client && !refusal) {
      auto opened = options_.open();
      opened ? void(client = std::move(opened.value())) : void(refusal = opened.failure());
    }
    auto page = ask(client.get(), refusal ? &*refusal : nullptr, of);
    lock.lock();
    of.busy = false;
    take_page(*at, std::move(page));
    changed_.notify_all();
  }
}

result<std::optional<aws::s3_page>, aws::s3_failure> s3_walk::ask(aws::s3_client* client,
                                                                  const error* refusal,
                                                                  folder& of) {
  if (client == nullptr) {
    return aws::s3_failure{aws::s3_fault::other, 0, "", refusal->message};
  }
  return tried([&] { return of.pages->next(*client); }, stop_);
}

std::optional<s3_walk::place> s3_walk::pick() {
  for (auto at = segments_.begin(); at != segments_.end(); ++at) {
    const bool is_awaited = at == segments_.begin() && at->keys.empty();
    if (!is_awaited && keys_ahead_ >= options_.keys_ahead_max) {
      return std::nullopt;
    }
    if (at->then && !at->then->busy) {
      return at;
    }
  }
  return std::nullopt;
}

void s3_walk::take_page(place at, result<std::optional<aws::s3_page>, aws::s3_failure> page) {
  if (!page) {
    add_problem(at, page.failure());
    at->then.reset();
  } else if (!page.value()) {
    // The root has no key at all: nobody would look for that by silence.
    if (!found_any_ && segments_.size() == 1 && !options_.may_be_empty) {
      add_problem(at, {aws::s3_fault::other, 0, "", "there is nothing of that prefix"});
    }
    at->then.reset();
  } else if (has_no_layout(*at->then, *page.value())) {
    at->then->as = form::whole;
    begin(*at->then);
  } else {
    take_entries(at, *page.value());
  }
}

// By its first page.
bool s3_walk::has_no_layout(folder& of, const aws::s3_page& page) {
  if (of.as != form::explore || std::exchange(of.judged, true)) {
    return false;
  }
  const bool has_logs =
      std::any_of(page.folders.begin(), page.folders.end(),
                  [](const std::string& name) { return level_of(name) != s3_level::unknown; });
  const bool is_way = page.objects.empty() && page.folders.size() == 1;
  return !has_logs && (!is_way || of.depth >= explored_depth_max);
}

void s3_walk::begin(folder& of) {
  aws::s3_list wish;
  wish.bucket = options_.of.bucket;
  wish.prefix = of.prefix;
  wish.delimiter = of.as == form::whole ? "" : "/";
  of.pages.emplace(aws::s3_listing{wish});
}

// Keys and folders of a page, merged by their bytes.
void s3_walk::take_entries(place at, aws::s3_page& page) {
  auto next_folder = page.folders.begin();
  for (const aws::s3_entry& entry : page.objects) {
    while (next_folder != page.folders.end() && *next_folder < entry.key) {
      add_folder(at, std::move(*next_folder++));
    }
    add_key(at, entry);
  }
  while (next_folder != page.folders.end()) {
    add_folder(at, std::move(*next_folder++));
  }
}

void s3_walk::add_key(place at, const aws::s3_entry& entry) {
  archive_item item{entry.key, entry.bytes, true};
  item.bucket = options_.of.bucket;
  item.etag = entry.etag;
  item.changed_ns = parse_rfc3339(entry.last_modified).value_or(0);
  item.skipped = skipped_by_key(entry.key);
  at->keys.push_back(std::move(item));
  ++keys_ahead_;
  found_any_ = true;
}

// What stands before `at` in order now stands before the new folder.
void s3_walk::add_folder(place at, std::string prefix) {
  found_any_ = true;
  if (!may_hold(prefix, options_.days) || (options_.trails_only && !is_of_trails(prefix))) {
    return;
  }
  folder below;
  const s3_level level = level_of(prefix);
  const bool explores = at->then->as == form::explore && level == s3_level::unknown;
  // Beside AWSLogs there may be anything: it is listed as it is.
  const bool is_way = explores && at->keys.empty() && at->then->depth < explored_depth_max;
  below.as = level == s3_level::folders ? form::layout : is_way ? form::explore : form::whole;
  below.depth = at->then->depth + 1;
  below.prefix = std::move(prefix);
  begin(below);
  segments_.insert(at, segment{std::exchange(at->keys, {}), std::move(below)});
}

void s3_walk::add_problem(place at, const aws::s3_failure& why) {
  archive_item item{at->then->prefix, 0, true};
  item.bucket = options_.of.bucket;
  item.problem = error_of(why, options_.of.bucket, at->then->prefix, stop_);
  at->keys.push_back(std::move(item));
  ++keys_ahead_;
}

}  // namespace trailbell::consume

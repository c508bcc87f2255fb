#include "consume/s3_fetcher.hpp"

#include <chrono>
#include <future>
#include <utility>

#include "consume/s3_tries.hpp"

namespace trailbell::consume {
namespace {

constexpr std::chrono::milliseconds stop_interval{100};

}  // namespace

// Bytes that are fetched, or on their way, and not read.
class s3_fetcher::room {
 public:
  explicit room(std::size_t bytes_max) : bytes_max_{bytes_max} {}

  bool try_take(std::size_t bytes) {
    const std::lock_guard lock{mutex_};
    return take_if_free(bytes);
  }
  bool take(std::size_t bytes, const std::atomic<bool>& stop) {
    std::unique_lock lock{mutex_};
    while (!take_if_free(bytes)) {
      if (stop.load()) {
        return false;
      }
      freed_.wait_for(lock, stop_interval);
    }
    return true;
  }
  void give_back(std::size_t bytes) {
    {
      const std::lock_guard lock{mutex_};
      taken_ -= bytes;
    }
    freed_.notify_one();
  }

 private:
  bool take_if_free(std::size_t bytes) {
    const bool fits = taken_ == 0 || taken_ + bytes <= bytes_max_;
    taken_ += fits ? bytes : 0;
    return fits;
  }

  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t taken_ = 0;
};

class s3_fetcher::job final : public awaited_object {
 public:
  job(std::string bucket, std::string key, std::size_t bytes, std::shared_ptr<room> in)
      : bucket_{std::move(bucket)}, key_{std::move(key)}, weight_{bytes}, room_{std::move(in)} {}
  ~job() override { room_->give_back(weight_); }

  [[nodiscard]] bool has_come() const override {
    return come_ || awaited_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
  }
  result<std::string_view> bytes() override {
    if (!come_) {
      come_ = awaited_.get();
    }
    return *come_ ? result<std::string_view>{std::string_view{come_->value().bytes}}
                  : result<std::string_view>{come_->failure()};
  }
  [[nodiscard]] std::optional<std::string> metadata(std::string_view name) const override {
    if (come_ && *come_) {
      for (const aws::http_header& one : come_->value().metadata) {
        if (one.name == name) {
          return one.value;
        }
      }
    }
    return std::nullopt;
  }
  void give(result<aws::s3_object> what) { promise_.set_value(std::move(what)); }
  [[nodiscard]] const std::string& bucket() const noexcept { return bucket_; }
  [[nodiscard]] const std::string& key() const noexcept { return key_; }

 private:
  std::string bucket_, key_;
  std::size_t weight_;
  std::shared_ptr<room> room_;
  std::promise<result<aws::s3_object>> promise_;
  std::future<result<aws::s3_object>> awaited_ = promise_.get_future();
  std::optional<result<aws::s3_object>> come_;
};

s3_fetcher::s3_fetcher(s3_fetcher_options options, read_control& control)
    : options_{std::move(options)},
      control_{control},
      room_{std::make_shared<room>(options_.bytes_ahead_max)} {}

s3_fetcher::~s3_fetcher() {
  std::deque<std::shared_ptr<job>> unwanted;
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
    unwanted.swap(jobs_);
  }
  given_.notify_all();
  for (const std::shared_ptr<job>& one : unwanted) {
    one->give(error{errc::interrupted, "stopped on request before it was read"});
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

bool s3_fetcher::try_fetch(archive_item& item) {
  if (!room_->try_take(item.bytes)) {
    return false;
  }
  begin(item);
  return true;
}

void s3_fetcher::fetch(archive_item& item) {
  if (room_->take(item.bytes, control_.stop)) {
    begin(item);
  } else {
    item.problem = error{errc::interrupted, "stopped on request before it was read"};
  }
}

void s3_fetcher::begin(archive_item& item) {
  auto made = std::make_shared<job>(item.bucket, item.path, item.bytes, room_);
  item.awaited = made;
  bool wants_thread = false;
  {
    const std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(made));
    wants_thread = jobs_.size() > idle_;
  }
  if (wants_thread && threads_.size() < static_cast<std::size_t>(options_.threads_max)) {
    threads_.emplace_back([this] { work(); });
  }
  given_.notify_one();
}

std::shared_ptr<s3_fetcher::job> s3_fetcher::take_job() {
  std::unique_lock lock{mutex_};
  ++idle_;
  given_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
  --idle_;
  if (jobs_.empty()) {
    return nullptr;
  }
  std::shared_ptr<job> next = std::move(jobs_.front());
  jobs_.pop_front();
  return next;
}

void s3_fetcher::work() {
  std::unique_ptr<aws::s3_client> client;
  std::optional<error> refusal;
  while (const std::shared_ptr<job> next = take_job()) {
    if (!client && !refusal) {
      auto opened = options_.open();
      opened ? void(client = std::move(opened.value())) : void(refusal = opened.failure());
    }
    run(*next, client.get(), refusal ? &*refusal : nullptr);
  }
}

void s3_fetcher::run(job& what, aws::s3_client* client, const error* refusal) {
  if (client == nullptr) {
    what.give(*refusal);
    return;
  }
  aws::s3_get wish;
  wish.bucket = what.bucket();
  wish.key = what.key();
  wish.bytes_max = limits::s3_object_bytes_max;
  auto got = tried([&] { return client->get(wish); }, control_.stop);
  if (!got) {
    what.give(error_of(got.failure(), what.bucket(), what.key(), control_.stop));
    return;
  }
  control_.bytes_read.fetch_add(got.value().bytes.size(), std::memory_order_relaxed);
  what.give(std::move(got.value()));
}

}  // namespace trailbell::consume

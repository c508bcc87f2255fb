#include "trailbell/consume/s3_source.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <variant>

#include "consume/object_fetcher.hpp"
#include "consume/object_flow.hpp"
#include "consume/queue_keeper.hpp"
#include "consume/queue_receiver.hpp"
#include "consume/s3_reconciler.hpp"
#include "consume/s3_source_parts.hpp"
#include "trailbell/aws/credentials_chain.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// Messages of each queue that may be in flight, beside those that wait for a missing object.
constexpr std::size_t permits_a_queue = 256;
// All that may ever be said at once, a queue: nobody waits to say it.
constexpr std::size_t events_a_queue = 8'192;
constexpr seconds close_time_max{10};
constexpr milliseconds look_interval{200};

struct lost_message {
  message_number message = 0;
};
using source_happening =
    std::variant<received_message, fetched_object, lost_message, listed_object>;

flow_time now() {
  return {steady_clock::now(), system_now_ns()};
}

struct queue_parts {
  std::unique_ptr<queue_keeper> keeper;
  std::unique_ptr<queue_receiver> receiver;
};

class s3_source final : public source {
 public:
  s3_source(const s3_source_options& options, std::unique_ptr<aws::credentials_source> who,
            std::unique_ptr<object_record> record)
      : who_{std::move(who)},
        ahead_bytes_{options.ahead_bytes},
        record_{std::move(record)},
        flow_{flow_options_of(options, record_.get()), options.queue_urls.size()},
        happenings_{events_a_queue * (options.queue_urls.size() + 1)},
        wanted_{static_cast<std::size_t>(options.concurrency) + 1} {}
  ~s3_source() override;

  // Makes its parts; start() their threads.
  result<done> prepare(const s3_source_options& options, const aws::settings& settings);
  void start();

  [[nodiscard]] const char* name() const noexcept override { return "s3"; }
  result<std::optional<source_batch>> take(milliseconds wait) override;
  result<done> attend() override;
  void settle(receipt_id receipt, outcome what) override {
    flow_.settle(receipt, what, now());
    pass_on();
  }
  void stop() override;
  result<done> close() override;
  [[nodiscard]] std::size_t ahead_bytes() const noexcept override { return ahead_bytes_; }
  [[nodiscard]] source_status status() const override;

 private:
  void add_reconciler(const s3_source_options& options, const aws::s3_options& store);
  result<done> add_queue(const std::string& url, const s3_source_options& options,
                         const aws::settings& settings, const aws::http_options& http);
  void happen(source_happening what);
  void pass_on();
  void end_threads();

  std::unique_ptr<aws::credentials_source> who_;
  std::size_t ahead_bytes_;
  std::unique_ptr<object_record> record_;  // null: nothing is reconciled
  object_flow flow_;
  bounded_queue<source_happening> happenings_;
  bounded_queue<wanted_object> wanted_;
  std::atomic<message_number> last_message_{0};
  std::atomic<bool> stopping_{false}, hurry_{false};
  std::vector<queue_parts> queues_;
  std::vector<std::unique_ptr<object_fetcher>> fetchers_;
  std::unique_ptr<s3_reconciler> reconciler_;
  std::vector<std::thread> readers_, keepers_;
  bounded_queue<char> keepers_ended_{1'024};
};

s3_source::~s3_source() {
  hurry_.store(true);
  end_threads();
}

result<done> s3_source::add_queue(const std::string& url, const s3_source_options& options,
                                  const aws::settings& settings, const aws::http_options& http) {
  result<aws::sqs_options> found = queue_options_of(url, options, settings, http);
  if (!found) {
    return found.failure();
  }
  aws::sqs_options wish = std::move(found.value());
  aws::sqs_options for_keeper = wish;
  wish.http.stop = &stopping_;
  for_keeper.http.stop = &hurry_;
  auto receiving = aws::sqs_client::open(wish, who_.get());
  if (!receiving) {
    return receiving.failure();
  }
  auto keeping = aws::sqs_client::open(for_keeper, who_.get());
  if (!keeping) {
    return keeping.failure();
  }
  queue_parts parts;
  const std::string queue = aws::queue_name_of(url);
  parts.keeper = std::make_unique<queue_keeper>(
      queue_keeper::options{
          queue, options.visibility_timeout, options.on_poison == poison_way::redrive,
          [this](message_number message) { happenings_.push(lost_message{message}); }, options.log},
      std::move(keeping.value()));
  parts.receiver = std::make_unique<queue_receiver>(
      queue_receiver::options{
          queues_.size(), queue, permits_a_queue, &last_message_,
          [this](received_message message) { happenings_.push(std::move(message)); }},
      std::move(receiving.value()), *parts.keeper);
  queues_.push_back(std::move(parts));
  return done{};
}

result<done> s3_source::prepare(const s3_source_options& options, const aws::settings& settings) {
  aws::s3_options store = aws::s3_options_of(settings);
  auto tls = aws::load_tls(store.http.tls);
  if (!tls) {
    return tls.failure();
  }
  store.http.loaded_tls = std::move(tls.value());  // for all clients: it takes long to load
  for (const std::string& url : options.queue_urls) {
    if (result<done> added = add_queue(url, options, settings, store.http); !added) {
      return added;
    }
  }
  store.region = !options.region.empty() ? options.region : store.region;
  store.region =
      !store.region.empty() ? store.region : aws::queue_region_of(options.queue_urls.front());
  store.endpoint_url = !options.endpoint_url.empty() ? options.endpoint_url : store.endpoint_url;
  store.http.stop = &stopping_;
  store.log = options.log;
  for (int i = 0; i < options.concurrency; ++i) {
    auto opened = aws::s3_client::open(store, who_.get());
    if (!opened) {
      return opened.failure();
    }
    fetchers_.push_back(
        std::make_unique<object_fetcher>(std::move(opened.value()), options.object_bytes_max));
  }
  if (options.reconcile) {
    add_reconciler(options, store);
  }
  return done{};
}

void s3_source::add_reconciler(const s3_source_options& options, const aws::s3_options& store) {
  const reconcile_options& from = *options.reconcile;
  reconciler_ = std::make_unique<s3_reconciler>(
      s3_reconciler::options{from.bucket,
                             from.prefixes,
                             {from.every, from.window, from.delay},
                             [this, store] { return aws::s3_client::open(store, who_.get()); },
                             &last_message_,
                             [this](listed_object object) { happenings_.push(std::move(object)); },
                             options.log,
                             from.log},
      *record_);
}

void s3_source::start() {
  for (const queue_parts& parts : queues_) {
    keepers_.emplace_back([this, keeper = parts.keeper.get()] {
      keeper->run(hurry_);
      keepers_ended_.try_push(0);
    });
    readers_.emplace_back([this, receiver = parts.receiver.get()] { receiver->run(stopping_); });
  }
  for (const auto& fetcher : fetchers_) {
    readers_.emplace_back([this, one = fetcher.get()] {
      one->run(wanted_, [this](fetched_object got) { happenings_.push(std::move(got)); });
    });
  }
  if (reconciler_) {
    readers_.emplace_back([this] { reconciler_->run(stopping_); });
  }
}

void s3_source::happen(source_happening what) {
  if (auto* const message = std::get_if<received_message>(&what)) {
    flow_.add(std::move(*message), now());
  } else if (auto* const got = std::get_if<fetched_object>(&what)) {
    flow_.fetched(std::move(*got), now());
  } else if (auto* const listed = std::get_if<listed_object>(&what)) {
    reconciler_->taken(flow_.add_listed(listed->number, std::move(listed->object), now()));
  } else {
    flow_.lost(std::get<lost_message>(what).message);
  }
}

// What the flow wants done, to those who do it.
void s3_source::pass_on() {
  while (std::optional<wanted_object> one = flow_.next_wanted(steady_clock::now())) {
    wanted_.push(std::move(*one));
  }
  while (const std::optional<acked_object> one = flow_.next_acked()) {
    record_->add(one->object, one->quarantined ? done_by::quarantine : done_by::reading,
                 system_now_ns());
  }
  while (auto chore = flow_.next_chore()) {
    if (chore->first == queues_.size()) {
      reconciler_->settled(chore->second.message, chore->second.what == queue_chore::kind::remove);
    } else {
      queues_[chore->first].keeper->give(std::move(chore->second));
    }
  }
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    queues_[i].receiver->permit(flow_.take_permits(i));
  }
  if (reconciler_) {
    reconciler_->permit(flow_.take_permits(queues_.size()));
  }
}

result<done> s3_source::attend() {
  bool closed = false;
  while (auto one = happenings_.pop_for(milliseconds{0}, closed)) {
    happen(std::move(*one));
  }
  pass_on();
  return done{};
}

result<std::optional<source_batch>> s3_source::take(milliseconds wait) {
  const auto until = steady_clock::now() + wait;
  while (true) {
    if (result<done> attended = attend(); !attended) {
      return attended.failure();
    }
    if (std::optional<source_batch> batch = flow_.next_batch()) {
      pass_on();
      return batch;
    }
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (left <= milliseconds{0}) {
      return std::optional<source_batch>{};
    }
    bool closed = false;
    if (auto one = happenings_.pop_for(std::min(left, look_interval), closed)) {
      happen(std::move(*one));
    }
  }
}

void s3_source::stop() {
  stopping_.store(true);
  flow_.stop();
  pass_on();
}

result<done> s3_source::close() {
  stop();
  for (std::thread& each : readers_) {
    wanted_.close();
    each.join();
  }
  readers_.clear();
  if (result<done> attended = attend(); !attended) {
    return attended;
  }
  flow_.release_all();
  pass_on();
  for (const queue_parts& parts : queues_) {
    parts.keeper->close();
  }
  const auto until = steady_clock::now() + close_time_max;
  std::size_t left = keepers_.size();
  bool closed = false;
  while (left > 0 && steady_clock::now() < until) {
    left -= keepers_ended_.pop_for(look_interval, closed) ? 1 : 0;
  }
  hurry_.store(true);
  end_threads();
  if (const result<done> saved = record_ ? record_->save() : done{}; !saved) {
    return error{errc::output_failed,
                 saved.failure().message + ": what was read last may be read again"};
  }
  if (left > 0) {
    return error{errc::unreadable,
                 "SQS took longer than " + std::to_string(close_time_max.count()) +
                     " s to delete what is done: it may come again at the next start"};
  }
  return done{};
}

void s3_source::end_threads() {
  stopping_.store(true);
  wanted_.close();
  for (std::thread& each : readers_) {
    each.join();
  }
  readers_.clear();
  for (const queue_parts& parts : queues_) {
    parts.keeper->close();
  }
  for (std::thread& each : keepers_) {
    each.join();
  }
  keepers_.clear();
}

source_status s3_source::status() const {
  source_status said;
  said.announced = flow_.status(system_now_ns());
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    queues_[i].keeper->fill(said.announced->queues[i]);
    said.not_ready = said.not_ready.empty() ? queues_[i].receiver->trouble() : said.not_ready;
    said.not_ready = said.not_ready.empty() ? queues_[i].keeper->trouble() : said.not_ready;
  }
  said.not_ready = said.not_ready.empty() ? flow_.trouble(steady_clock::now()) : said.not_ready;
  if (reconciler_) {
    said.not_ready = said.not_ready.empty() ? reconciler_->trouble() : said.not_ready;
    said.announced->reconcile = reconciler_->status(system_now_ns());
  }
  return said;
}

}  // namespace

result<std::unique_ptr<source>> open_s3_source(const s3_source_options& options) {
  if (options.queue_urls.empty() || options.concurrency < 1) {
    return error{errc::usage, "an S3 source needs a queue_url, and at least one fetch at a time"};
  }
  std::set<std::string> names;
  for (const std::string& url : options.queue_urls) {
    if (!names.insert(url).second) {
      return error{errc::usage, "the queue " + aws::queue_name_of(url) + " is named twice"};
    }
  }
  const result<aws::settings> settings = aws::load_settings(options.environment, options.profile);
  if (!settings) {
    return settings.failure();
  }
  aws::credentials_options keys;
  keys.profile = options.profile;
  keys.region = options.region;
  keys.role = {options.role_arn, options.external_id};
  keys.environment = options.environment;
  keys.log = options.log;
  auto who = aws::open_credentials(std::move(keys));
  if (!who) {
    return who.failure();
  }
  auto record = open_record(options);
  if (!record) {
    return record.failure();
  }
  auto made = std::make_unique<s3_source>(options, aws::share_credentials(std::move(who.value())),
                                          std::move(record.value()));
  if (const result<done> prepared = made->prepare(options, settings.value()); !prepared) {
    return prepared.failure();
  }
  made->start();
  return std::unique_ptr<source>{std::move(made)};
}

}  // namespace trailbell::consume

// service: sources through the pipeline to sinks, until told to stop.
//
// One thread drives each source; lanes inflate, decode and scan; one thread settles, in the order
// in which the batches were taken; one worker delivers to each sink. A batch is acked when every
// required sink has accepted every alert that it caused and its rejects are in quarantine; then its
// numbers go to the meter. What is in flight is bounded in bytes: beyond it nothing is taken.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/limits.hpp"
#include "trailbell/consume/source.hpp"
#include "trailbell/detect/rule_set.hpp"
#include "trailbell/emit/dedup_window.hpp"
#include "trailbell/emit/quarantine.hpp"
#include "trailbell/emit/sink.hpp"
#include "trailbell/emit/transaction_sink.hpp"
#include "trailbell/observe/meter.hpp"
#include "trailbell/pipeline/scan.hpp"
#include "trailbell/pipeline/window_store.hpp"

namespace trailbell::pipeline {

struct service_options {
  int lanes = 1;
  std::uint64_t object_bytes_max = limits::object_bytes_max;
  std::size_t in_flight_bytes_max = 256 * limits::mib;
  std::chrono::milliseconds drain_timeout{30'000};
  emit::dedup_bounds dedup;
  // Where what windows hold is kept, of sources that do not give it again; null: nowhere.
  std::shared_ptr<window_store> windows = nullptr;
};

struct service_sink {
  std::string name;  // its label in metrics
  bool required = true;
  std::unique_ptr<emit::sink> to;
  // Instead of `to`: alerts and positions are stored in transactions, and rejects where the sink
  // takes them; what other sinks are given is what was committed. There is one such sink, it is
  // required, and no other is.
  std::unique_ptr<emit::transaction_sink> by_transaction = nullptr;
};

// Something that goes to quarantine.
struct reject {
  object_position place;
  std::string_view kind;  // "rejected", "unrecognised", "failed", "rest" of what came before it;
                          // "refused": an alert that a required sink can never take
  std::uint64_t offset = 0, record = 0;  // see loss
  std::string reason;
  std::string bytes;     // none of a file that failed as a whole
  std::string alert_id;  // of what is refused
};

// Borrows it.
[[nodiscard]] emit::quarantine_entry entry_of(const reject& what);

struct kept_rejects {
  std::size_t count = 0;         // the first ones: kept for good
  std::optional<error> failure;  // why not all
};

// What the service tells its surroundings. Any of its threads calls it, at any time.
class service_listener {
 public:
  service_listener() = default;
  service_listener(const service_listener&) = delete;
  service_listener& operator=(const service_listener&) = delete;
  virtual ~service_listener() = default;

  // For the log. `kind` is one of few, for limiting how often.
  virtual void on_trouble(std::string_view kind, const std::string& text) = 0;
  // The same of what is as it should be.
  virtual void on_news(std::string_view, const std::string&) {}
  // A part ("source kafka", "sink file", "quarantine") is ready, or why it is not.
  virtual void on_condition(const std::string& part, const std::string& not_ready) = 0;
  // About once a second from the thread that everything passes.
  virtual void on_beat() = 0;
};

class service {
 public:
  // Keeps rejects for good, but for those that a transaction stores; called on the settling thread,
  // again for those that it could not keep.
  using keep_rejects = std::function<kept_rejects(std::span<const reject>)>;

  // Borrows the listener and the meter.
  service(service_options options, std::shared_ptr<const detect::rule_set> rules,
          std::vector<std::unique_ptr<consume::source>> sources, std::vector<service_sink> sinks,
          keep_rejects keep, observe::meter& meter, service_listener& listener);
  service(const service&) = delete;
  service& operator=(const service&) = delete;
  ~service();

  // Until stop(), until every source has ended, or until one fails for good: then the error says
  // why. What was taken is settled first, as far as the drain time-out allows. Once.
  result<done> run();

  // The others from any thread while run() runs.
  void stop();
  // Batches that are handed out from now on are asked of these rules, each batch of one set.
  // Thresholds and correlations that did not change keep their windows; the others begin anew.
  void use_rules(std::shared_ptr<const detect::rule_set> rules);
  // SIGHUP.
  void reopen_sinks();

 private:
  class running;
  std::unique_ptr<running> running_;
};

}  // namespace trailbell::pipeline

// service_log: what the service says on stderr, as lines of text or of JSON.
//
// Every message is of a kind, a name that never changes and holds nothing that comes from outside:
// `kafka.rebalance`. Of a kind that comes in a burst the first few are written, and then one line a
// minute that says how many more there were, with the last of them. Nothing is logged for a record.
// All texts are escaped, cut to a bound, and freed of the secrets that the log was told of.
//
// Thread-safety: any thread. Errors: none; what cannot be written is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trailbell::observe {

enum class log_level : std::uint8_t { debug, info, warning, error };
enum class log_format : std::uint8_t { text, json };

struct log_field {
  std::string_view name;  // a JSON member, `key=` in text; lower case, never from outside
  std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;
};

struct log_options {
  log_format format = log_format::text;
  log_level level_min = log_level::info;
  std::vector<std::string> secrets = {};      // passwords, keys, tokens: shown as ***
  std::function<std::int64_t()> now_ns = {};  // since 1970; empty: the system's clock
};

class service_log {
 public:
  explicit service_log(log_options options);
  // Says what was held back and not yet told.
  ~service_log();
  service_log(const service_log&) = delete;
  service_log& operator=(const service_log&) = delete;

  void log(log_level level, std::string_view kind, std::string_view text,
           std::span<const log_field> fields = {});
  void log(log_level level, std::string_view kind, std::string_view text,
           std::initializer_list<log_field> fields) {
    log(level, kind, text, std::span{fields.begin(), fields.size()});
  }
  // To be called about once a second: says what was held back for a minute.
  void tick();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::observe

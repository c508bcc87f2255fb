#include "trailbell/observe/service_log.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <mutex>
#include <utility>

#include "observe/log_bursts.hpp"
#include "observe/log_line.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::observe {
namespace {

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum spdlog_level(log_level level) {
  constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info,
                                                  spdlog::level::warn, spdlog::level::err};
  return levels[static_cast<std::size_t>(level)];
}

}  // namespace

struct service_log::state {
  explicit state(log_options given)
      : options{std::move(given)},
        logger{"trailbell", std::make_shared<spdlog::sinks::stderr_sink_st>()} {
    if (!options.now_ns) {
      options.now_ns = system_now_ns;
    }
    logger.set_level(spdlog::level::trace);
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        options.format == log_format::json ? json_pattern : text_pattern,
        spdlog::pattern_time_type::utc));
  }

  void write(log_level level, const std::string& line, std::int64_t now_ns) {
    const spdlog::log_clock::time_point time{
        std::chrono::duration_cast<spdlog::log_clock::duration>(std::chrono::nanoseconds{now_ns})};
    logger.log(time, spdlog::source_loc{}, spdlog_level(level), spdlog::string_view_t{line});
    logger.flush();
  }

  void write_due(std::int64_t now_ns, bool all = false) {
    const char* const suffix = options.format == log_format::json
                                   ? R"({},"held_back":{},"seconds":{})"
                                   : "{} (the last of {} like it that were held back for {} s)";
    for (const auto& [last, count, seconds] : bursts.take_due(now_ns, all)) {
      write(last.level, fmt::format(fmt::runtime(suffix), last.line, count, seconds), now_ns);
    }
  }

  log_options options;
  std::mutex mutex;
  log_bursts bursts;
  spdlog::logger logger;
};

service_log::service_log(log_options options)
    : state_{std::make_unique<state>(std::move(options))} {}

service_log::~service_log() {
  state_->write_due(state_->options.now_ns(), true);
}

void service_log::log(log_level level, std::string_view kind, std::string_view text,
                      std::span<const log_field> fields) {
  if (level < state_->options.level_min) {
    return;
  }
  log_message message{level, log_line(state_->options, kind, text, fields)};
  const std::int64_t now_ns = state_->options.now_ns();
  const std::lock_guard lock{state_->mutex};
  state_->write_due(now_ns);
  if (state_->bursts.admit(kind, now_ns)) {
    state_->write(level, message.line, now_ns);
  } else {
    state_->bursts.hold(kind, std::move(message));
  }
}

void service_log::tick() {
  const std::int64_t now_ns = state_->options.now_ns();
  const std::lock_guard lock{state_->mutex};
  state_->write_due(now_ns);
}

}  // namespace trailbell::observe

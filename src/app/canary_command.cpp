#include "app/canary_command.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

#include "app/app.hpp"
#include "app/canary_entrance.hpp"
#include "app/config_file.hpp"
#include "app/journal.hpp"
#include "trailbell/aws/http_client.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::app {
namespace {

using std::chrono::steady_clock;

constexpr int look_interval_ms = 100;
constexpr milliseconds answer_max{10'000};

std::string address_of(const canary_arguments& arguments, const service_config& config) {
  if (!arguments.service.empty()) {
    return arguments.service;
  }
  std::string listen = config.metrics.listen;
  for (const std::string_view any : {"0.0.0.0:", "[::]:"}) {
    if (listen.starts_with(any)) {
      listen = "127.0.0.1:" + listen.substr(any.size());
    }
  }
  return listen.empty() ? "" : "http://" + listen;
}

// What the service says of its canaries.
class status_watch {
 public:
  static result<status_watch> open(std::string address) {
    aws::http_options options;
    options.body_bytes_max = std::size_t{4} << 20U;
    auto http = aws::open_http_client(options);
    if (!http) {
      return http.failure();
    }
    return status_watch{std::move(address), std::move(http.value())};
  }

  // When this one was acknowledged; empty: not yet. Errors: unreadable.
  result<std::string> look(const std::string& event_id) {
    aws::http_request request;
    request.url = address_ + "/status";
    request.timeout = answer_max;
    const auto got = http_->send(request);
    if (!got) {
      return error{errc::unreadable, got.failure().message};
    }
    decode::json_reader reader;
    json_tree tree;
    if (got.value().status != 200 || !reader.read(got.value().body, tree) ||
        !tree.root().find("trailbell_status")) {
      return error{errc::unreadable, request.url + " is no status of trailbell's (HTTP " +
                                         std::to_string(got.value().status) + ")"};
    }
    if (const auto all = tree.root().find("canaries")) {
      for (const json_value one : *all) {
        const auto id = one.find("event_id");
        const auto at = one.find("acknowledged_at");
        if (id && at && id->text() == event_id) {
          return std::string{at->text()};
        }
      }
    }
    return std::string{};
  }

 private:
  status_watch(std::string address, std::unique_ptr<aws::http_client> http)
      : address_{std::move(address)}, http_{std::move(http)} {}

  std::string address_;
  std::unique_ptr<aws::http_client> http_;
};

struct canary_outcome {
  std::string event_id, sent_to, service;
  bool arrived = false;
  double seconds = 0;
};

bool tell(const canary_outcome& what, const std::string& format) {
  std::string text;
  if (format == "json") {
    text = R"({"schema":1,"event_id":)";
    append_json_text(what.event_id, text);
    append_json_text(what.sent_to, text += ",\"sent_to\":");
    append_json_text(what.service, text += ",\"service\":");
    text += fmt::format(",\"arrived\":{},\"seconds\":{:.3f}}}\n", what.arrived, what.seconds);
  } else {
    std::string place;
    append_printable(what.sent_to, place);
    text = what.arrived
               ? fmt::format(
                     "{} was put into {}; its alert was accepted by every required sink "
                     "{:.2f} s later\n",
                     what.event_id, place, what.seconds)
               : fmt::format("{} was put into {}; no alert of it was accepted within {:.0f} s\n",
                             what.event_id, place, what.seconds);
  }
  return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
}

// Whether it came; nothing: the service could not be asked at the end.
result<bool> wait_for(status_watch& watch, const std::string& event_id,
                      steady_clock::time_point until) {
  while (true) {
    const result<std::string> seen = watch.look(event_id);
    if (seen && !seen.value().empty()) {
      return true;
    }
    if (steady_clock::now() >= until) {
      return seen ? result<bool>{false} : result<bool>{seen.failure()};
    }
    ::poll(nullptr, 0, look_interval_ms);
  }
}

int failed(const error& why) {
  journal{}.say("--canary: " + why.message);
  return why.code == errc::usage ? exit_usage : exit_failure;
}

}  // namespace

int canary_command(const canary_arguments& arguments) {
  if (arguments.format != "text" && arguments.format != "json") {
    return failed({errc::usage, "--format " + arguments.format + ": choose text or json"});
  }
  const std::optional<loaded_config> loaded = open_config(arguments.config, arguments.settings);
  if (!loaded) {
    return exit_usage;
  }
  const std::string address = address_of(arguments, loaded->config);
  if (address.empty()) {
    return failed(
        {errc::usage, "the service has no metrics.listen: name its address by --service"});
  }
  result<status_watch> watch = status_watch::open(address);
  if (!watch) {
    return failed(watch.failure());
  }
  const canary what = make_canary(system_now_ns());
  // Before it is sent: where nobody can be asked, nothing is put anywhere.
  if (const result<std::string> asked = watch.value().look(what.event_id); !asked) {
    return failed(asked.failure());
  }
  const auto begin = steady_clock::now();
  const auto until = begin + std::chrono::seconds{arguments.timeout_s};
  const result<std::string> sent =
      send_canary(what, *loaded,
                  {arguments.source, arguments.bucket, std::chrono::seconds{arguments.timeout_s}});
  if (!sent) {
    return failed(sent.failure());
  }
  const result<bool> came = wait_for(watch.value(), what.event_id, until);
  if (!came) {
    return failed(came.failure());
  }
  const std::chrono::duration<double> seconds = steady_clock::now() - begin;
  const bool told =
      tell({what.event_id, sent.value(), address, came.value(), seconds.count()}, arguments.format);
  return !told ? exit_failure : came.value() ? exit_done : exit_no;
}

}  // namespace trailbell::app

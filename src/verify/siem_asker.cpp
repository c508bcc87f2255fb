#include "verify/siem_asker.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/verify/inventory_file.hpp"
#include "verify/http_sign_in.hpp"
#include "verify/inventory_text.hpp"
#include "verify/receiver_link.hpp"

namespace trailbell::verify {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds answer_max{10'000};
constexpr std::size_t body_bytes_max = std::size_t{16} << 20U;

// What Prometheus is asked: which processes of trailbell it knows, and how old their findings are.
constexpr std::string_view started_query =
    "process_start_time_seconds and on (job, instance) trailbell_build_info";
constexpr std::string_view event_age_query =
    "histogram_quantile(0.95, sum by (le) (rate(trailbell_event_age_seconds_bucket[30m])))";

std::string query_path(std::string_view query) {
  return "/api/v1/query?query=" + aws::encode_percent(query, "");
}

void member(std::string_view key, std::string& out) {
  out += out.ends_with('{') ? "" : ",\n";
  append_json_text(key, out);
  out.push_back(':');
}

// How an answer of HTTP becomes the JSON that an inventory keeps.
enum class page_form : std::uint8_t {
  json,   // an object, as it is
  list,   // an array, under "silences"
  text,   // {"status":200,"text":"..."}: 200 alone
  state,  // the same, whatever the status is
};

class siem_asker {
 public:
  siem_asker(siem_doors& by, aws::deadline until, const std::function<bool()>& stopped)
      : by_{by}, until_{until}, stopped_{stopped} {}

  siem_text ask(const siem_endpoints& at) {
    std::string services = "{";
    for (const std::string& one : at.services) {
      member(one, services);
      services += service(one);
    }
    std::string prometheus = "{";
    member("address", prometheus);
    append_json_text(at.prometheus, prometheus);
    std::vector<std::string> managers = at.alertmanagers;
    const auto asked = [&](const std::string& path) {
      return get(by_.prometheus, at.prometheus, path);
    };
    add(prometheus, "prometheus", "rules", asked("/api/v1/rules"));
    add(prometheus, "prometheus", "started", asked(query_path(started_query)));
    add(prometheus, "prometheus", "event_age", asked(query_path(event_age_query)));
    add(prometheus, "prometheus", "config", asked("/api/v1/status/config"));
    const siem_inventory said =
        add(prometheus, "prometheus", "alertmanagers", asked("/api/v1/alertmanagers"));
    if (managers.empty()) {
      by_.alertmanagers.headers.clear();  // whoever Prometheus names may be anybody
      for (const std::string& one : said.prometheus.alertmanagers.items) {
        managers.push_back(one.substr(0, one.find("/api/v")));
      }
    }
    std::string alertmanagers = "{";
    for (const std::string& one : managers) {
      member(one, alertmanagers);
      alertmanagers += manager(one);
    }
    siem_text out;
    out.json = "{\"services\":" + services + "},\n\"prometheus\":" + prometheus +
               "},\n\"alertmanagers\":" + alertmanagers + "}}";
    out.listed = parsed(out.json);
    return out;
  }

 private:
  std::string service(const std::string& address) {
    std::string out = "{";
    add(out, "services", "readyz", get(by_.services, address, "/readyz", page_form::state));
    add(out, "services", "status", get(by_.services, address, "/status"));
    add(out, "services", "metrics", get(by_.services, address, "/metrics", page_form::text));
    return out + "}";
  }

  std::string manager(const std::string& address) {
    std::string out = "{";
    add(out, "alertmanagers", "status", get(by_.alertmanagers, address, "/api/v2/status"));
    add(out, "alertmanagers", "silences",
        get(by_.alertmanagers, address, "/api/v2/silences", page_form::list));
    return out + "}";
  }

  // Keeps the answer; one that cannot be read counts as failed. What was read.
  siem_inventory add(std::string& out, const std::string& section, const std::string& call,
                     call_answer answer) {
    std::optional<siem_inventory> read = parsed(alone(section, call, answer));
    if (!read) {
      answer = {listing_state::failed,
                "the answer is not as it is documented: is it the right server that answers?",
                {},
                {}};
      read = parsed(alone(section, call, answer));
    }
    member(call, out);
    out += json_of(answer);
    return read.value_or(siem_inventory{});
  }

  static std::string alone(const std::string& section, const std::string& call,
                           const call_answer& answer) {
    const std::string one = "{\"" + call + "\":" + json_of(answer) + "}";
    return "{\"" + section + "\":" + (section == "prometheus" ? one : "{\"-\":" + one + "}") + "}";
  }

  static std::optional<siem_inventory> parsed(const std::string& section) {
    auto read = read_inventory("", inventory_text("-", 0, {}, section));
    return read ? std::move(read.value().siem) : std::nullopt;
  }

  call_answer get(siem_door& door, const std::string& address, const std::string& path,
                  page_form form = page_form::json) {
    const auto failed = [](std::string why) {
      return call_answer{listing_state::failed, std::move(why), {}, {}};
    };
    if (hung_.contains(address)) {
      return failed("not asked, for it had let another request hang");
    }
    const auto left = std::chrono::duration_cast<milliseconds>(until_ - steady_clock::now());
    if (left.count() <= 0 || (stopped_ && stopped_())) {
      return failed("there was no time left to ask");
    }
    aws::http_request request;
    request.url = address + path;
    request.headers = door.headers;
    request.headers.push_back({"Accept", "application/json, text/plain"});
    request.timeout = std::min(answer_max, left);
    const auto got = door.http->send(request);
    if (!got) {
      if (got.failure().what == aws::net_fault::timed_out) {
        hung_.insert(address);
      }
      return failed(got.failure().message);
    }
    return answer_of(got.value(), form);
  }

  static call_answer answer_of(const aws::http_response& got, page_form form) {
    const std::string status = std::to_string(got.status);
    if (got.status == 401 || got.status == 403) {
      return {listing_state::denied, "HTTP " + status + ": it wants to know who asks", {}, {}};
    }
    if (got.status != 200 && form != page_form::state) {
      return {listing_state::failed, "HTTP " + status, {}, {}};
    }
    std::string page = got.body;
    if (form == page_form::text || form == page_form::state) {
      page = "{\"status\":" + status + ",\"text\":";
      append_json_text(got.body, page);
      page.push_back('}');
    } else if (form == page_form::list) {
      page = "{\"silences\":" + got.body + "}";
    }
    decode::json_reader reader;
    json_tree tree;
    if (!reader.read(page, tree) || !tree.root().is(json_kind::object)) {
      return {listing_state::failed, "the answer is no JSON", {}, {}};
    }
    return {listing_state::complete, "", {std::move(page)}, {}};
  }

  siem_doors& by_;
  aws::deadline until_;
  const std::function<bool()>& stopped_;
  std::set<std::string> hung_;
};

// The system's authorities are loaded once, for all whose file names none.
result<siem_door> open_door(const std::string& sign_in,
                            std::shared_ptr<aws::tls_context>& systems) {
  result<http_sign_in> who = read_sign_in(sign_in);
  if (!who) {
    return who.failure();
  }
  aws::http_options options;
  options.body_bytes_max = body_bytes_max;
  options.tls = who.value().tls;
  const bool usual = options.tls.ca_file.empty() && options.tls.certificate_file.empty();
  result<std::shared_ptr<aws::tls_context>> tls =
      usual && systems ? systems : aws::load_tls(options.tls);
  if (!tls) {
    return error{errc::usage, (sign_in.empty() ? "" : sign_in + ": ") + tls.failure().message};
  }
  options.loaded_tls = tls.value();
  systems = usual ? tls.value() : systems;
  auto opened = aws::open_http_client(options);
  if (!opened) {
    return opened.failure();
  }
  return siem_door{std::move(opened.value()), std::move(who.value().headers)};
}

}  // namespace

result<siem_doors> open_doors(const siem_endpoints& at) {
  siem_doors out;
  std::shared_ptr<aws::tls_context> systems;
  for (const auto& [door, sign_in] : {std::pair{&out.services, &at.services_sign_in},
                                      std::pair{&out.prometheus, &at.prometheus_sign_in},
                                      std::pair{&out.alertmanagers, &at.alertmanagers_sign_in}}) {
    result<siem_door> opened = open_door(*sign_in, systems);
    if (!opened) {
      return opened.failure();
    }
    *door = std::move(opened.value());
  }
  return out;
}

siem_text ask_siem(const siem_endpoints& at, siem_doors& by, aws::deadline until,
                   const std::function<bool()>& stopped) {
  return siem_asker{by, until, stopped}.ask(at);
}

}  // namespace trailbell::verify

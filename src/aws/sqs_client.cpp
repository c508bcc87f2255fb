#include "trailbell/aws/sqs_client.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "aws/json.hpp"
#include "trailbell/aws/endpoint.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/ensure.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

using std::chrono::seconds;

// Ten messages of a MiB, each byte of which may be escaped.
constexpr std::size_t received_bytes_max = std::size_t{64} << 20U;
// Beyond the time for which the queue holds its answer back.
constexpr seconds answer_time{15};

template <class Number>
Number number_of(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

service_failure malformed(const char* what) {
  return {service_failure::kind::server, 0, "",
          std::string{"sqs: the answer to "} + what + " is none of SQS"};
}

// A receipt that AWS does not know any more: its time is over, or the message is gone.
bool is_lasting(std::string_view code, bool sender_fault) {
  return (sender_fault && code.find("Throttl") == std::string_view::npos) ||
         code == "ReceiptHandleIsInvalid" || code == "MessageNotInflight" ||
         code == "InvalidParameterValue";
}

std::vector<sqs_entry_failure> failures_in(const json_tree& answer, std::size_t entries) {
  std::vector<sqs_entry_failure> all;
  const auto failed = answer.root().find("Failed");
  if (!failed || !failed->is(json_kind::array)) {
    return all;
  }
  for (const json_value one : *failed) {
    const auto fault = one.find("SenderFault");
    std::string code = text_of(one, "Code");
    if (const std::size_t hash = code.rfind('#'); hash != std::string::npos) {
      code.erase(0, hash + 1);
    }
    const auto index = number_of<std::size_t>(text_of(one, "Id"));
    if (index < entries) {
      all.push_back({index,
                     is_lasting(code, fault && fault->is(json_kind::boolean) && fault->truth()),
                     std::move(code)});
    }
  }
  return all;
}

sqs_message message_of(json_value shown) {
  sqs_message one;
  one.id = text_of(shown, "MessageId");
  one.receipt = text_of(shown, "ReceiptHandle");
  one.body = text_of(shown, "Body");
  if (const auto attributes = shown.find("Attributes")) {
    one.receive_count = number_of<int>(text_of(*attributes, "ApproximateReceiveCount"));
    one.sent_ms = number_of<std::int64_t>(text_of(*attributes, "SentTimestamp"));
  }
  return one;
}

}  // namespace

class sqs_client::state {
 public:
  state(std::string queue_url, std::unique_ptr<service_client> service)
      : queue_url_{quoted(queue_url)}, service_{std::move(service)} {}

  // `members`: those of the request beside QueueUrl, each behind a comma.
  result<json_tree, service_failure> call(const char* what, const std::string& members,
                                          seconds time) {
    service_request request;
    request.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                       {"X-Amz-Target", std::string{"AmazonSQS."} + what}};
    request.body = R"({"QueueUrl":)" + queue_url_ + members + "}";
    request.timeout = time;
    const auto answer = service_->send(request);
    if (!answer) {
      return answer.failure();
    }
    // An answer that says nothing may have no body.
    const std::string& body = answer.value().body;
    result<json_tree> parsed = parse_json(body.empty() ? "{}" : std::string_view{body});
    if (!parsed || !parsed.value().root().is(json_kind::object)) {
      return malformed(what);
    }
    return std::move(parsed.value());
  }

  template <class Entries, class Write>
  result<std::vector<sqs_entry_failure>, service_failure> batch(const char* what,
                                                                const Entries& entries,
                                                                Write write) {
    ensure(!entries.empty() && entries.size() <= sqs_batch_max, "a batch has 1 to 10 entries");
    std::string members = R"(,"Entries":[)";
    for (std::size_t i = 0; i < entries.size(); ++i) {
      members += (i == 0 ? R"({"Id":")" : R"(,{"Id":")") + std::to_string(i) + "\",";
      write(entries[i], members);
      members += "}";
    }
    const auto answer = call(what, members + "]", answer_time);
    if (!answer) {
      return answer.failure();
    }
    return failures_in(answer.value(), entries.size());
  }

 private:
  std::string queue_url_;
  std::unique_ptr<service_client> service_;
};

sqs_client::sqs_client(std::unique_ptr<state> made) : state_{std::move(made)} {}
sqs_client::~sqs_client() = default;

result<std::unique_ptr<sqs_client>> sqs_client::open(sqs_options options, credentials_source* who) {
  const result<url> address = parse_url(options.queue_url);
  if (!address) {
    return error{errc::usage, "the queue's URL: " + address.failure().message};
  }
  if (queue_name_of(options.queue_url).empty()) {
    return error{errc::usage,
                 "the queue's URL names no queue; it is like "
                 "https://sqs.eu-central-1.amazonaws.com/111122223333/trail-events"};
  }
  std::string region = options.region.empty() ? queue_region_of(options.queue_url) : options.region;
  if (!is_region(region)) {
    return error{errc::usage, region.empty() ? "nobody says in which region the queue is: write "
                                               "'region'"
                                             : in_quotes(region) + " is no region"};
  }
  service_options service;
  service.endpoint =
      options.endpoint.empty() ? origin_of(address.value()) : std::move(options.endpoint);
  service.scope = {std::move(region), "sqs"};
  service.attempts_max = options.attempts_max;
  service.http = std::move(options.http);
  service.http.body_bytes_max = received_bytes_max;
  service.log = std::move(options.log);
  auto opened = service_client::open(std::move(service), who);
  if (!opened) {
    return opened.failure();
  }
  return std::unique_ptr<sqs_client>{new sqs_client{
      std::make_unique<state>(std::move(options.queue_url), std::move(opened.value()))}};
}

result<std::vector<sqs_message>, service_failure> sqs_client::receive(
    std::size_t most, seconds wait, std::optional<seconds> hidden_for) {
  ensure(most >= 1 && most <= sqs_batch_max && wait <= sqs_wait_max, "SQS gives up to 10 messages");
  // The older name of the list too: others than AWS know only that.
  constexpr const char* wanted = R"(["ApproximateReceiveCount","SentTimestamp"])";
  std::string members = R"(,"MaxNumberOfMessages":)" + std::to_string(most) +
                        R"(,"WaitTimeSeconds":)" + std::to_string(wait.count()) +
                        R"(,"MessageSystemAttributeNames":)" + wanted + R"(,"AttributeNames":)" +
                        wanted;
  if (hidden_for) {
    members += R"(,"VisibilityTimeout":)" + std::to_string(hidden_for->count());
  }
  const auto answer = state_->call("ReceiveMessage", members, wait + answer_time);
  if (!answer) {
    return answer.failure();
  }
  std::vector<sqs_message> all;
  if (const auto shown = answer.value().root().find("Messages")) {
    for (const json_value one : *shown) {
      all.push_back(message_of(one));
      if (all.back().receipt.empty()) {
        return malformed("ReceiveMessage");
      }
    }
  }
  return all;
}

result<std::vector<sqs_entry_failure>, service_failure> sqs_client::remove(
    std::span<const std::string> receipts) {
  return state_->batch("DeleteMessageBatch", receipts,
                       [](const std::string& receipt, std::string& out) {
                         out += R"("ReceiptHandle":)" + quoted(receipt);
                       });
}

result<std::vector<sqs_entry_failure>, service_failure> sqs_client::change_visibility(
    std::span<const sqs_visibility> changes) {
  return state_->batch("ChangeMessageVisibilityBatch", changes,
                       [](const sqs_visibility& one, std::string& out) {
                         out += R"("ReceiptHandle":)" + quoted(one.receipt) +
                                R"(,"VisibilityTimeout":)" + std::to_string(one.hidden_for.count());
                       });
}

result<sqs_attributes, service_failure> sqs_client::attributes() {
  const auto answer = state_->call(
      "GetQueueAttributes",
      R"(,"AttributeNames":["VisibilityTimeout","RedrivePolicy","ApproximateNumberOfMessages"])",
      answer_time);
  if (!answer) {
    return answer.failure();
  }
  const auto shown = answer.value().root().find("Attributes");
  if (!shown || !shown->is(json_kind::object)) {
    return malformed("GetQueueAttributes");
  }
  sqs_attributes got;
  got.visibility = seconds{number_of<std::int64_t>(text_of(*shown, "VisibilityTimeout"))};
  got.has_redrive = !text_of(*shown, "RedrivePolicy").empty();
  if (const std::string waiting = text_of(*shown, "ApproximateNumberOfMessages");
      !waiting.empty()) {
    got.waiting = number_of<std::uint64_t>(waiting);
  }
  return got;
}

std::string queue_name_of(std::string_view queue_url) {
  const std::size_t host = queue_url.find("://");
  const std::size_t slash = queue_url.rfind('/');
  if (host == std::string_view::npos || slash == std::string_view::npos || slash < host + 3) {
    return {};
  }
  return std::string{queue_url.substr(slash + 1)};
}

// sqs.REGION.amazonaws.com, sqs-fips.REGION..., sqs.REGION.api.aws, vpce-x.sqs.REGION.vpce...,
// REGION.queue.amazonaws.com.
std::string queue_region_of(std::string_view queue_url) {
  const result<url> address = parse_url(queue_url);
  if (!address) {
    return {};
  }
  const std::string_view host = address.value().peer.host;
  if (host.find(".amazonaws.") == std::string_view::npos && !host.ends_with(".api.aws")) {
    return {};
  }
  std::string_view before;
  for (std::size_t at = 0; at < host.size();) {
    const std::size_t end = std::min(host.find('.', at), host.size());
    const std::string_view label = host.substr(at, end - at);
    if (label == "queue" && !before.empty()) {
      return std::string{before};
    }
    if (before == "sqs" || before == "sqs-fips") {
      return label == "amazonaws" ? std::string{} : std::string{label};
    }
    before = label;
    at = end + 1;
  }
  return {};
}

}  // namespace trailbell::aws

#include "kafka/configuration.hpp"

#include <array>
#include <utility>

#include "trailbell/base/text.hpp"

namespace trailbell::kafka {
namespace {

constexpr std::string_view from_brokers = "the brokers are named by `brokers`";
constexpr std::string_view no_text = "it takes a function of the program, not a text";
constexpr std::array refused_always{
    refusal{"bootstrap.servers", from_brokers},
    refusal{"metadata.broker.list", from_brokers},
    refusal{"plugin.library.paths", "it loads code into the process"},
    refusal{"log.queue", "the log goes where trailbell's goes"},
    refusal{"interceptors", no_text},
    refusal{"opaque", no_text},
    refusal{"default_topic_conf", no_text},
};

bool contains_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) {
      return true;
    }
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

error wrong(std::string_view name, std::string_view why) {
  return {errc::usage, "Kafka property " + std::string{name} + ": " + std::string{why}};
}

std::optional<error> refuse(std::string_view name, std::string_view value,
                            std::span<const refusal> refused) {
  for (const refusal& each : refused) {
    if (each.name == name && !contains_word(each.allowed, value)) {
      return wrong(name, each.reason);
    }
  }
  return std::nullopt;
}

bool is_oauth(const configuration& configuration) {
  return configuration.get("sasl.mechanism") == "OAUTHBEARER" &&
         fold_ascii(configuration.get("security.protocol")).starts_with("sasl_");
}

// On a thread of the client's. What librdkafka says of a token that it does not take may hold it.
void on_token_due(rd_kafka_t* client, const char* /*config*/, void* context) {
  const result<bearer_token> got = static_cast<client_context*>(context)->tokens();
  std::array<char, 512> said{};
  if (!got) {
    rd_kafka_oauthbearer_set_token_failure(client, got.failure().message.c_str());
  } else if (const bearer_token& token = got.value();
             rd_kafka_oauthbearer_set_token(client, token.value.reveal().c_str(),
                                            token.expires.time_since_epoch().count(),
                                            token.principal.c_str(), nullptr, 0, said.data(),
                                            said.size()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_oauthbearer_set_token_failure(
        client, "librdkafka does not take the token: is the clock of this machine right?");
  }
}

}  // namespace

result<done> configuration::set(const std::string& name, const std::string& value) {
  std::array<char, 512> said{};
  switch (rd_kafka_conf_set(conf_.get(), name.c_str(), value.c_str(), said.data(), said.size())) {
    case RD_KAFKA_CONF_OK:
      return done{};
    case RD_KAFKA_CONF_UNKNOWN:
      return wrong(name, "librdkafka knows no such property");
    case RD_KAFKA_CONF_INVALID:
      break;
  }
  // librdkafka repeats the value that it does not like: only where that is one of a closed set can
  // it be shown.
  const std::string reason{said.data()};
  if (reason.find("at build time") != std::string::npos) {
    return wrong(name, "this librdkafka was built without what that needs (its builtin.features: " +
                           get("builtin.features") + ")");
  }
  return wrong(name, value.empty() || reason.find(value) == std::string::npos
                         ? reason
                         : "librdkafka does not take this value");
}

result<done> configuration::set_all(const layers& all) {
  const auto set_each = [this](const properties& some) -> result<done> {
    for (const auto& [name, value] : some) {
      if (result<done> was_set = set(name, value); !was_set) {
        return was_set;
      }
    }
    return done{};
  };
  result<done> went = set_each(all.defaults);
  went = went ? sign_in_with(all.tokens) : went;
  went = went ? set_all(all.theirs, all.refused) : went;
  return went ? set_each(all.ours) : went;
}

result<done> configuration::set_all(const properties& theirs, std::span<const refusal> refused) {
  for (const auto& [name, value] : theirs) {
    if (name.ends_with("_cb")) {
      return wrong(name, no_text);
    }
    for (const std::span<const refusal> list :
         {std::span<const refusal>{refused_always}, refused}) {
      if (const std::optional<error> no = refuse(name, value, list)) {
        return *no;
      }
    }
    if (result<done> was_set = set(name, value); !was_set) {
      return was_set;
    }
  }
  return done{};
}

std::string configuration::get(const std::string& name) const {
  std::size_t size = 0;
  if (rd_kafka_conf_get(conf_.get(), name.c_str(), nullptr, &size) != RD_KAFKA_CONF_OK) {
    return {};
  }
  std::string value(size, '\0');
  rd_kafka_conf_get(conf_.get(), name.c_str(), value.data(), &size);
  value.resize(value.find('\0'));
  return value;
}

result<done> configuration::sign_in_with(bearer_tokens tokens) {
  if (!tokens) {
    return done{};
  }
  context_->tokens = std::move(tokens);
  rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf_.get(), on_token_due);
  result<done> was_set = set("security.protocol", "sasl_ssl");
  return was_set ? set("sasl.mechanism", "OAUTHBEARER") : was_set;
}

result<client_handle> configuration::make(rd_kafka_type_t type) {
  const bool oauth = is_oauth(*this);
  if (context_->tokens && !oauth) {
    return wrong("sasl.mechanism", "tokens are for OAUTHBEARER, over SASL_SSL or SASL_PLAINTEXT");
  }
  rd_kafka_conf_set_opaque(conf_.get(), context_.get());
  rd_kafka_conf_enable_sasl_queue(conf_.get(), oauth ? 1 : 0);
  std::array<char, 512> said{};
  rd_kafka_t* const client = rd_kafka_new(type, conf_.get(), said.data(), said.size());
  if (client == nullptr) {
    return error{errc::usage, std::string{"Kafka: "} + said.data()};
  }
  static_cast<void>(conf_.release());  // it is the client's now
  client_handle made{client, client_destroyer{std::move(context_)}};
  if (oauth) {
    // Else who waits for an answer would wait for a token too, that nobody makes.
    const error_handle failed{rd_kafka_sasl_background_callbacks_enable(client)};
    if (failed) {
      return error{errc::usage, std::string{"Kafka: "} + rd_kafka_error_string(failed.get())};
    }
  }
  return made;
}

}  // namespace trailbell::kafka

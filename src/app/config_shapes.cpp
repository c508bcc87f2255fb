#include "app/config_shapes.hpp"

#include <regex.h>

#include <algorithm>
#include <array>

#include "app/config_values.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

bool made_of(std::string_view text, std::string_view besides) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [besides](char c) {
    return is_letter_or_digit(c) || besides.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::optional<shape_fault> fault_of_topic(std::string_view topic) {
  constexpr std::size_t bytes_max = 249;  // of Kafka
  if (made_of(topic, "._-") && topic.size() <= bytes_max && topic != "." && topic != "..") {
    return std::nullopt;
  }
  return shape_fault{"is no topic's name",
                     "at most 249 letters, digits, dots, dashes and underscores"};
}

// As librdkafka compiles it.
std::optional<shape_fault> fault_of_regex(const std::string& pattern) {
  regex_t compiled{};
  const int code = regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB);
  if (code == 0) {
    regfree(&compiled);
    return std::nullopt;
  }
  std::array<char, 128> message{};
  (void)regerror(code, &compiled, message.data(), message.size());
  return shape_fault{std::string{"is no regular expression: "} + message.data(),
                     "write an extended one, such as ^cloudtrail-.*"};
}

}  // namespace

std::optional<shape_fault> fault_of(std::string_view text, text_shape shape) {
  if (text.empty()) {
    return shape_fault{"is empty", "write what it is, or leave the key out"};
  }
  if (text.size() > limits::config_value_bytes_max) {
    return shape_fault{"has more than 64 KiB", "shorten it"};
  }
  if (text.find('\0') != std::string_view::npos ||
      (shape != text_shape::free && has_control(text))) {
    return shape_fault{"holds a line break or another control character", "leave it out"};
  }
  switch (shape) {
    case text_shape::line:
    case text_shape::free:
      break;
    case text_shape::url:
      if (!parse_url(text)) {
        return shape_fault{"is no URL", "write http:// or https://, a host, and what follows"};
      }
      break;
    case text_shape::address:
      if (!parse_host_port(text)) {
        return shape_fault{"is no address", "write host:port, such as 0.0.0.0:9464 or [::]:9464"};
      }
      break;
    case text_shape::brokers:
      if (!parse_brokers(text)) {
        return shape_fault{"does not name brokers", "write host:port, with commas between them"};
      }
      break;
    case text_shape::topic:
      return fault_of_topic(text);
    case text_shape::topic_regex:
      return text.front() == '^' ? fault_of_regex(std::string{text}) : fault_of_topic(text);
  }
  return std::nullopt;
}

std::optional<shape_fault> fault_of_name(std::string_view name, map_kind kind) {
  switch (kind) {
    case map_kind::properties:
      if (!made_of(name, "._-")) {
        return shape_fault{"is no property of librdkafka", "its names are like fetch.max.bytes"};
      }
      break;
    case map_kind::headers:
      if (!is_header_name(name)) {
        return shape_fault{"is no header's name", "write one such as X-Api-Key"};
      }
      break;
    case map_kind::labels:
    case map_kind::annotations:
      if (!is_identifier(name)) {
        return shape_fault{"is no label's name",
                           "write letters, digits and underscores, and no digit first"};
      }
      break;
  }
  return std::nullopt;
}

std::optional<shape_fault> fault_of_value(std::string_view value, map_kind kind) {
  const bool lines = kind == map_kind::annotations || kind == map_kind::properties;
  return value.empty() ? std::nullopt
                       : fault_of(value, lines ? text_shape::free : text_shape::line);
}

bool is_topic_of(const std::string& topic, const std::string& entry) {
  if (!entry.starts_with('^')) {
    return topic == entry;
  }
  regex_t compiled{};
  if (regcomp(&compiled, entry.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    return false;  // which is said elsewhere
  }
  const bool found = regexec(&compiled, topic.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return found;
}

bool is_header_name(std::string_view name) noexcept {
  return made_of(name, "!#$%&'*+-.^_`|~");
}

}  // namespace trailbell::app

// config_keys: every key of a configuration once: its name, what it is for, and the member it sets.
//
// The reader, the overrides, the schema and `config show` all walk these tables. A key borrows the
// struct that it was made for, and is good until that changes its shape (a list grows, a kind is
// replaced).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "app/service_config.hpp"
#include "trailbell/base/ensure.hpp"

namespace trailbell::app {

// What a text has to look like.
enum class text_shape : std::uint8_t {
  line,         // one line
  free,         // any text
  url,          // http:// or https://
  address,      // host:port
  brokers,      // host:port, some of them, the port may be left out
  topic,        // a Kafka topic's name
  topic_regex,  // that, or behind ^ an extended regular expression
};

struct text_slot {
  std::string* value;
  text_shape shape = text_shape::line;
  bool nullable = false;  // null is the same as nothing
};
struct secret_slot {
  secret* value;
};
struct truth_slot {
  bool* value;
};
struct duration_slot {
  milliseconds* value;
  milliseconds least{};
};
struct size_slot {
  std::uint64_t* value;
  std::uint64_t least = 0;
};
struct whole_slot {
  int* value;
  int least = 0;
  int most = 0;
};
// One of some words, by its number.
struct choice_slot {
  std::vector<std::string_view> words;
  std::function<std::size_t()> get;
  std::function<void(std::size_t)> set;
};
struct texts_slot {
  std::vector<std::string>* value;
  text_shape shape = text_shape::line;
  bool one_will_do = false;  // a single text stands for a list of it
};
// Names that the user chooses, and texts; numbers and truths are taken as they are written.
enum class map_kind : std::uint8_t { properties, headers, labels, annotations };
struct map_slot {
  text_map* value;
  map_kind kind;
};

struct config_key;

// A mapping of its own. `present` and `make` are empty where it is always there.
struct group_slot {
  std::function<bool()> present;
  std::function<void()> make;
  std::function<std::vector<config_key>()> keys;
};
struct sinks_slot {
  std::vector<sink_config>* value;
};

using config_slot =
    std::variant<text_slot, secret_slot, truth_slot, duration_slot, size_slot, whole_slot,
                 choice_slot, texts_slot, map_slot, group_slot, sinks_slot>;

struct config_key {
  std::string_view name;
  std::string_view about;
  config_slot slot;
  bool required = false;
};

using config_keys = std::vector<config_key>;

template <class... Cases>
struct overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
overloaded(Cases...) -> overloaded<Cases...>;

[[nodiscard]] config_keys keys_of(service_config& config);

// A sink's kinds, `required` and `name`. The kinds are the first sink_kinds().size() keys.
[[nodiscard]] config_keys keys_of(sink_config& sink);
// In the order of sink_kind_config.
[[nodiscard]] std::span<const std::string_view> sink_kinds() noexcept;

[[nodiscard]] const config_key* find_key(const config_keys& keys, std::string_view name) noexcept;

// Made for config_keys.cpp and config_sink_keys.cpp, as what is below: the keys of a client of
// Kafka, with those of Amazon MSK behind them.
[[nodiscard]] config_keys with_msk_iam(config_keys keys, msk_iam_config& config);

// A word and what it stands for, each of which
// the value may be; whatever the order of the enumeration is.
template <class Enum>
using choices = std::vector<std::pair<std::string_view, Enum>>;

template <class Enum>
[[nodiscard]] choice_slot choice(Enum& value, const std::type_identity_t<choices<Enum>>& all) {
  choice_slot slot;
  for (const auto& [word, one] : all) {
    slot.words.push_back(word);
  }
  slot.get = [&value, all] {
    std::size_t which = 0;
    while (which < all.size() && all[which].second != value) {
      ++which;
    }
    ensure(which < all.size(), "a value of a configuration has a word");
    return which;
  };
  slot.set = [&value, all](std::size_t which) { value = all[which].second; };
  return slot;
}

// An optional mapping: there once it was named.
template <class Part, class Keys>
[[nodiscard]] group_slot part(std::optional<Part>& value, Keys keys) {
  return {[&value] { return value.has_value(); },
          [&value] {
            if (!value) {
              value.emplace();
            }
          },
          [&value, keys] { return keys(*value); }};
}

// A secret map value is shown masked: a header, a property that holds a password.
[[nodiscard]] bool is_secret(map_kind kind, std::string_view name) noexcept;

}  // namespace trailbell::app

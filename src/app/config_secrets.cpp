#include "app/config_secrets.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/config_keys.hpp"
#include "app/config_values.hpp"

namespace trailbell::app {
namespace {

// A piece of a URL's path that is shorter is a word, and no credential.
constexpr std::size_t path_piece_bytes_min = 16;

class secret_collector {
 public:
  explicit secret_collector(const loaded_config& loaded) : loaded_{loaded} {}

  void collect(const config_keys& keys, const std::string& path) {
    for (const config_key& key : keys) {
      const std::string inner = (path.empty() ? "" : path + ".") + std::string{key.name};
      std::visit(overloaded{
                     [&](const group_slot& one) {
                       if (!one.present || one.present()) {
                         collect(one.keys(), inner);
                       }
                     },
                     [&](const sinks_slot& one) {
                       for (std::size_t i = 0; i < one.value->size(); ++i) {
                         collect(keys_of((*one.value)[i]), inner + "." + std::to_string(i));
                       }
                     },
                     [&](const map_slot& one) {
                       for (const auto& [name, value] : *one.value) {
                         add(value, is_secret(one.kind, name) || is_masked(inner + "." + name));
                       }
                     },
                     [&](const secret_slot& one) { add(one.value->reveal(), true); },
                     [&](const text_slot& one) {
                       add(*one.value, is_masked(inner));
                       if (one.shape == text_shape::url) {
                         add_url(*one.value, path_piece_bytes_min);
                       }
                     },
                     [&](const texts_slot& one) {
                       for (const std::string& text : *one.value) {
                         add(text, is_masked(inner));
                         if (one.shape == text_shape::url) {
                           add_url(text, std::string_view::npos);  // a queue's name is in its path
                         }
                       }
                     },
                     [](const auto&) {},
                 },
                 key.slot);
    }
  }

  [[nodiscard]] std::vector<std::string> take() { return std::move(secrets_); }

 private:
  [[nodiscard]] bool is_masked(const std::string& path) const {
    return loaded_.masked.contains(path);
  }

  void add(std::string_view text, bool secret) {
    if (secret && !text.empty()) {
      secrets_.emplace_back(text);
    }
  }

  void add_url(const std::string& url, std::size_t path_bytes_min) {
    const std::optional<url_parts> parts = parse_url(url);
    if (!parts) {
      return;
    }
    add(parts->user_info, true);
    const std::size_t colon = parts->user_info.find(':');
    if (colon != std::string_view::npos) {
      add(parts->user_info.substr(colon + 1), true);
    }
    add(parts->query, true);
    for (std::string_view rest = parts->path; !rest.empty();) {
      const std::size_t end = std::min(rest.find('/'), rest.size());
      add(rest.substr(0, end), end >= path_bytes_min);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  const loaded_config& loaded_;
  std::vector<std::string> secrets_;
};

}  // namespace

std::vector<std::string> secrets_of(loaded_config loaded) {
  secret_collector all{loaded};
  all.collect(keys_of(loaded.config), "");
  return all.take();
}

}  // namespace trailbell::app

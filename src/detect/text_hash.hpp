// Lets a hash table of texts be asked for a view of one.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace trailbell::detect {

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

}  // namespace trailbell::detect

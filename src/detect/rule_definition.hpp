// What a rule is made of, as a number: two documents with the same one count the same records.
#pragma once

#include <cstdint>
#include <string_view>

#include "trailbell/model/yaml.hpp"

namespace trailbell::detect {

// Of all but what only tells about the rule (title, description, references, tests, ...). The same
// in every process. Pure.
[[nodiscard]] std::uint64_t definition_of(const yaml_node& document);

// `seed` with more in it; the order counts.
[[nodiscard]] std::uint64_t mixed(std::uint64_t seed, std::string_view more) noexcept;
[[nodiscard]] std::uint64_t mixed(std::uint64_t seed, std::uint64_t more) noexcept;

}  // namespace trailbell::detect

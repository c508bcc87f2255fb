// Where a value of a JSON document stands in its text. Walks the text: for messages only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "trailbell/model/yaml.hpp"

namespace trailbell::verify {

using json_step = std::variant<std::string, std::size_t>;  // a key, or an index from 0
using json_path = std::vector<json_step>;

[[nodiscard]] text_place place_at(std::string_view text, std::size_t offset) noexcept;
// The text is a document. The place of the last value on the path that is there.
[[nodiscard]] text_place place_of(std::string_view text, const json_path& path);
// `regions.us-east-1.logs`
[[nodiscard]] std::string to_text(const json_path& path);

}  // namespace trailbell::verify

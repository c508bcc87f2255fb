// Texts of Sigma rules: plain runs and wildcards, and what modifiers make of them.
//
// `*` is any run of characters, `?` any one; a backslash takes the meaning from a wildcard or from
// a backslash behind it, and is itself before anything else. Source: Sigma Rules Specification
// 2.1.0, "String Wildcard", "Escape Character"; modifiers appendix, "String Modifiers".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trailbell::detect {

// `any_dash` is what the modifier windash makes of a dash: one of - / and three longer dashes.
enum class sigma_piece_kind : std::uint8_t { plain, any_run, any_one, any_dash };

struct sigma_piece {
  sigma_piece_kind kind = sigma_piece_kind::plain;
  std::string text;  // of a plain one: not empty, and no two follow each other
  bool operator==(const sigma_piece&) const = default;
};

using sigma_text = std::vector<sigma_piece>;

[[nodiscard]] sigma_text read_sigma_text(std::string_view text);
[[nodiscard]] bool has_wildcard(const sigma_text& text) noexcept;
// The text, where it has no wildcards and no dashes left open.
[[nodiscard]] std::string plain_of(const sigma_text& text);

// `*` in front and behind, unless one stands there.
void add_any_run_in_front(sigma_text& text);
void add_any_run_behind(sigma_text& text);

// Dashes that begin a word, and stand where none ends, become any_dash.
[[nodiscard]] sigma_text with_any_dashes(const sigma_text& text);
// Every text that any_dash stands for; nothing where that would be more than `texts_max`.
[[nodiscard]] std::optional<std::vector<sigma_text>> spell_dashes(const sigma_text& text,
                                                                  std::size_t texts_max);

enum class utf16_order : std::uint8_t { little, big, marked };  // marked: FF FE, then little
// Each plain run, UTF-8, as the bytes of UTF-16.
[[nodiscard]] sigma_text in_utf16(const sigma_text& text, utf16_order order);

// What stands in base64 of any text that holds `bytes`, at each of the three offsets.
[[nodiscard]] std::vector<std::string> in_base64_anywhere(std::string_view bytes);

// The dashes that windash takes for one another, in UTF-8.
[[nodiscard]] std::size_t dash_at(std::string_view text, std::size_t at) noexcept;  // bytes, or 0

}  // namespace trailbell::detect

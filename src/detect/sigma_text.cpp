#include "detect/sigma_text.hpp"

#include <algorithm>
#include <array>

#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

constexpr std::array<std::string_view, 5> dashes{"-", "/", "\xe2\x80\x93", "\xe2\x80\x94",
                                                 "\xe2\x80\x95"};

void append_plain(sigma_text& text, std::string_view run) {
  if (run.empty()) {
    return;
  }
  if (text.empty() || text.back().kind != sigma_piece_kind::plain) {
    text.push_back({sigma_piece_kind::plain, {}});
  }
  text.back().text += run;
}

void append(sigma_text& text, const sigma_piece& piece) {
  if (piece.kind == sigma_piece_kind::plain) {
    append_plain(text, piece.text);
  } else {
    text.push_back(piece);
  }
}

bool is_special(char c) noexcept {
  return c == '*' || c == '?';
}

// Letters, digits, the underscore, and every byte beyond ASCII.
bool is_word_byte_of_dash(char c) noexcept {
  return is_letter_or_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

void append_unit(std::string& out, unsigned unit, bool big) {
  const auto high = static_cast<char>(unit >> 8U);
  const auto low = static_cast<char>(unit & 0xffU);
  out.push_back(big ? high : low);
  out.push_back(big ? low : high);
}

std::string utf16_of(std::string_view text, bool big) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const code_point next = decode_utf8(text, at);
    const char32_t value = next.size == 0 ? char32_t{0xfffd} : next.value;
    at += next.size == 0 ? 1 : next.size;
    if (value < 0x10000) {
      append_unit(out, static_cast<unsigned>(value), big);
    } else {
      const auto beyond = static_cast<unsigned>(value) - 0x10000U;
      append_unit(out, 0xd800U + (beyond >> 10U), big);
      append_unit(out, 0xdc00U + (beyond & 0x3ffU), big);
    }
  }
  return out;
}

}  // namespace

sigma_text read_sigma_text(std::string_view text) {
  sigma_text out;
  std::string run;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (c == '\\' && (is_special(next) || next == '\\')) {
      run.push_back(next);
      ++at;
    } else if (is_special(c)) {
      append_plain(out, run);
      run.clear();
      out.push_back({c == '*' ? sigma_piece_kind::any_run : sigma_piece_kind::any_one, {}});
    } else {
      run.push_back(c);
    }
  }
  append_plain(out, run);
  return out;
}

bool has_wildcard(const sigma_text& text) noexcept {
  return std::any_of(text.begin(), text.end(), [](const sigma_piece& piece) {
    return piece.kind == sigma_piece_kind::any_run || piece.kind == sigma_piece_kind::any_one;
  });
}

std::string plain_of(const sigma_text& text) {
  std::string out;
  for (const sigma_piece& piece : text) {
    out += piece.text;
  }
  return out;
}

void add_any_run_in_front(sigma_text& text) {
  if (text.empty() || text.front().kind != sigma_piece_kind::any_run) {
    text.insert(text.begin(), {sigma_piece_kind::any_run, {}});
  }
}

void add_any_run_behind(sigma_text& text) {
  if (text.empty() || text.back().kind != sigma_piece_kind::any_run) {
    text.push_back({sigma_piece_kind::any_run, {}});
  }
}

std::size_t dash_at(std::string_view text, std::size_t at) noexcept {
  const auto* const found =
      std::find_if(dashes.begin(), dashes.end(),
                   [rest = text.substr(at)](std::string_view d) { return rest.starts_with(d); });
  return found == dashes.end() ? 0 : found->size();
}

sigma_text with_any_dashes(const sigma_text& text) {
  sigma_text out;
  for (const sigma_piece& piece : text) {
    if (piece.kind != sigma_piece_kind::plain) {
      out.push_back(piece);
      continue;
    }
    const std::string_view run = piece.text;
    bool in_word = false;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < run.size();) {
      const std::size_t dash = dash_at(run, at);
      const std::size_t next = at + std::max<std::size_t>(dash, 1);
      const bool word_follows =
          next < run.size() && dash_at(run, next) == 0 && is_word_byte_of_dash(run[next]);
      if (dash > 0 && !in_word && word_follows) {
        append_plain(out, run.substr(begin, at - begin));
        out.push_back({sigma_piece_kind::any_dash, {}});
        begin = next;
      }
      in_word = dash == 0 && is_word_byte_of_dash(run[at]);
      at = next;
    }
    append_plain(out, run.substr(begin));
  }
  return out;
}

std::optional<std::vector<sigma_text>> spell_dashes(const sigma_text& text, std::size_t texts_max) {
  std::vector<sigma_text> all(1);
  for (const sigma_piece& piece : text) {
    if (piece.kind != sigma_piece_kind::any_dash) {
      for (sigma_text& one : all) {
        append(one, piece);
      }
      continue;
    }
    if (all.size() * dashes.size() > texts_max) {
      return std::nullopt;
    }
    std::vector<sigma_text> more;
    for (const sigma_text& one : all) {
      for (const std::string_view dash : dashes) {
        append_plain(more.emplace_back(one), dash);
      }
    }
    all = std::move(more);
  }
  return all;
}

sigma_text in_utf16(const sigma_text& text, utf16_order order) {
  sigma_text out;
  if (order == utf16_order::marked) {
    append_plain(out, "\xff\xfe");
  }
  for (const sigma_piece& piece : text) {
    if (piece.kind == sigma_piece_kind::plain) {
      append_plain(out, utf16_of(piece.text, order == utf16_order::big));
    } else {
      out.push_back(piece);
    }
  }
  return out;
}

std::vector<std::string> in_base64_anywhere(std::string_view bytes) {
  // Characters that hold bits of what stands before, and of what stands behind.
  constexpr std::array<std::size_t, 3> before{0, 2, 3};
  constexpr std::array<std::size_t, 3> behind{0, 3, 2};
  std::vector<std::string> all;
  for (std::size_t offset = 0; offset < 3; ++offset) {
    const std::string shifted = std::string(offset, ' ') + std::string{bytes};
    const std::string coded = in_base64(shifted);
    all.push_back(
        coded.substr(before[offset], coded.size() - before[offset] - behind[shifted.size() % 3]));
  }
  return all;
}

}  // namespace trailbell::detect

#include "detect/sigma_glob.hpp"

#include <algorithm>

#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

constexpr std::size_t npos = std::string_view::npos;

std::size_t after_character(std::string_view text, std::size_t at) noexcept {
  return at + std::max<std::size_t>(decode_utf8(text, at).size, 1);
}

}  // namespace

sigma_glob::sigma_glob(const sigma_text& text, letter_case letters) : letters_{letters} {
  for (const sigma_piece& piece : text) {
    const bool run = piece.kind == sigma_piece_kind::any_run;
    if (run && !pieces_.empty() && pieces_.back().kind == sigma_piece_kind::any_run) {
      continue;
    }
    pieces_.push_back(
        {piece.kind, letters == letter_case::kept ? piece.text : fold_ascii(piece.text)});
  }
  const auto is = [this](std::size_t at, sigma_piece_kind kind) {
    return pieces_[at].kind == kind;
  };
  constexpr auto plain = sigma_piece_kind::plain;
  constexpr auto run = sigma_piece_kind::any_run;
  const std::size_t size = pieces_.size();
  if (size == 0 || (size == 1 && is(0, plain))) {
    shape_ = shape::exact;
  } else if (size == 1 && is(0, run)) {
    shape_ = shape::anything;
  } else if (size == 2 && is(0, plain) && is(1, run)) {
    shape_ = shape::prefix;
  } else if (size == 2 && is(0, run) && is(1, plain)) {
    shape_ = shape::suffix;
  } else if (size == 3 && is(0, run) && is(1, plain) && is(2, run)) {
    shape_ = shape::part;
  }
  plain_ = shape_ == shape::general ? "" : plain_of(pieces_);
}

bool sigma_glob::matches(std::string_view text) const noexcept {
  switch (shape_) {
    case shape::exact:
      return text.size() == plain_.size() && stands_at(text, plain_, 0);
    case shape::prefix:
      return stands_at(text, plain_, 0);
    case shape::suffix:
      return text.size() >= plain_.size() && stands_at(text, plain_, text.size() - plain_.size());
    case shape::part:
      return find(text, plain_, 0) != npos;
    case shape::anything:
      return true;
    case shape::general:
      break;
  }
  return walk(text);
}

bool sigma_glob::stands_at(std::string_view text, std::string_view plain,
                           std::size_t at) const noexcept {
  if (text.size() - at < plain.size()) {
    return false;
  }
  const std::string_view here = text.substr(at, plain.size());
  return letters_ == letter_case::kept ? here == plain : equal_folded(here, plain);
}

std::size_t sigma_glob::find(std::string_view text, std::string_view plain,
                             std::size_t from) const noexcept {
  if (letters_ == letter_case::kept) {
    return text.find(plain, from);
  }
  const char first = plain.front();
  for (std::size_t at = from; at + plain.size() <= text.size(); ++at) {
    if (fold_ascii(text[at]) == first && stands_at(text, plain, at)) {
      return at;
    }
  }
  return npos;
}

std::size_t sigma_glob::step(const sigma_piece& piece, std::string_view text,
                             std::size_t at) const noexcept {
  if (piece.kind == sigma_piece_kind::plain) {
    return stands_at(text, piece.text, at) ? at + piece.text.size() : npos;
  }
  if (at >= text.size()) {
    return npos;
  }
  if (piece.kind == sigma_piece_kind::any_one) {
    return after_character(text, at);
  }
  const std::size_t dash = dash_at(text, at);
  return dash == 0 ? npos : at + dash;
}

// What stands behind a `*` is tried at the first place where it can stand, and, should the rest not
// fit there, at the next. No earlier `*` has to be tried again: it could only take less.
bool sigma_glob::walk(std::string_view text) const noexcept {
  std::size_t piece = 0;
  std::size_t at = 0;
  std::size_t behind_run = npos;  // the piece behind the last `*`
  std::size_t tried = 0;          // where it was tried
  for (;;) {
    if (piece < pieces_.size() && pieces_[piece].kind == sigma_piece_kind::any_run) {
      behind_run = ++piece;
      tried = at;
      if (piece == pieces_.size()) {
        return true;
      }
    } else {
      const std::size_t next = piece == pieces_.size() ? (at == text.size() ? at : npos)
                                                       : step(pieces_[piece], text, at);
      if (next != npos && piece == pieces_.size()) {
        return true;
      }
      if (next != npos) {
        at = next;
        ++piece;
        continue;
      }
      if (behind_run == npos || tried >= text.size()) {
        return false;
      }
      tried = after_character(text, tried);
    }
    if (pieces_[behind_run].kind == sigma_piece_kind::plain) {
      tried = find(text, pieces_[behind_run].text, tried);
      if (tried == npos) {
        return false;
      }
    }
    piece = behind_run;
    at = tried;
  }
}

}  // namespace trailbell::detect

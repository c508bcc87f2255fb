#include "trailbell/detect/whole_regex.hpp"

#include <re2/re2.h>

namespace trailbell::detect {

std::optional<bool> matches_whole(std::string_view expression, std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  const re2::RE2 compiled{re2::StringPiece{expression.data(), expression.size()}, options};
  if (!compiled.ok()) {
    return std::nullopt;
  }
  return re2::RE2::FullMatch(re2::StringPiece{text.data(), text.size()}, compiled);
}

}  // namespace trailbell::detect

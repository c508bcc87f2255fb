#include "app/text_file.hpp"

#include <algorithm>
#include <vector>

#include "trailbell/base/limits.hpp"
#include "trailbell/consume/file_bytes.hpp"

namespace trailbell::app {

result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  const result<consume::opened_file> file = consume::opened_file::open(path);
  if (!file) {
    return file.failure();
  }
  consume::read_control control;
  consume::file_source source{file.value(), control};
  std::string text;
  std::vector<char> piece(limits::window_bytes);
  while (text.size() <= bytes_max) {
    const std::size_t wanted = std::min(piece.size(), bytes_max + 1 - text.size());
    const result<std::size_t> got = source.read(piece.data(), wanted);
    if (!got) {
      return got.failure();
    }
    if (got.value() == 0) {
      break;
    }
    text.append(piece.data(), got.value());
  }
  return text;
}

}  // namespace trailbell::app

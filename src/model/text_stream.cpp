#include "trailbell/model/text_stream.hpp"

#include <algorithm>
#include <cstring>

#include "trailbell/base/limits.hpp"

namespace trailbell {

buffered_stream::buffered_stream(byte_source& source, std::vector<char>& buffer,
                                 std::size_t prefix_size)
    : source_{source}, buffer_{buffer} {
  show({buffer_.data(), prefix_size});
}

bool buffered_stream::extend() {
  if (ended()) {
    return false;
  }
  const std::size_t kept = window().size();
  if (kept != 0 && window().data() != buffer_.data()) {
    std::memmove(buffer_.data(), window().data(), kept);
  }
  // Doubling keeps the rescans of a long value linear; otherwise the buffer stays in cache.
  const std::size_t room = std::max(limits::window_bytes, kept);
  if (buffer_.size() < kept + room) {
    buffer_.resize(kept + room);
  }
  const result<std::size_t> got = source_.read(buffer_.data() + kept, room);
  if (!got) {
    fail(got.failure());
  } else if (got.value() == 0) {
    end();
  }
  const std::size_t gained = got ? got.value() : 0;
  show({buffer_.data(), kept + gained});
  return gained != 0;
}

}  // namespace trailbell

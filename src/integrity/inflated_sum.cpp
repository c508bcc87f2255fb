#include "integrity/inflated_sum.hpp"

#include <algorithm>
#include <memory>

#include "trailbell/base/limits.hpp"

namespace trailbell::integrity {

result<std::string> inflated_sum::of(std::string_view stored, std::string* text) {
  const decode::compression kind = decode::sniff_compression(stored);
  if (kind == decode::compression::gzip) {
    if (const auto size = gzip_.inflate(stored, text_, bounds_)) {
      memory_source inflated{{text_.data(), *size}};
      return read_all(inflated, text);
    }
  }
  memory_source bytes{stored};
  if (kind == decode::compression::none) {
    return read_all(bytes, text);
  }
  const auto inflated = decode::make_inflater(kind, bytes, bounds_);
  return read_all(*inflated, text);
}

result<std::string> inflated_sum::of(const consume::opened_file& file,
                                     consume::read_control& control, std::string* text) {
  if (file.size() <= limits::whole_read_bytes_max) {
    const result<std::size_t> got = consume::read_whole(file, stored_, control);
    return got ? of({stored_.data(), got.value()}, text) : result<std::string>{got.failure()};
  }
  char head[4] = {};
  const result<std::size_t> got = file.read_at(0, head, sizeof head);
  if (!got) {
    return got.failure();
  }
  const decode::compression kind = decode::sniff_compression({head, got.value()});
  consume::range_source bytes{file, 0, file.size(), control};
  if (kind == decode::compression::none) {
    return read_all(bytes, text);
  }
  const auto inflated = decode::make_inflater(kind, bytes, bounds_);
  return read_all(*inflated, text);
}

result<std::string> inflated_sum::read_all(byte_source& from, std::string* text) {
  std::vector<char> buffer(limits::window_bytes);
  for (;;) {
    const result<std::size_t> got = from.read(buffer.data(), buffer.size());
    if (!got || got.value() == 0) {
      std::string sum = aws::hex_of(sum_.finish());  // and begins anew
      return got ? result<std::string>{std::move(sum)} : result<std::string>{got.failure()};
    }
    sum_.add({buffer.data(), got.value()});
    if (text != nullptr) {
      text->append(buffer.data(), got.value());
      if (text->size() > limits::value_bytes_max) {
        (void)sum_.finish();
        return error{errc::too_large, "it has more than 64 MiB inflated"};
      }
    }
  }
}

}  // namespace trailbell::integrity

#include "trailbell/base/byte_stream.hpp"

namespace trailbell {
namespace {

constexpr std::size_t number_bytes = 8;

}  // namespace

void byte_writer::number(std::uint64_t value) {
  for (std::size_t i = 0; i < number_bytes; ++i) {
    bytes_ += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
}

void byte_writer::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

void byte_writer::optional_text(const std::optional<std::string_view>& value) {
  number(value ? 1 : 0);
  if (value) {
    text(*value);
  }
}

std::uint64_t byte_reader::damaged() {
  ok_ = false;
  rest_ = {};
  return 0;
}

std::uint64_t byte_reader::number() {
  if (rest_.size() < number_bytes) {
    return damaged();
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < number_bytes; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
  }
  rest_.remove_prefix(number_bytes);
  return value;
}

std::uint64_t byte_reader::number_below(std::uint64_t end) {
  const std::uint64_t value = number();
  return value < end ? value : damaged();
}

std::uint64_t byte_reader::count(std::uint64_t bytes_each) {
  const std::uint64_t value = number();
  return value <= rest_.size() / bytes_each ? value : damaged();
}

std::string_view byte_reader::text() {
  const std::uint64_t size = count(1);
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

std::optional<std::string_view> byte_reader::optional_text() {
  if (number_below(2) == 0) {
    return std::nullopt;
  }
  const std::string_view value = text();
  return ok_ ? std::optional{value} : std::nullopt;
}

}  // namespace trailbell

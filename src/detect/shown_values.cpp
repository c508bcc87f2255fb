#include "detect/shown_values.hpp"

namespace trailbell::detect {
namespace {

constexpr std::size_t found_bytes_max = 200;  // of a value that is shown
constexpr std::size_t found_values_max = 5;

}  // namespace

std::string shortened(std::string text) {
  if (text.size() > found_bytes_max) {
    std::size_t end = found_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
      --end;
    }
    text.resize(end);
    text += "...";
  }
  return text;
}

bool shown_values::add(const std::string& value) {
  if (++count_ > found_values_max) {
    text_ += ", ...";
    return true;
  }
  text_ += (count_ > 1 ? ", " : "") + value;
  return false;
}

}  // namespace trailbell::detect

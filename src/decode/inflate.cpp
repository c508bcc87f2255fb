// The one place that knows libdeflate: whole gzip objects. See inflate_stream.cpp for the rest.
#include "trailbell/decode/inflate.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace trailbell::decode {
namespace {

constexpr std::size_t gzip_member_bytes_min = 18;  // RFC 1952: header 10, trailer 8

// The last member's size modulo 2^32: right for the one-member objects that CloudTrail writes.
std::size_t size_hint(std::string_view gzip) noexcept {
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    size |= std::uint32_t{static_cast<unsigned char>(gzip[gzip.size() - 4 + i])} << (8 * i);
  }
  return size;
}

bool only_zeros(std::string_view text) noexcept {
  return text.find_first_not_of('\0') == std::string_view::npos;
}

}  // namespace

compression sniff_compression(std::string_view head) noexcept {
  if (head.starts_with("\x1f\x8b")) {
    return compression::gzip;
  }
  // A zstd frame, or a skippable frame (0x184D2A50 to 5F) before one.
  const bool skippable = head.size() >= 4 &&
                         (static_cast<unsigned char>(head[0]) & 0xf0U) == 0x50U &&
                         head.substr(1, 3) == "\x2a\x4d\x18";
  return head.starts_with("\x28\xb5\x2f\xfd") || skippable ? compression::zstd : compression::none;
}

struct gzip_decompressor::state {
  libdeflate_decompressor* handle = libdeflate_alloc_decompressor();
};

gzip_decompressor::gzip_decompressor() : state_{std::make_unique<state>()} {
  if (state_->handle == nullptr) {
    throw std::bad_alloc{};
  }
}

gzip_decompressor::~gzip_decompressor() {
  libdeflate_free_decompressor(state_->handle);
}

std::optional<std::size_t> gzip_decompressor::inflate(std::string_view compressed,
                                                      std::vector<char>& into,
                                                      inflate_bounds bounds) {
  if (compressed.size() < gzip_member_bytes_min) {
    return std::nullopt;
  }
  const auto bytes_max = static_cast<std::size_t>(
      std::min<std::uint64_t>(limits::whole_inflate_bytes_max, bounds.bytes_max));
  std::size_t total = 0;
  std::string_view rest = compressed;
  while (rest.size() >= gzip_member_bytes_min && !only_zeros(rest)) {
    const std::size_t need = std::min(bytes_max, total + std::max<std::size_t>(size_hint(rest), 1));
    if (into.size() < need) {
      into.resize(need);
    }
    std::size_t used = 0;
    std::size_t made = 0;
    const libdeflate_result outcome =
        libdeflate_gzip_decompress_ex(state_->handle, rest.data(), rest.size(), into.data() + total,
                                      std::min(into.size(), bytes_max) - total, &used, &made);
    if (outcome == LIBDEFLATE_INSUFFICIENT_SPACE && into.size() < bytes_max) {
      into.resize(std::min(bytes_max, into.size() * 2));  // a member's hint is not the object's
      continue;
    }
    if (outcome != LIBDEFLATE_SUCCESS) {
      return std::nullopt;
    }
    total += made;
    rest.remove_prefix(used);
  }
  return only_zeros(rest) ? std::optional{total} : std::nullopt;
}

}  // namespace trailbell::decode

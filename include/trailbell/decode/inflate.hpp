// Compressed objects, recognised by their first bytes, bounded in size and ratio.
//
// gzip (RFC 1952, any number of members, zero padding behind them) and zstd (RFC 8878, any number
// of frames). Thread-safety: each object belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "trailbell/base/limits.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/model/text_stream.hpp"

namespace trailbell::decode {

enum class compression { none, gzip, zstd };

// Needs four bytes; a shorter text is `none`.
[[nodiscard]] compression sniff_compression(std::string_view head) noexcept;

struct inflate_bounds {
  std::uint64_t bytes_max = limits::object_bytes_max;
};

// A source of inflated bytes over a source of compressed ones, which it borrows. Errors: corrupt,
// too_large, and those of the source. Whatever was inflated before an error is handed out first.
[[nodiscard]] std::unique_ptr<byte_source> make_inflater(compression kind, byte_source& compressed,
                                                         inflate_bounds bounds);

// Inflates a whole gzip object in memory: the fast way for objects of the usual size.
class gzip_decompressor {
 public:
  gzip_decompressor();
  ~gzip_decompressor();
  gzip_decompressor(const gzip_decompressor&) = delete;
  gzip_decompressor& operator=(const gzip_decompressor&) = delete;

  // The inflated size; `into` grows to hold it and keeps its capacity. Nothing where this is not
  // the way: the object is larger than limits::whole_inflate_bytes_max or `bounds`, or damaged.
  // Then make_inflater() tells which, and yields what precedes the damage.
  [[nodiscard]] std::optional<std::size_t> inflate(std::string_view compressed,
                                                   std::vector<char>& into, inflate_bounds bounds);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::decode

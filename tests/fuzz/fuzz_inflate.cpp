// Compressed bytes: the fast way gives what the careful way gives, and no way exceeds its bound.
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/require.hpp"
#include "trailbell/decode/inflate.hpp"

using namespace trailbell;
using test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stored{reinterpret_cast<const char*>(data), size};
  const decode::compression kind = decode::sniff_compression(stored);
  if (kind == decode::compression::none) {
    return 0;
  }
  constexpr decode::inflate_bounds bounds{1'000'000};
  memory_source source{stored};
  const auto inflater = decode::make_inflater(kind, source, bounds);
  std::string streamed;
  std::string piece(1 + size % 4096, '\0');
  bool sound = true;
  for (;;) {
    const result<std::size_t> got = inflater->read(piece.data(), piece.size());
    sound = got.ok();
    if (!got || got.value() == 0) {
      break;
    }
    streamed.append(piece, 0, got.value());
  }
  require(streamed.size() <= bounds.bytes_max, "more bytes than the bound");

  decode::gzip_decompressor decompressor;
  std::vector<char> into;
  if (kind == decode::compression::gzip) {
    if (const auto made = decompressor.inflate(stored, into, bounds)) {
      // zlib also checks what libdeflate passes over: the CRC of a member's header.
      const std::string whole(into.data(), *made);
      require(whole.starts_with(streamed), "whole and streamed differ");
      require(!sound || whole == streamed, "streamed ends early and calls it sound");
    }
  }
  return 0;
}

// gzip by zlib and zstd by libzstd, piece by piece: large objects, pipes, and damaged objects,
// whose intact beginning zlib hands out to the last byte.
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>
#include <string>

#include "trailbell/decode/inflate.hpp"

namespace trailbell::decode {
namespace {

constexpr std::size_t input_bytes = 128 * limits::kib;

// Compressed bytes read ahead, and how many there were in all.
class input_buffer {
 public:
  explicit input_buffer(byte_source& source) : source_{source}, bytes_(input_bytes) {}

  // True when there is a byte. False at the end, or with `failure` set.
  bool fill(std::optional<error>& failure) {
    if (at_ != size_ || ended_) {
      return at_ != size_;
    }
    const result<std::size_t> got = source_.read(bytes_.data(), bytes_.size());
    at_ = 0;
    size_ = got ? got.value() : 0;
    ended_ = size_ == 0;
    total_ += size_;
    if (!got) {
      failure = got.failure();
    }
    return size_ != 0;
  }
  [[nodiscard]] char* data() noexcept { return bytes_.data() + at_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_ - at_; }
  void take(std::size_t size) noexcept { at_ += size; }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

 private:
  byte_source& source_;
  std::vector<char> bytes_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  std::uint64_t total_ = 0;
  bool ended_ = false;
};

// What both formats share: the loop, the bounds, and giving out bytes before the error behind them.
class inflater : public byte_source {
 public:
  inflater(byte_source& compressed, inflate_bounds bounds) : input_{compressed}, bounds_{bounds} {}

  result<std::size_t> read(char* into, std::size_t size) final {
    std::size_t made = 0;
    while (made == 0 && !failure_ && !finished_) {
      if (!output_pending_ && !input_.fill(failure_)) {
        finish();
        break;
      }
      made = step(into, size);
      output_pending_ = made == size;  // the decoder may hold more than fitted
      total_ += made;
      made = apply_bounds(made);
    }
    if (made == 0 && failure_) {
      return *failure_;
    }
    return made;
  }

 protected:
  // Inflates some of input() into `into`; returns the bytes made, calls corrupt() on damage.
  virtual std::size_t step(char* into, std::size_t size) = 0;
  // True between members or frames, where the input may end.
  [[nodiscard]] virtual bool at_boundary() const noexcept = 0;

  void corrupt(const std::string& what) {
    failure_ = error{errc::corrupt, what + " at compressed byte " +
                                        std::to_string(input_.total() - input_.size())};
  }
  input_buffer& input() noexcept { return input_; }

 private:
  void finish() {
    finished_ = true;
    if (!failure_ && !at_boundary()) {
      corrupt("the compressed data is cut off");
    }
  }

  // Cuts what goes beyond the bound, so that no byte behind it is ever looked at.
  std::size_t apply_bounds(std::size_t made) {
    if (total_ > bounds_.bytes_max) {
      failure_ =
          error{errc::too_large, "inflates to more than " + std::to_string(bounds_.bytes_max) +
                                     " bytes (raise --max-object-bytes if it is genuine)"};
      const std::uint64_t beyond = total_ - bounds_.bytes_max;
      return beyond >= made ? 0 : made - static_cast<std::size_t>(beyond);
    }
    if (total_ > limits::inflate_ratio_floor_bytes &&
        total_ / limits::inflate_ratio_max > input_.total()) {
      failure_ =
          error{errc::too_large, "inflates more than " + std::to_string(limits::inflate_ratio_max) +
                                     " to 1, which no log does: a decompression bomb"};
      return 0;
    }
    return made;
  }

  input_buffer input_;
  inflate_bounds bounds_;
  std::uint64_t total_ = 0;
  std::optional<error> failure_;
  bool finished_ = false;
  bool output_pending_ = false;
};

class gzip_inflater final : public inflater {
 public:
  gzip_inflater(byte_source& compressed, inflate_bounds bounds) : inflater{compressed, bounds} {
    constexpr int gzip_window_bits = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, gzip_window_bits) != Z_OK) {
      throw std::bad_alloc{};
    }
  }
  ~gzip_inflater() override { inflateEnd(&stream_); }

 private:
  std::size_t step(char* into, std::size_t size) override {
    if (between_members_ && !begin_member()) {
      return 0;
    }
    const auto room = static_cast<uInt>(std::min<std::size_t>(size, 1U << 30U));
    stream_.next_in = reinterpret_cast<Bytef*>(input().data());
    stream_.avail_in = static_cast<uInt>(input().size());
    stream_.next_out = reinterpret_cast<Bytef*>(into);
    stream_.avail_out = room;
    const int outcome = ::inflate(&stream_, Z_NO_FLUSH);
    input().take(input().size() - stream_.avail_in);
    between_members_ = outcome == Z_STREAM_END;
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR) {
      corrupt(std::string{"damaged gzip data ("} +
              (stream_.msg != nullptr ? stream_.msg : "unexpected end") + ")");
    }
    return room - stream_.avail_out;
  }

  // Skips zero padding; false when that used up the input or something else stands there.
  bool begin_member() {
    while (members_ > 0 && input().size() > 0 && *input().data() == '\0') {
      input().take(1);
    }
    if (input().size() == 0) {
      return false;
    }
    if (members_ > 0 && *input().data() != '\x1f') {
      corrupt("bytes that are no gzip member follow the compressed data");
      return false;
    }
    ++members_;
    between_members_ = false;
    inflateReset(&stream_);
    return true;
  }

  [[nodiscard]] bool at_boundary() const noexcept override { return between_members_; }

  z_stream stream_{};
  bool between_members_ = true;
  std::uint64_t members_ = 0;
};

class zstd_inflater final : public inflater {
 public:
  zstd_inflater(byte_source& compressed, inflate_bounds bounds)
      : inflater{compressed, bounds}, stream_{ZSTD_createDStream(), ZSTD_freeDStream} {
    if (!stream_) {
      throw std::bad_alloc{};
    }
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, limits::zstd_window_log_max);
  }

 private:
  std::size_t step(char* into, std::size_t size) override {
    ZSTD_inBuffer in{input().data(), input().size(), 0};
    ZSTD_outBuffer out{into, size, 0};
    const std::size_t outcome = ZSTD_decompressStream(stream_.get(), &out, &in);
    input().take(in.pos);
    if (ZSTD_isError(outcome) != 0) {
      corrupt(std::string{"damaged zstd data ("} + ZSTD_getErrorName(outcome) + ")");
    } else {
      boundary_ = outcome == 0;
    }
    return out.pos;
  }

  [[nodiscard]] bool at_boundary() const noexcept override { return boundary_; }

  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  bool boundary_ = true;
};

}  // namespace

std::unique_ptr<byte_source> make_inflater(compression kind, byte_source& compressed,
                                           inflate_bounds bounds) {
  if (kind == compression::zstd) {
    return std::make_unique<zstd_inflater>(compressed, bounds);
  }
  ensure(kind == compression::gzip, "plain text needs no inflater");
  return std::make_unique<gzip_inflater>(compressed, bounds);
}

}  // namespace trailbell::decode

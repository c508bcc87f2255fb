// text_stream: the text of one object, seen through a window that moves forward.
//
// The walker asks for more with extend() and gives back what it is done with by consume(). Streams
// differ in where more comes from: memory, a mapped file, an inflater.
// Thread-safety: none; one stream belongs to one walker. Views into the window are valid until the
// next extend() or consume().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"

namespace trailbell {

class text_stream {
 public:
  text_stream() = default;
  text_stream(const text_stream&) = delete;
  text_stream& operator=(const text_stream&) = delete;
  virtual ~text_stream() = default;

  [[nodiscard]] std::string_view window() const noexcept { return window_; }
  // Offset of the window's first byte in the object's text.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  // True when nothing lies behind the window. Says nothing about why: see failure().
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  // Why the text ended early, where it did.
  [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

  // size <= window().size()
  void consume(std::size_t size) noexcept {
    window_.remove_prefix(size);
    position_ += size;
  }

  // Lengthens the window. False when ended() (then the window is what remains).
  virtual bool extend() = 0;

 protected:
  void show(std::string_view window) noexcept { window_ = window; }
  void end() noexcept { ended_ = true; }
  void fail(error why) {
    failure_ = std::move(why);
    ended_ = true;
  }

 private:
  std::string_view window_;
  std::uint64_t position_ = 0;
  bool ended_ = false;
  std::optional<error> failure_;
};

// Text that is in memory as a whole. Borrows it.
class memory_stream final : public text_stream {
 public:
  explicit memory_stream(std::string_view text) {
    show(text);
    end();
  }
  bool extend() override { return false; }
};

// Where bytes come from, in order.
class byte_source {
 public:
  byte_source() = default;
  byte_source(const byte_source&) = delete;
  byte_source& operator=(const byte_source&) = delete;
  virtual ~byte_source() = default;

  // Up to `size` bytes into `into`; 0 at the end. After an error it is not called again.
  virtual result<std::size_t> read(char* into, std::size_t size) = 0;
};

// Bytes that are in memory. Borrows them.
class memory_source final : public byte_source {
 public:
  explicit memory_source(std::string_view bytes) : rest_{bytes} {}
  result<std::size_t> read(char* into, std::size_t size) override {
    const std::size_t taken = rest_.copy(into, size);
    rest_.remove_prefix(taken);
    return taken;
  }

 private:
  std::string_view rest_;
};

// Text read piecewise from a source into a buffer that grows only as far as one value demands.
class buffered_stream final : public text_stream {
 public:
  // Borrows both; `buffer` keeps its capacity for the next object. `prefix_size` bytes of it are
  // text that was read already.
  buffered_stream(byte_source& source, std::vector<char>& buffer, std::size_t prefix_size = 0);
  bool extend() override;

 private:
  byte_source& source_;
  std::vector<char>& buffer_;
};

// What a stream has, as bytes in order: to look at the first of them, then inflate all.
class stream_source final : public byte_source {
 public:
  explicit stream_source(text_stream& stream) : stream_{stream} {}
  result<std::size_t> read(char* into, std::size_t size) override {
    if (stream_.window().empty() && !stream_.extend() && stream_.failure()) {
      return *stream_.failure();
    }
    const std::size_t taken = stream_.window().copy(into, size);
    stream_.consume(taken);
    return taken;
  }

 private:
  text_stream& stream_;
};

}  // namespace trailbell

// head_scanner: every place in a text where one of a set of heads stands.
//
// By Hyperscan where the platform has it, one database for all lanes; else by a table of byte
// pairs. A database is immutable and may be opened from any thread; a scanner belongs to one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "trailbell/detect/prefilter.hpp"

namespace trailbell::detect {

// `head` by its number, `end` behind its last byte. Places come in no particular order, and some
// may come twice.
using take_head = void (*)(void* context, std::size_t head, std::size_t end);

class head_scanner {
 public:
  head_scanner() = default;
  head_scanner(const head_scanner&) = delete;
  head_scanner& operator=(const head_scanner&) = delete;
  virtual ~head_scanner() = default;
  virtual void scan(std::string_view text, take_head take, void* context) = 0;
};

class head_database {
 public:
  head_database() = default;
  head_database(const head_database&) = delete;
  head_database& operator=(const head_database&) = delete;
  virtual ~head_database() = default;
  // Borrows the database.
  [[nodiscard]] virtual std::unique_ptr<head_scanner> open() const = 0;
};

// Both copy what they need. Heads are of two bytes or more, and there is at least one.
[[nodiscard]] std::unique_ptr<const head_database> compile_heads(
    const std::vector<literal_head>& heads);
[[nodiscard]] std::unique_ptr<const head_database> tabulate_heads(
    const std::vector<literal_head>& heads);

// As far as both reach; without regard to the case of ASCII letters if so.
[[nodiscard]] bool same_as_far(std::string_view a, std::string_view b, bool ignore_case) noexcept;

}  // namespace trailbell::detect

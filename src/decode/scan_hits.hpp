// Places that were found beforehand, for the scan to take record by record.
//
// Included by translation units of different instruction sets, like scan_kernel_body.hpp.
#pragma once

#include "decode/scan_kernel.hpp"

namespace trailbell::decode {
namespace {

// Walks over the places that were found beforehand, record by record.
class hit_cursor {
 public:
  explicit hit_cursor(const scan_request& request) noexcept
      : next_{request.hits}, end_{request.hits + request.hits_size}, base_{request.hits_base} {}

  // Whether one lies before `end`, behind those that were taken already.
  bool take_before(std::size_t end) noexcept {
    bool any = false;
    for (; next_ != end_ && *next_ - base_ < end; ++next_) {
      any = true;
    }
    return any;
  }

 private:
  const std::size_t* next_;
  const std::size_t* end_;
  std::size_t base_;
};

// Without a probe and without hits every record is one to parse.
inline bool takes_all(const scan_request& request) noexcept {
  return request.probe.confirm == nullptr && request.hits == nullptr;
}

}  // namespace
}  // namespace trailbell::decode

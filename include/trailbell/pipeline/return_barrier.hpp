// return_barrier: which batches of a source are good after others were given back to it.
//
// The settler gives receipts back, and hears later that they have reached the source. The first of
// a partition makes the source forget what it has taken behind it, and read that again. What it
// took of the partition before lies behind what is read again: stored, it would step over that.
// What it takes afterwards is good, though others of the partition may still be on their way back:
// the source has forgotten those.
//
// Pure; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace trailbell::pipeline {

class return_barrier {
 public:
  using partition = std::pair<std::string, std::int32_t>;

  // A receipt was given back that the source does not hold any more, or whose partition goes away.
  void give_back() noexcept { ++given_back_; }
  // One that it holds: the partition is read again.
  void give_back(const partition& of) { closed_.try_emplace(of, ++given_back_); }
  // So many more have reached the source, in the order in which they were given back.
  void reached(std::uint64_t count) {
    reached_ += count;
    std::erase_if(closed_, [this](const auto& one) { return one.second <= reached_; });
  }
  // A batch of this partition that comes now is good.
  [[nodiscard]] bool open(const partition& of) const { return !closed_.contains(of); }

 private:
  std::uint64_t given_back_ = 0, reached_ = 0;
  std::map<partition, std::uint64_t> closed_;  // until so many have reached the source
};

}  // namespace trailbell::pipeline

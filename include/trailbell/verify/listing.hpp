// How an answer ended, and what it holds where it is whole. Values; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace trailbell::verify {

enum class listing_state : std::uint8_t {
  complete,
  absent,     // it was said that there is no such thing
  denied,     // by IAM or an organization's policy; by a server that wants to know who asks
  failed,     // a time-out, throttling, half an answer
  not_asked,  // the inventory does not have it
};

struct listing {
  listing_state state = listing_state::not_asked;
  std::string error;  // what was said; of `not_asked`: empty

  [[nodiscard]] bool complete() const noexcept { return state == listing_state::complete; }
};

// A list, whole.
template <class Item>
struct listed : listing {
  std::vector<Item> items;
};

// What is said of one thing, each by its ARN or name.
template <class Answer>
struct described : listing {
  Answer value{};
};
template <class Answer>
using by_name = std::map<std::string, described<Answer>, std::less<>>;

using texts = std::vector<std::string>;

}  // namespace trailbell::verify

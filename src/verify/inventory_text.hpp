// Answers as they come, written as an inventory file has them. deploy/inventory.md has the format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/verify/inventory.hpp"

namespace trailbell::verify {

// How a call ended: its pages where it is complete, else the error.
struct call_answer {
  listing_state state = listing_state::failed;
  std::string error;
  std::vector<std::string> pages;  // JSON objects
  std::string elsewhere;           // the region where the thing is, where it is not the one asked
};

class region_text {
 public:
  // `thing`: what was asked about; empty where the call lists.
  void put(std::string_view section, std::string_view call, const std::string& thing,
           const call_answer& answer);
  // Takes back what was put of a thing.
  void drop(std::string_view section, std::string_view call, const std::string& thing);
  [[nodiscard]] std::string json() const;

 private:
  using by_thing = std::map<std::string, std::string>;
  std::map<std::string, std::map<std::string, by_thing>> sections_;
};

// How it ended, as JSON.
[[nodiscard]] std::string json_of(const call_answer& answer);

// `siem`: the section of that name; empty: there is none.
[[nodiscard]] std::string inventory_text(const std::string& account, std::int64_t taken_at,
                                         const std::map<std::string, std::string>& regions,
                                         const std::string& siem = {});

}  // namespace trailbell::verify

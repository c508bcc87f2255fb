// A name: the perfect hash agrees with a search of the list, and the probe never passes over it.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/require.hpp"
#include "trailbell/detect/event_matcher.hpp"
#include "trailbell/detect/iam_policy_events.hpp"
#include "trailbell/detect/rule.hpp"

using namespace trailbell;
using test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string name{reinterpret_cast<const char*>(data), size};
  const auto& all = detect::iam_policy_events;
  const auto* const found = std::find(all.begin(), all.end(), name);
  const auto matched = detect::match_iam_policy_event(name);
  require(matched.has_value() == (found != all.end()), "matcher and list differ: " + name);
  if (!matched) {
    return 0;
  }
  require(all[*matched] == name, "another name's place");
  const std::string text = "{\"eventName\":\"" + name + "\",\"eventVersion\":\"1.08\"}";
  const std::size_t at = text.find("Policy");
  require(detect::cis_4_4().probe.confirm(nullptr, text.data() + at, at, text.size() - at),
          "the probe passes over " + name);
  return 0;
}

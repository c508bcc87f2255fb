#include "trailbell/model/integrity.hpp"

#include <initializer_list>
#include <utility>

namespace trailbell {
namespace {

std::string counts_json(std::initializer_list<std::pair<const char*, std::uint64_t>> counts) {
  std::string out = "{";
  for (const auto& [name, count] : counts) {
    out += std::string{out.size() > 1 ? "," : ""} + "\"" + name + "\":" + std::to_string(count);
  }
  return out + "}";
}

}  // namespace

std::string to_json_members(const integrity_totals& totals) {
  const auto& digests = totals.digests;
  const auto& logs = totals.logs;
  return "\"digests\":" +
         counts_json({{"found", digests.found},
                      {"valid", digests.valid},
                      {"invalid", digests.invalid},
                      {"unchecked", digests.unchecked},
                      {"missing", digests.missing}}) +
         ",\"logs\":" +
         counts_json({{"found", logs.found},
                      {"valid", logs.valid},
                      {"invalid", logs.invalid},
                      {"unnamed", logs.unnamed},
                      {"unchecked", logs.unchecked},
                      {"newer", logs.newer},
                      {"missing", logs.missing}});
}

}  // namespace trailbell

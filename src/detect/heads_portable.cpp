// Heads where there is no Hyperscan.
#include "detect/head_scanner.hpp"

namespace trailbell::detect {

std::unique_ptr<const head_database> compile_heads(const std::vector<literal_head>& heads) {
  return tabulate_heads(heads);
}

const char* prefilter::engine() noexcept {
  return "table";
}

}  // namespace trailbell::detect

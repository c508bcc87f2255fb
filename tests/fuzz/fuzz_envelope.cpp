// Any text as an object: the numbers add up, nothing is lost silently, and the size of the pieces
// in which it comes does not matter.
#include <algorithm>
#include <cstdint>
#include <random>

#include "fuzz/require.hpp"
#include "support/collected.hpp"

using namespace trailbell;
using test::require;

namespace {

void check(const test::collected& got) {
  const decode_tally& t = got.outcome.tally;
  const auto lost = [&](loss_kind kind) {
    return static_cast<std::uint64_t>(std::count(got.losses.begin(), got.losses.end(), kind));
  };
  require(t.rejected + got.matches.size() <= t.records, "records do not add up");
  require(lost(loss_kind::rejected) == t.rejected, "a rejected record was not reported");
  require(lost(loss_kind::unrecognised) == t.unrecognised, "an unknown value was not reported");
  require((lost(loss_kind::failed) > 0) == got.outcome.failed, "a failure was not reported");
  require(t.yielded() || t.rejected > 0 || got.outcome.failed, "an object vanished");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  std::mt19937_64 random{size};
  check(test::decode_text(text, {}));
  check(test::decode_text(text, {.pieces = &random}));
  const test::collected whole = test::decode_text(text, {.strict = true});
  const test::collected pieces = test::decode_text(text, {.strict = true, .pieces = &random});
  check(whole);
  require(whole.outcome.tally == pieces.outcome.tally, "pieces give other counts");
  require(whole.matches == pieces.matches, "pieces give other matches");
  return 0;
}

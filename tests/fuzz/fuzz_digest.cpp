// Any text as a digest of a bucket, twice: it is refused with a reason, or is no valid one without
// a signature; every count adds up, and the report is JSON.
#include <cstdint>
#include <string>

#include "fuzz/require.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/integrity/digest_check.hpp"

using namespace trailbell;
using test::require;

namespace {

integrity::evidence evidence_of(const integrity::digest_document& document) {
  integrity::evidence found;
  found.listed = {{document.bucket, ""}};
  for (const source_kind source : {source_kind::s3, source_kind::file}) {
    integrity::found_digest one;
    one.where = {source, document.key, source == source_kind::s3 ? document.bucket : ""};
    one.hash = "00";
    one.document = document;
    found.digests.push_back(one);
    for (const integrity::named_object& log : document.logs) {
      found.logs.push_back({{source, log.key, one.where.bucket}, log.hash});
    }
    found.logs.push_back({{source, "1_CloudTrail_r_20260304T0510Z_x.json.gz", ""}, "00"});
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  const auto read = integrity::read_digest(text);
  if (!read) {
    require(!read.failure().message.empty(), "refused without a reason");
    return 0;
  }
  const integrity::evidence found = evidence_of(read.value());
  const integrity::digest_report report = check_digests(found, integrity::key_ring{}, {});
  const auto& digests = report.totals.digests;
  const auto& logs = report.totals.logs;
  require(digests.found == 2 && digests.valid == 0, "valid without a signature");
  require(digests.found == digests.invalid + digests.unchecked, "digests do not add up");
  require(logs.found == logs.valid + logs.invalid + logs.unnamed + logs.unchecked + logs.newer,
          "log files do not add up");
  require(logs.valid == 0, "a log file is valid by a digest that is not");
  require(report.totals.verdict() != "valid", "nothing was proven");
  json_tree tree;
  require(decode::json_reader{}.read(to_json(report), tree), "the report is no JSON");
  (void)to_text(report);
  (void)integrity::regions_of(found);
  return 0;
}

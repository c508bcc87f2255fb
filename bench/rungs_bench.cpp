// The rungs, from the slow oracle to the fused scan, over one text of a record a line on one core.
// The answer (how many records have one of the sixteen names) is compared before any time is taken.
//
// TRAILBELL_BENCH_CORPUS names a file of one record a line (bench/corpus.py makes one); without it
// a small generated text is used. At most 64 MiB of it are taken.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "support/record_oracle.hpp"
#include "trailbell/decode/decoder.hpp"
#include "trailbell/detect/event_matcher.hpp"
#include "trailbell/detect/rule.hpp"

namespace {

using namespace trailbell;

constexpr std::size_t text_bytes_max = std::size_t{64} << 20U;
constexpr std::size_t oracle_bytes_max = std::size_t{4} << 20U;

std::string generated_text() {
  std::string text;
  for (int i = 0; text.size() < text_bytes_max / 4; ++i) {
    text += R"({"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"alice"},)"
            R"("eventTime":"2026-03-04T05:06:07Z","eventSource":"iam.amazonaws.com","eventName":")";
    text += i % 100 == 0 ? "CreatePolicy" : "ListPolicies";
    text += R"(","awsRegion":"us-east-1","userAgent":"aws-cli/2.15","requestParameters":{"pad":")";
    text += std::string(static_cast<std::size_t>(400 + i % 300), 'x') + "\"}}\n";
  }
  return text;
}

const std::string& corpus() {
  static const std::string text = [] {
    const char* const path = std::getenv("TRAILBELL_BENCH_CORPUS");
    if (path == nullptr) {
      return generated_text();
    }
    std::string read(text_bytes_max, '\0');
    std::ifstream in{path, std::ios::binary};
    in.read(read.data(), static_cast<std::streamsize>(read.size()));
    read.resize(static_cast<std::size_t>(in.gcount()));
    read.resize(read.rfind('\n') + 1);
    return read;
  }();
  return text;
}

std::string_view oracle_part() {
  const std::string_view text = corpus();
  const std::string_view part = text.substr(0, oracle_bytes_max);
  return part.substr(0, part.rfind('\n') + 1);
}

class counter final : public decode::record_visitor {
 public:
  std::uint64_t matches = 0;
  bool on_record(const record_fields& fields, std::uint64_t) override {
    const bool matched = detect::cis_4_4().evaluate(fields).has_value();
    matches += matched ? 1 : 0;
    return matched;
  }
  void on_loss(const loss&) override {}
};

std::uint64_t by_oracle(std::string_view text) {
  return test::ask_oracle(text).matches.size();
}

bool name_matches(simdjson::ondemand::parser& parser, std::string& padded, std::string_view line) {
  padded.assign(line);
  padded.resize(line.size() + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::document document;
  std::string_view name;
  return !parser.iterate(padded.data(), line.size(), padded.size()).get(document) &&
         !document["eventName"].get_string().get(name) &&
         detect::match_iam_policy_event(name).has_value();
}

template <class Wanted>
std::uint64_t by_lines(std::string_view text, Wanted wanted) {
  simdjson::ondemand::parser parser;
  std::string padded;
  std::uint64_t matches = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    matches += wanted(line) && name_matches(parser, padded, line) ? 1 : 0;
    text.remove_prefix(line.size() + 1);
  }
  return matches;
}

std::uint64_t by_on_demand(std::string_view text) {
  return by_lines(text, [](std::string_view) { return true; });
}

std::uint64_t by_prefilter(std::string_view text) {
  return by_lines(text, [](std::string_view line) {
    return memmem(line.data(), line.size(), "Policy", 6) != nullptr ||
           memmem(line.data(), line.size(), "\\u00", 4) != nullptr;
  });
}

std::uint64_t by_decoder(std::string_view text, const decode::decode_options& options) {
  decode::decoder decoder{options};
  memory_stream stream{text};
  counter visitor;
  (void)decoder.decode(stream, visitor);
  return visitor.matches;
}

std::uint64_t by_validation(std::string_view text) {
  return by_decoder(text, {detect::cis_4_4().probe, true});
}

std::uint64_t by_projection(std::string_view text) {
  return by_decoder(text, {{}, false});
}

std::uint64_t by_fused_scan(std::string_view text) {
  return by_decoder(text, {detect::cis_4_4().probe, false});
}

using rung = std::uint64_t (*)(std::string_view);

struct named_rung {
  const char* name;
  rung run;
  bool slow;
};
constexpr named_rung rungs[] = {
    {"oracle", by_oracle, true},          {"validated", by_validation, false},
    {"projected", by_projection, false},  {"on_demand", by_on_demand, false},
    {"prefiltered", by_prefilter, false}, {"fused", by_fused_scan, false},
};

void measure(benchmark::State& state, const named_rung& each) {
  const std::string_view text = each.slow ? oracle_part() : std::string_view{corpus()};
  for (auto _ : state) {
    benchmark::DoNotOptimize(each.run(text));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(text.size()));
}

bool answers_agree() {
  const std::uint64_t truth = by_oracle(oracle_part());
  const std::uint64_t all = by_validation(corpus());
  for (const named_rung& each : rungs) {
    if (each.run(oracle_part()) != truth || (!each.slow && each.run(corpus()) != all)) {
      std::fprintf(stderr, "rung %s gives another answer than the oracle\n", each.name);
      return false;
    }
  }
  std::printf("all rungs agree: %llu matches in %zu bytes; scan: %s\n",
              static_cast<unsigned long long>(all), corpus().size(), decode::simd_name());
  return all > 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (!answers_agree()) {
    return 1;
  }
  for (const named_rung& each : rungs) {
    benchmark::RegisterBenchmark(each.name, [&each](benchmark::State& s) { measure(s, each); });
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

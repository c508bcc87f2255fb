#include "support/collected.hpp"

#include <algorithm>
#include <utility>

#include "trailbell/detect/rule.hpp"

namespace trailbell::test {
namespace {

class collector final : public decode::record_visitor {
 public:
  collected into;
  std::uint64_t records_before = 0;

  bool on_record(const record_fields& fields, std::uint64_t record) override {
    const bool matched = detect::cis_4_4().evaluate(fields).has_value();
    if (matched) {
      into.matches.push_back(
          {records_before + record, std::string{*fields.event_name},
           fields.event_id ? std::optional{std::string{*fields.event_id}} : std::nullopt});
    }
    return matched;
  }
  void on_loss(const loss& lost) override {
    into.lost_bytes += lost.bytes.size();
    if (lost.kind == loss_kind::rest) {
      return;
    }
    into.losses.push_back(lost.kind);
    into.reasons.push_back(lost.reason);
  }
};

// Gives 1 to 4096 bytes at a time.
class piecewise_source final : public byte_source {
 public:
  piecewise_source(std::string_view text, std::mt19937_64& random) : rest_{text}, random_{random} {}

  result<std::size_t> read(char* into, std::size_t size) override {
    const std::size_t most = random_() % 4 == 0 ? 16 : 4096;
    const std::size_t taken = rest_.copy(into, std::min(size, 1 + random_() % most));
    rest_.remove_prefix(taken);
    return taken;
  }

 private:
  std::string_view rest_;
  std::mt19937_64& random_;
};

decode::decode_options options_for(const decode_style& style) {
  return {style.probe ? detect::cis_4_4().probe : literal_probe{}, style.strict};
}

}  // namespace

collected decode_text(std::string_view text, const decode_style& style) {
  decode::decoder decoder{options_for(style)};
  collector visitor;
  if (style.pieces == nullptr) {
    // A copy of exactly that size lets AddressSanitizer see a read beyond the end.
    const std::vector<char> exact{text.begin(), text.end()};
    memory_stream stream{{exact.data(), exact.size()}};
    visitor.into.outcome = decoder.decode(stream, visitor);
  } else {
    piecewise_source source{text, *style.pieces};
    std::vector<char> buffer;
    buffered_stream stream{source, buffer};
    visitor.into.outcome = decoder.decode(stream, visitor);
  }
  return std::move(visitor.into);
}

std::optional<collected> decode_split(std::string_view text, std::size_t block_bytes) {
  const std::optional<std::string> prefix = decode::sniff_record_lines(text);
  if (!prefix) {
    return std::nullopt;
  }
  decode::decoder decoder{options_for({})};
  collector visitor;
  decode::decode_outcome total;
  while (!text.empty()) {
    const std::size_t end = text.find('\n', std::min(block_bytes, text.size() - 1));
    const std::string_view block = text.substr(0, end == std::string_view::npos ? end : end + 1);
    text.remove_prefix(block.size());
    memory_stream stream{block};
    const decode::decode_outcome part = decoder.decode_lines(stream, *prefix, visitor);
    if (part.stopped_at) {
      return std::nullopt;
    }
    visitor.records_before += part.tally.records;
    total.tally += part.tally;
    total.failed = total.failed || part.failed;
  }
  visitor.into.outcome = total;
  return std::move(visitor.into);
}

}  // namespace trailbell::test

#include "app/record_reader.hpp"

#include <fmt/format.h>

#include <vector>

#include "app/app.hpp"
#include "app/journal.hpp"
#include "trailbell/consume/file_bytes.hpp"
#include "trailbell/decode/decoder.hpp"
#include "trailbell/decode/inflate.hpp"

namespace trailbell::app {
namespace {

class visitor final : public decode::record_visitor {
 public:
  visitor(std::string path, const take_record& take) : path_{std::move(path)}, take_{take} {}

  bool on_record(const record_fields& fields, std::uint64_t record) override {
    take_(fields, record);
    return true;
  }
  void on_loss(const loss& lost) override {
    journal_.lose(
        path_, fmt::format("byte {}, after {} records: {}", lost.offset, lost.record, lost.reason));
    lost_ = true;
  }
  bool finish() {
    journal_.end_object();
    return !lost_;
  }

 private:
  std::string path_;
  const take_record& take_;
  journal journal_;
  bool lost_ = false;
};

void decode_stored(text_stream& stored, visitor& into) {
  while (stored.window().size() < 4 && stored.extend()) {
  }
  decode::decoder decoder{{}};
  const decode::compression kind = decode::sniff_compression(stored.window());
  if (kind == decode::compression::none) {
    decoder.decode(stored, into);
    return;
  }
  stream_source compressed{stored};
  const auto inflater = decode::make_inflater(kind, compressed, {});
  std::vector<char> buffer;
  buffered_stream text{*inflater, buffer};
  decoder.decode(text, into);
}

}  // namespace

int each_record(const std::string& path, const take_record& take) {
  const result<consume::opened_file> file = consume::opened_file::open(path);
  if (!file) {
    journal{}.say(path + ": " + file.failure().message);
    return file.failure().code == errc::not_found ? exit_usage : exit_failure;
  }
  consume::read_control control;
  consume::file_source source{file.value(), control};
  std::vector<char> buffer;
  buffered_stream stored{source, buffer};
  visitor into{path, take};
  decode_stored(stored, into);
  return into.finish() ? exit_done : exit_failure;
}

void with_record(std::string_view raw, const std::function<void(const record_fields&)>& take) {
  const std::string text = "{\"Records\":[" + std::string{raw} + "]}";
  const take_record take_one = [&take](const record_fields& fields, std::uint64_t) {
    take(fields);
  };
  memory_stream stream{text};
  visitor into{"a test's record", take_one};
  decode::decoder{{}}.decode(stream, into);
  into.finish();
}

}  // namespace trailbell::app

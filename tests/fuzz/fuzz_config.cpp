// Any text as a configuration: the first line is a flag, the rest the file. Every problem has a
// place; what loads, is shown as a text that loads to the same but for what is masked, and is
// shown the same again.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "app/config_loader.hpp"
#include "app/config_show.hpp"
#include "fuzz/require.hpp"

using namespace trailbell;
using test::require;

namespace {

app::config_surroundings surroundings() {
  return {{{"A", "a"}, {"EMPTY", ""}, {"TRAILBELL_THREADS", "2"}},
          [](const std::string& path) -> result<std::string> { return "secret of " + path; }};
}

// Without the comments, which say where a value came from.
std::string without_origins(const std::string& text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    out += line.substr(0, line.rfind("  # ")) + "\n";
    begin = end + 1;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::vector<std::string> settings;
  if (end > 0) {
    settings.push_back(text.substr(0, end));
  }
  auto loaded = app::load_config({"f.yaml", text.substr(end), settings, surroundings()});
  if (!loaded) {
    require(!loaded.failure().all.empty(), "refused without a reason");
    for (const file_problem& problem : loaded.failure().all) {
      require(problem.at.line >= 1 && problem.at.column >= 1, "a problem without a place");
      require(!problem.path.empty() && !problem.what.empty(), "a problem that says nothing");
    }
    return 0;
  }
  if (!loaded.value().masked.empty()) {
    return 0;  // asterisks are no topic's name
  }
  const std::string shown = app::shown(std::move(loaded.value()));
  auto again = app::load_config({"f.yaml", shown, {}, {{}, surroundings().read_file}});
  require(again.ok(), "what is shown does not load");
  require(without_origins(app::shown(std::move(again.value()))) == without_origins(shown),
          "what is shown is not the same again");
  return 0;
}

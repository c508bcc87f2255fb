// trailbell_reference: writes the manual and the shells' completions, at build time, from the very
// tables that the program reads its command line and its configuration by.
//
// Usage: trailbell_reference FOLDER VERSION DATE
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "app/reference_commands.hpp"
#include "app/reference_completions.hpp"
#include "app/reference_manual.hpp"

namespace {

namespace fs = std::filesystem;
using namespace trailbell::app;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << text;
  out.close();
  if (!out) {
    throw std::runtime_error{path.string() + " cannot be written"};
  }
}

void write_all(const fs::path& folder, const reference_edition& edition) {
  const reference_command top = all_commands();
  for (const reference_command* const command : flattened(top)) {
    write(folder / "man1" / (command->joined("-") + ".1"), command_page(*command, edition));
  }
  write(folder / "man5" / "trailbell.yaml.5", configuration_page(edition));
  write(folder / "bash" / "trailbell", bash_completion(top));
  write(folder / "zsh" / "_trailbell", zsh_completion(top));
  write(folder / "fish" / "trailbell.fish", fish_completion(top));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: trailbell_reference FOLDER VERSION DATE\n", stderr);
    return 2;
  }
  try {
    write_all(argv[1], {.date = argv[3], .version = argv[2]});
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "trailbell_reference: %s\n", problem.what());
    return 3;
  }
  return 0;
}

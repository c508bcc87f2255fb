// The floor under a replay: read every file, inflate it where it is gzip, look at nothing.
//
// Usage: bench_floor THREADS PATH...   (files, or folders of files)
#include <fcntl.h>
#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t block_bytes = std::size_t{8} << 20U;

struct part {
  std::string path;
  std::uint64_t begin = 0;
};

std::vector<part> parts_of(int count, char** paths) {
  namespace fs = std::filesystem;
  std::vector<part> parts;
  const auto add = [&parts](const fs::path& path) {
    for (std::uint64_t begin = 0; begin == 0 || begin < fs::file_size(path); begin += block_bytes) {
      parts.push_back({path.string(), begin});
    }
  };
  for (int i = 0; i < count; ++i) {
    if (!fs::is_directory(paths[i])) {
      add(paths[i]);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator{paths[i]}) {
      if (entry.is_regular_file()) {
        add(entry.path());
      }
    }
  }
  std::sort(parts.begin(), parts.end(), [](const part& a, const part& b) {
    return a.path != b.path ? a.path < b.path : a.begin < b.begin;
  });
  return parts;
}

std::uint64_t inflated_size(libdeflate_decompressor* inflater, const std::vector<char>& stored,
                            std::size_t size, std::vector<char>& text) {
  std::size_t made = 0;
  for (;;) {
    const auto outcome =
        libdeflate_gzip_decompress(inflater, stored.data(), size, text.data(), text.size(), &made);
    if (outcome != LIBDEFLATE_INSUFFICIENT_SPACE) {
      return outcome == LIBDEFLATE_SUCCESS ? made : 0;
    }
    text.resize(text.size() * 2);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: bench_floor THREADS PATH...\n", stderr);
    return 2;
  }
  const std::vector<part> parts = parts_of(argc - 2, argv + 2);
  std::atomic<std::size_t> next{0};
  std::atomic<std::uint64_t> total{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < std::atoi(argv[1]); ++i) {
    threads.emplace_back([&] {
      libdeflate_decompressor* const inflater = libdeflate_alloc_decompressor();
      std::vector<char> stored(block_bytes);
      std::vector<char> text(block_bytes);
      for (std::size_t at = next++; at < parts.size(); at = next++) {
        const int file = open(parts[at].path.c_str(), O_RDONLY | O_CLOEXEC);
        const ssize_t got =
            pread(file, stored.data(), stored.size(), static_cast<off_t>(parts[at].begin));
        close(file);
        const bool gzip = got > 2 && stored[0] == '\x1f' && stored[1] == '\x8b';
        const auto size = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        total += gzip ? inflated_size(inflater, stored, size, text) : size;
      }
      libdeflate_free_decompressor(inflater);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::printf("%llu\n", static_cast<unsigned long long>(total.load()));
  return 0;
}

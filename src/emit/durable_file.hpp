// durable_file: a file that takes its name when it is complete, and not before.
//
// Thread-safety: none. Errors: output_failed, with path and cause.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trailbell/base/descriptor.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::emit {

// What an unfinished file's name ends with.
inline constexpr std::string_view unfinished = ".tmp";

class durable_file {
 public:
  // Begins anew what an earlier attempt left unfinished.
  static result<durable_file> begin(const std::string& path);
  durable_file(durable_file&&) = default;
  durable_file& operator=(durable_file&&) = default;
  ~durable_file();  // what was not finished is deleted

  result<done> write(std::string_view bytes);
  // What `source` has from where it stands, up to a bound. An error of its own is unreadable.
  result<done> copy(int source, std::uint64_t bytes_max);
  // The bytes are on the disk.
  [[nodiscard]] result<done> sync() const;
  // Replaces what has the name. The name is on the disk when its folder was synced.
  result<done> finish();

 private:
  durable_file(std::string path, descriptor file)
      : path_{std::move(path)}, file_{std::move(file)} {}
  [[nodiscard]] error failure() const;

  std::string path_;
  descriptor file_;
};

// Makes a name in the folder of `path` as durable as the file is. False: errno says why not. A file
// system that has no such thing is left alone.
bool sync_folder_of(const std::string& path);

}  // namespace trailbell::emit

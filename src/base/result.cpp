#include "trailbell/base/result.hpp"

namespace trailbell {

const char* describe(errc code) noexcept {
  switch (code) {
    case errc::usage:
      return "the command line or a configuration value is wrong";
    case errc::not_found:
      return "the path does not exist";
    case errc::unreadable:
      return "it exists, but cannot be opened or read";
    case errc::changed:
      return "the file changed size while it was read";
    case errc::corrupt:
      return "the compressed stream is damaged, cut or fails its checksum";
    case errc::too_large:
      return "a stated bound was reached";
    case errc::not_text:
      return "not UTF-8 JSON text";
    case errc::output_failed:
      return "an output could not be written";
    case errc::output_closed:
      return "the reader of an output went away";
    case errc::interrupted:
      return "stopped on request";
  }
  return "unknown error";
}

}  // namespace trailbell

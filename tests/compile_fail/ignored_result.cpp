// expect: nodiscard
#include "trailbell/base/result.hpp"

trailbell::result<trailbell::done> write_alert();

void use() {
#ifdef MISUSE
  write_alert();  // lost silently
#else
  if (!write_alert()) {
    return;
  }
#endif
}

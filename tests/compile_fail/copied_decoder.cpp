// expect: use of deleted function
#include "trailbell/decode/decoder.hpp"

void use(trailbell::decode::decoder& one) {
#ifdef MISUSE
  auto two = one;  // two owners of the same buffers
#else
  auto& two = one;
#endif
  (void)two;
}

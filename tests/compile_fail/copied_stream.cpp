// expect: use of deleted function
#include "trailbell/model/text_stream.hpp"

void use(trailbell::memory_stream& text) {
#ifdef MISUSE
  trailbell::memory_stream again = text;  // which of the two is walked?
#else
  trailbell::text_stream& again = text;
#endif
  (void)again;
}

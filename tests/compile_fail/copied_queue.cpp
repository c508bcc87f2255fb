// expect: use of deleted function
#include "trailbell/base/bounded_queue.hpp"

#ifdef MISUSE
void use(trailbell::bounded_queue<int> by_value);  // nobody would see what goes in
trailbell::bounded_queue<int> made{1};
void call() {
  use(made);
}
#else
void use(trailbell::bounded_queue<int>& shared);
trailbell::bounded_queue<int> made{1};
void call() {
  use(made);
}
#endif

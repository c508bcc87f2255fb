#include "app/app.hpp"

int main(int argc, char** argv) {
  return trailbell::app::run(argc, argv);
}

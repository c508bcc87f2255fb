// The prefilter where there is no Hyperscan.
#include "trailbell/detect/prefilter.hpp"

namespace trailbell::detect {

struct prefilter::compiled {
  std::vector<needed_literal> literals;
};

prefilter::prefilter(std::vector<needed_literal> literals)
    : compiled_{std::make_unique<compiled>(compiled{std::move(literals)})} {}

prefilter::~prefilter() = default;

std::unique_ptr<literal_finder> prefilter::open() const {
  return make_table_finder(compiled_->literals);
}

const char* prefilter::engine() noexcept {
  return "table";
}

}  // namespace trailbell::detect

// The section `siem` of an inventory file into values.
#pragma once

#include "trailbell/verify/siem_inventory.hpp"
#include "verify/listing_reader.hpp"

namespace trailbell::verify {

[[nodiscard]] siem_inventory read_siem(listing_reader& by, const located& section);

}  // namespace trailbell::verify

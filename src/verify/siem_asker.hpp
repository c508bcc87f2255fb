// siem_asker: asks the parts of a SIEM, over HTTP. Reads only.
//
// Each server has ten seconds for an answer; one that lets a request hang is not asked again. What
// is no answer of what should be there counts as failed. Thread-safety: none.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "trailbell/aws/byte_connection.hpp"
#include "trailbell/verify/aws_inventory.hpp"

namespace trailbell::verify {

struct siem_text {
  std::optional<siem_inventory> listed;
  std::string json;  // the section of an inventory file
};
[[nodiscard]] siem_text ask_siem(const siem_endpoints& at, aws::deadline until,
                                 const std::function<bool()>& stopped);

}  // namespace trailbell::verify

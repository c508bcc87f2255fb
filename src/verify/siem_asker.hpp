// siem_asker: asks the parts of a SIEM, over HTTP. Reads only.
//
// Each server has ten seconds for an answer; one that lets a request hang is not asked again. What
// is no answer of what should be there counts as failed. Thread-safety: none.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/verify/aws_inventory.hpp"

namespace trailbell::verify {

struct siem_text {
  std::optional<siem_inventory> listed;
  std::string json;  // the section of an inventory file
};

// A way to servers of one kind, and who asks them.
struct siem_door {
  std::unique_ptr<aws::http_client> http;
  std::vector<aws::http_header> headers;
};
struct siem_doors {
  siem_door services, prometheus, alertmanagers;
};
// Errors: usage, a file that says how to sign in and is wrong.
[[nodiscard]] result<siem_doors> open_doors(const siem_endpoints& at);

[[nodiscard]] siem_text ask_siem(const siem_endpoints& at, siem_doors& by, aws::deadline until,
                                 const std::function<bool()>& stopped);

}  // namespace trailbell::verify

// The bytes of a request. Pure. Source: RFC 9112.
#pragma once

#include <string>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/aws/url.hpp"

namespace trailbell::aws {

// Of a request without a flaw.
[[nodiscard]] std::string bytes_of(const http_request& request, const url& address);

// Asks a proxy for a tunnel to the address.
[[nodiscard]] std::string tunnel_bytes(const url& address, const url& proxy);

}  // namespace trailbell::aws

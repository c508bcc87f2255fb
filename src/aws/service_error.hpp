// What a service of AWS says went wrong, of any of its protocols. Pure. Source: Smithy, "AWS
// protocols": awsQuery, restXml, awsJson, restJson.
#pragma once

#include <optional>
#include <string>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/aws/sigv4.hpp"

namespace trailbell::aws {

struct service_error {
  std::string code;     // "AccessDenied"; empty: it did not say
  std::string message;  // for a person
  std::string request_id;
};

// Of a response that is no success. JSON and XML are told apart by the body.
[[nodiscard]] service_error error_of(const http_response& response);

// The time of a Date header, "Sun, 06 Nov 1994 08:49:37 GMT". Source: RFC 9110 section 5.6.7.
[[nodiscard]] std::optional<unix_time> parse_http_date(std::string_view text);

}  // namespace trailbell::aws

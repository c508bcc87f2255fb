// http_sign_in: who a client says it is, and whom it trusts, from a file as Prometheus and its
// tools read (`promtool --http.config.file`).
//
// basic_auth, authorization, bearer_token(_file) and tls_config (ca_file, cert_file, key_file);
// paths are relative to the file. What would weaken TLS is refused, as is what is not known.
// Secrets go into a header and into no message.
#pragma once

#include <string>
#include <vector>

#include "trailbell/aws/http_client.hpp"

namespace trailbell::verify {

struct http_sign_in {
  aws::tls_options tls;
  std::vector<aws::http_header> headers;  // none, or Authorization
};

// Reads what the file names too: tokens and passwords may change from time to time. An empty path:
// nobody. Errors: usage, with the place in the file.
[[nodiscard]] result<http_sign_in> read_sign_in(const std::string& path);

}  // namespace trailbell::verify

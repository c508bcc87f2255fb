// What TLS trusts, and shows of this client. Nothing changes it once it is loaded: any thread may
// make sessions of it.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "trailbell/aws/byte_connection.hpp"

namespace trailbell::aws {

class tls_context {
 public:
  boost::asio::ssl::context context{boost::asio::ssl::context::tls_client};
};

}  // namespace trailbell::aws

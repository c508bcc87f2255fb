#include "aws/tls_context.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <optional>

namespace trailbell::aws {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

std::optional<error> load_files(const tls_options& options, asio::ssl::context& tls) {
  const auto wrong = [](const std::string& what, const std::string& path,
                        const error_code& failure) {
    return error{errc::unreadable,
                 "cannot read the " + what + " in " + path + ": " + failure.message()};
  };
  error_code failure;
  if (!options.ca_file.empty() && tls.load_verify_file(options.ca_file, failure)) {
    return wrong("certificates", options.ca_file, failure);
  }
  if (options.certificate_file.empty()) {
    return std::nullopt;
  }
  if (tls.use_certificate_chain_file(options.certificate_file, failure)) {
    return wrong("client certificate", options.certificate_file, failure);
  }
  const std::string& key = options.key_file.empty() ? options.certificate_file : options.key_file;
  // No prompt on the terminal for a key that is encrypted: it fails.
  tls.set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return ""; },
                            failure);
  if (tls.use_private_key_file(key, asio::ssl::context::pem, failure)) {
    return wrong("private key (not encrypted, and that of the certificate)", key, failure);
  }
  return std::nullopt;
}

}  // namespace

result<std::shared_ptr<tls_context>> load_tls(const tls_options& options) {
  auto made = std::make_shared<tls_context>();
  SSL_CTX* const native = made->context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  error_code failure;
  if (options.ca_file.empty() && made->context.set_default_verify_paths(failure)) {
    return error{errc::unreadable, "the system has no certificates: " + failure.message()};
  }
  if (const std::optional<error> wrong = load_files(options, made->context)) {
    return *wrong;
  }
  return made;
}

}  // namespace trailbell::aws

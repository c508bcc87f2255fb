// Signatures of RSA. Pure. Source: RFC 8017, RSASSA-PKCS1-v1_5 and RSAPublicKey.
#pragma once

#include <string_view>

namespace trailbell::aws {

// Whether `der` is an RSAPublicKey of PKCS #1, and nothing behind it.
[[nodiscard]] bool is_rsa_key(std::string_view der);

// SHA256withRSA. False where the key is none, too.
[[nodiscard]] bool verifies_sha256_rsa(std::string_view der, std::string_view text,
                                       std::string_view signature);

}  // namespace trailbell::aws

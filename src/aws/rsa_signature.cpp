#include "aws/rsa_signature.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace trailbell::aws {
namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

key_ptr read_key(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  key_ptr key{d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())),
              EVP_PKEY_free};
  if (at != bytes_of(der) + der.size()) {
    key.reset();
  }
  ERR_clear_error();
  return key;
}

}  // namespace

bool is_rsa_key(std::string_view der) {
  return read_key(der) != nullptr;
}

bool verifies_sha256_rsa(std::string_view der, std::string_view text, std::string_view signature) {
  const key_ptr key = read_key(der);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free};
  // The padding of an RSA key is PKCS #1 v1.5 unless another is asked for.
  const bool good =
      key && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                       text.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace trailbell::aws

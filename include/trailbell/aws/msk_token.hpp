// msk_token: what Amazon MSK takes as a token of SASL/OAUTHBEARER: a presigned request to connect.
//
// The URL of the action kafka-cluster:Connect, signed by Signature Version 4 and good for a quarter
// of an hour, in base64 for URLs without padding. Nothing is sent anywhere: the broker checks the
// signature and whom the keys belong to. Source: AWS's own signers for MSK (aws-msk-iam-auth,
// aws-msk-iam-sasl-signer-go, -python); RFC 7628.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "trailbell/aws/credentials_chain.hpp"
#include "trailbell/base/bearer_token.hpp"

namespace trailbell::aws {

inline constexpr std::chrono::seconds msk_token_life{900};

struct msk_wish {
  std::string region;                    // of the cluster: "eu-central-1"
  std::string user_agent = "trailbell";  // is not signed
};

// Expires with what it is signed with, where that is sooner. Pure.
[[nodiscard]] bearer_token msk_token(const credentials& who, const msk_wish& wish, unix_time now);

// Each call makes one, with what `who` has then. Errors: no credentials, or such that have expired.
[[nodiscard]] bearer_tokens msk_tokens(std::unique_ptr<credentials_source> who, msk_wish wish,
                                       std::function<unix_time()> now);

// The same, with the credentials of this process. The region is that of the settings where the wish
// has none. Asks nobody yet. Errors: no region; a shared file that is wrong, a profile that is not
// there.
[[nodiscard]] result<bearer_tokens> open_msk_tokens(credentials_options options, msk_wish wish);

}  // namespace trailbell::aws

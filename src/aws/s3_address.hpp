// Where a bucket and a key are asked for. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trailbell::aws {

// Of what S3 and servers like it take, generously: nothing of it can lead to another host or path.
[[nodiscard]] bool is_bucket(std::string_view name) noexcept;

// Whether it can stand in a host's name; over TLS a dot would break the certificate's name.
[[nodiscard]] bool is_host_label(std::string_view bucket, bool secure) noexcept;

struct s3_address {
  std::string host_prefix;  // "bucket.", or empty
  std::string target;       // "/bucket/key" or "/key"
};
// `path_style` nothing: in the path where it cannot stand in the name.
[[nodiscard]] s3_address address_of(std::string_view bucket, std::string_view key, bool secure,
                                    std::optional<bool> path_style);

}  // namespace trailbell::aws

#include "aws/s3_address.hpp"

#include <algorithm>

#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {

bool is_bucket(std::string_view name) noexcept {
  return name.size() >= 3 && name.size() <= 255 && is_letter_or_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
         });
}

bool is_host_label(std::string_view bucket, bool secure) noexcept {
  return bucket.size() <= 63 && is_letter_or_digit(bucket.back()) &&
         std::all_of(bucket.begin(), bucket.end(),
                     [secure](char c) {
                       return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' ||
                              (c == '.' && !secure);
                     }) &&
         bucket.find("..") == std::string_view::npos && bucket.find(".-") == bucket.npos &&
         bucket.find("-.") == bucket.npos;
}

s3_address address_of(std::string_view bucket, std::string_view key, bool secure,
                      std::optional<bool> path_style) {
  const std::string target = "/" + encode_percent(key, "/");
  if (path_style.value_or(false) || !is_host_label(bucket, secure)) {
    return {"", "/" + std::string{bucket} + target};
  }
  return {std::string{bucket} + ".", target};
}

}  // namespace trailbell::aws

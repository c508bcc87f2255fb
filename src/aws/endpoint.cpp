#include "trailbell/aws/endpoint.hpp"

#include <algorithm>
#include <array>

#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

struct partition {
  std::string_view regions;  // how their names begin
  std::string_view name, suffix, dual_stack_suffix;
};
constexpr std::array<partition, 8> partitions{{
    {"cn-", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"us-gov-", "aws-us-gov", "amazonaws.com", "api.aws"},
    {"us-iso-", "aws-iso", "c2s.ic.gov", "api.aws.ic.gov"},
    {"us-isob-", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"},
    {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"eusc-", "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"", "aws", "amazonaws.com", "api.aws"},
}};

const partition& find_partition(std::string_view region) noexcept {
  return *std::find_if(partitions.begin(), partitions.end(),
                       [&](const partition& one) { return region.starts_with(one.regions); });
}

// What is certified in GovCloud under its usual name.
bool is_fips_as_it_is(const endpoint_wish& wish, const partition& where) {
  constexpr std::array<std::string_view, 3> services{"sts", "sqs", "cloudtrail"};
  return where.name == "aws-us-gov" &&
         std::find(services.begin(), services.end(), wish.service) != services.end();
}

}  // namespace

bool is_region(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

std::string_view partition_of(std::string_view region) noexcept {
  return find_partition(region).name;
}

result<std::string> endpoint_of(const endpoint_wish& wish) {
  if (!wish.url.empty()) {
    const result<url> address = parse_url(wish.url);
    if (!address) {
      return error{errc::usage,
                   "the endpoint of " + wish.service + ": " + address.failure().message};
    }
    if (wish.fips || wish.dual_stack) {
      return error{errc::usage, "the endpoint of " + wish.service +
                                    " is given as a URL: FIPS and dual-stack cannot hold for it"};
    }
    return wish.url.substr(0, wish.url.find_last_not_of('/') + 1);
  }
  if (!is_region(wish.region)) {
    return error{errc::usage, wish.region.empty()
                                  ? "no region for " + wish.service +
                                        ": set AWS_REGION, or region in the profile"
                                  : "the region " + in_quotes(wish.region) + " is none"};
  }
  const partition& where = find_partition(wish.region);
  const std::string fips =
      wish.fips && (!is_fips_as_it_is(wish, where) || wish.dual_stack) ? "-fips" : "";
  if (wish.service == "s3") {
    return "https://s3" + fips + (wish.dual_stack ? ".dualstack." : ".") + wish.region + "." +
           std::string{where.suffix};
  }
  return "https://" + wish.service + fips + "." + wish.region + "." +
         std::string{wish.dual_stack ? where.dual_stack_suffix : where.suffix};
}

}  // namespace trailbell::aws

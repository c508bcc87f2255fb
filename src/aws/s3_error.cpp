#include "aws/s3_error.hpp"

#include <algorithm>
#include <array>

#include "aws/xml.hpp"
#include "trailbell/aws/endpoint.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

constexpr std::array<std::string_view, 5> of_the_caller{"InvalidAccessKeyId",
                                                        "SignatureDoesNotMatch", "InvalidToken",
                                                        "ExpiredToken", "RequestTimeTooSkewed"};

bool is_of_kms(const service_failure& failed) {
  return failed.code.starts_with("KMS.") || failed.message.find("kms:") != std::string::npos ||
         failed.message.find("KMS") != std::string::npos;
}

s3_fault fault_of(const service_failure& failed, const s3_subject& subject) {
  using kind = service_failure::kind;
  if (failed.what == kind::credentials ||
      std::find(of_the_caller.begin(), of_the_caller.end(), failed.code) != of_the_caller.end()) {
    return s3_fault::credentials;
  }
  if (failed.what == kind::too_large) {
    return s3_fault::too_large;
  }
  if (failed.passing()) {
    return s3_fault::passing;
  }
  if (failed.code == "NoSuchBucket") {
    return s3_fault::no_such_bucket;
  }
  if (failed.code == "NoSuchKey" || failed.code == "NoSuchVersion" ||
      (failed.status == 404 && subject.action == s3_action::get)) {
    return s3_fault::no_such_key;
  }
  if (failed.status == 412) {
    return s3_fault::changed;
  }
  const bool denied = failed.status == 403 && failed.code != "InvalidObjectState";
  return denied || failed.code == "AccessDenied" || failed.code.starts_with("KMS.")
             ? s3_fault::access_denied
             : s3_fault::other;
}

// "... is not authorized to perform: kms:Decrypt on resource: ..."
std::string action_said(std::string_view message) {
  constexpr std::string_view before = "not authorized to perform: ";
  const std::size_t at = message.find(before);
  if (at == message.npos) {
    return {};
  }
  const std::string_view rest = message.substr(at + before.size());
  return std::string{rest.substr(0, rest.find_first_of(" ,;)"))};
}

std::string permission(const service_failure& failed, const s3_subject& subject) {
  const std::string arn = "arn:" + subject.partition + ":s3:::" + subject.bucket;
  const std::string said = action_said(failed.message);
  if (failed.code.starts_with("KMS.")) {
    return "the KMS key that encrypts it is disabled, deleted or not there: without it nobody can "
           "read it";
  }
  if (said.starts_with("kms:") || (said.empty() && is_of_kms(failed))) {
    return "the caller needs kms:Decrypt on the KMS key that encrypts it, by the key's policy too";
  }
  if (subject.action == s3_action::list) {
    return "the caller needs s3:ListBucket on " + arn;
  }
  if (subject.action == s3_action::put) {
    return "the caller needs s3:PutObject on " + arn + "/" + subject.key;
  }
  return "the caller needs s3:GetObject on " + arn + "/" + subject.key +
         (said.empty() ? " and, where the bucket is encrypted by KMS, kms:Decrypt on its key; of a "
                         "caller without s3:ListBucket, a key that is not there looks like this too"
                       : "");
}

std::string advice(s3_fault what, const service_failure& failed, const s3_subject& subject) {
  if (what == s3_fault::access_denied) {
    return permission(failed, subject);
  }
  if (failed.code == "InvalidObjectState") {
    return "it is archived: restore it first";
  }
  if (failed.status == 301 || failed.status == 307) {
    return "the bucket is elsewhere, and the answer does not say where: name its region";
  }
  if (what == s3_fault::no_such_bucket) {
    return "there is no bucket of that name there";
  }
  return {};
}

}  // namespace

s3_failure failure_of(const service_failure& failed, const s3_subject& subject) {
  const s3_fault what = fault_of(failed, subject);
  std::string message = "s3://" + subject.bucket + "/" + subject.key + ": " + failed.message;
  if (const std::string what_helps = advice(what, failed, subject); !what_helps.empty()) {
    message += "; " + what_helps;
  }
  std::string shown;
  append_printable(message, shown);
  return {what, failed.status, failed.code, shown};
}

std::string region_said(const service_failure& failed) {
  const bool elsewhere = failed.status == 301 || failed.status == 307 ||
                         failed.code == "AuthorizationHeaderMalformed" ||
                         failed.code == "IllegalLocationConstraintException";
  if (!elsewhere || !failed.answer) {
    return {};
  }
  std::string region{failed.answer->header("x-amz-bucket-region").value_or("")};
  if (region.empty()) {
    const result<xml_element> body = parse_xml(failed.answer->body);
    region = body ? body.value().text_at("Region") : "";
  }
  return is_region(region) ? region : "";
}

}  // namespace trailbell::aws

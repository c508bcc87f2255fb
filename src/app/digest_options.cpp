#include "app/digest_options.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace trailbell::app {
namespace {

constexpr const char* about =
    R"(CloudTrail's digest files: by which AWS says every hour which log files it wrote.)";

constexpr const char* verify_about =
    R"(Says whether an archive is what CloudTrail wrote: no log file changed, removed or added.

PATH is a folder, as `aws s3 sync` leaves it, or s3://BUCKET/PREFIX; it has both the folders
CloudTrail-Digest and CloudTrail of each account. Looked at are every log file's SHA-256, each
digest's signature (by CloudTrail's public keys, or those of a file), where it lies, the digest
before it, and log files that no digest names: all that `aws cloudtrail validate-logs` looks at and
more, on copies too, for all accounts, regions and trails at once.)";

constexpr const char* verify_example = R"(Examples:
  trailbell digest verify s3://my-trail/AWSLogs/111122223333/
  trailbell digest verify --from 2026-03-01T00:00:00Z --to 2026-03-08T00:00:00Z s3://my-trail/
  aws cloudtrail list-public-keys --region us-east-1 --start-time 2026-03-01 > keys.json
  trailbell digest verify --public-keys keys.json --format json AWSLogs/

A local copy has no metadata: a digest's signature is taken from the digest behind it. That of the
newest has to stand in a file beside it, DIGEST.json.gz.signature, or --to ends before it:
  aws s3api head-object --bucket B --key K --query Metadata.signature --output text

Needs s3:ListBucket, s3:GetObject, cloudtrail:ListPublicKeys, and kms:Decrypt where the bucket is
encrypted with a key of KMS.

Exit codes: 0 all valid; 1 something was changed, removed or added; 2 usage; 3 something could not
be read or checked (and perhaps something was changed: the report says it).)";

}  // namespace

void add_input_options(CLI::App& to, input_arguments& into, const char* what_has_a_time) {
  to.add_option("--threads", into.threads,
                "threads that decode (default: the cores that it may use)");
  to.add_option("--from", into.from,
                std::string{"only "} + what_has_a_time + " at or after this time (RFC 3339)");
  to.add_option("--to", into.to,
                std::string{"only "} + what_has_a_time + " before this time (RFC 3339)");
  to.add_option("--max-object-bytes", into.max_object_bytes,
                "inflated bytes at which a compressed object fails (default: 1 GiB)");
  to.add_option("--public-keys", into.public_keys,
                "CloudTrail's keys, as `aws cloudtrail list-public-keys` writes them, of all "
                "regions (default: CloudTrail is asked)");
  add_aws_options(to, into.aws);
  to.add_option("--s3-requests", into.s3_requests, "objects fetched at a time (default: 64)")
      ->group("AWS");
}

void add_digest(CLI::App& app, digest_arguments& a) {
  a.verify_digests = true;
  CLI::App* const digest = app.add_subcommand("digest", about);
  digest->require_subcommand(1);
  CLI::App* const verify = digest->add_subcommand("verify", verify_about);
  verify->footer(verify_example);
  verify->add_option("PATH", a.paths, "folder, or s3://BUCKET/PREFIX")->required();
  verify->add_option("--format", a.format, "text or json (default: text)");
  add_input_options(*verify, a, "digests of hours that have a part");
}

}  // namespace trailbell::app

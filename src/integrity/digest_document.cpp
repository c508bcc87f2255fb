#include "trailbell/integrity/digest_document.hpp"

#include <utility>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::integrity {
namespace {

// Reads members, and remembers the first that is missing or of another kind.
class member_reader {
 public:
  explicit member_reader(json_value object) : object_{object} {}

  std::string text(std::string_view name) {
    std::optional<std::string> found = text_or_null(name);
    if (!found) {
      fail(name, "null");
    }
    return std::move(found).value_or("");
  }
  // As AWS's own check has it, what may be null still has to be there.
  std::optional<std::string> text_or_null(std::string_view name) {
    const std::optional<json_value> found = object_.find(name);
    if (!found) {
      fail(name, "missing");
    } else if (found->is(json_kind::text)) {
      return std::string{found->text()};
    } else if (!found->is(json_kind::null)) {
      fail(name, "no text");
    }
    return std::nullopt;
  }
  std::string optional_text(std::string_view name) {
    const std::optional<json_value> found = object_.find(name);
    return found && found->is(json_kind::text) ? std::string{found->text()} : "";
  }
  std::int64_t time(std::string_view name) {
    const std::string written = text(name);
    const std::optional<std::int64_t> found = parse_rfc3339(written);
    if (!found || !written.starts_with("20")) {
      fail(name, "no time of this century");
    }
    return found.value_or(0);
  }
  void fail(std::string_view name, std::string_view how) {
    if (problem_.empty()) {
      problem_.append(name).append(" is ").append(how);
    }
  }
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

 private:
  json_value object_;
  std::string problem_;
};

std::string problem_of_log(json_value entry, digest_document& into) {
  if (!entry.is(json_kind::object)) {
    return "an element of logFiles is no object";
  }
  member_reader members{entry};
  named_object log;
  log.bucket = members.text("s3Bucket");
  log.key = members.text("s3Object");
  log.hash = fold_ascii(members.text("hashValue"));
  log.algorithm = members.text("hashAlgorithm");
  into.logs.push_back(std::move(log));
  return members.problem();
}

void read_previous(member_reader& members, digest_document& into) {
  named_object previous;
  previous.bucket = members.optional_text("previousDigestS3Bucket");
  previous.key = members.optional_text("previousDigestS3Object");
  previous.hash = fold_ascii(members.optional_text("previousDigestHashValue"));
  previous.algorithm = members.optional_text("previousDigestHashAlgorithm");
  if (previous.bucket.empty() != previous.key.empty()) {
    members.fail("previousDigestS3Object", "there without its bucket, or the other way round");
  }
  if (!previous.key.empty()) {
    into.previous = std::move(previous);
  }
}

}  // namespace

result<digest_document> read_digest(std::string_view text) {
  decode::json_reader reader;
  json_tree tree;
  if (!reader.read(text, tree) || !tree.root().is(json_kind::object)) {
    return error{errc::not_text, "it is no JSON object"};
  }
  member_reader members{tree.root()};
  digest_document made;
  made.end_time = members.text("digestEndTime");
  made.end_ns = members.time("digestEndTime");
  made.start_ns = members.time("digestStartTime");
  made.bucket = members.text("digestS3Bucket");
  made.key = members.text("digestS3Object");
  made.fingerprint = fold_ascii(members.text("digestPublicKeyFingerprint"));
  made.algorithm = members.optional_text("digestSignatureAlgorithm");
  made.previous_signature = members.text_or_null("previousDigestSignature");
  read_previous(members, made);
  const std::optional<json_value> logs = tree.root().find("logFiles");
  if (!logs || !logs->is(json_kind::array)) {
    members.fail("logFiles", "no array");
  }
  std::string problem = members.problem();
  for (auto entry = logs ? logs->begin() : tree.root().end();
       problem.empty() && entry != logs->end(); ++entry) {
    problem = problem_of_log(*entry, made);
  }
  if (!problem.empty()) {
    return error{errc::not_text, problem};
  }
  return made;
}

std::string string_to_sign(const digest_document& of, std::string_view hash) {
  std::string text = of.end_time + "\n" + of.bucket + "/" + of.key + "\n";
  return text.append(hash).append("\n").append(of.previous_signature.value_or("null"));
}

}  // namespace trailbell::integrity

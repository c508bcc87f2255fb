#include "verify/object_message.hpp"

#include <vector>

#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::verify {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

// Keys of two files.
std::vector<std::string> sample_keys(const inventory& of, const control& wanted,
                                     const trail& from) {
  const std::string account = of.account_id;
  const std::string folder = key_folder(of, wanted, from) +
                             (from.organization ? "o-exampleorg/" + account + "/CloudTrail/" : "");
  std::vector<std::string> keys;
  const auto add = [&](const std::string& region, const std::string& day, const std::string& rest) {
    const bool has_region = folder.ends_with("/us-east-1/");
    const std::string at = has_region ? "us-east-1" : region;
    keys.push_back(folder + (has_region ? "" : at + "/") + day + "/" + account + "_CloudTrail_" +
                   at + "_" + rest + ".json.gz");
  };
  add("us-east-1", "2031/01/29", "20310129T0405Z_AaBbCcDdEeFfGgHh");
  add("eu-north-1", "2047/12/06", "20471206T2350Z_1234567890zyxwvu");
  return keys;
}

// Values that are not known beforehand are null.
std::string object_message(object_form form, const inventory& of, const trail& from,
                           const std::string& bucket_region, const std::string& key) {
  const std::string bucket = quoted(from.bucket);
  const std::string arn =
      quoted("arn:" + std::string{split_arn(from.arn).partition} + ":s3:::" + from.bucket);
  switch (form) {
    case object_form::s3_event:
      return R"({"Records":[{"eventVersion":null,"eventSource":"aws:s3","awsRegion":)" +
             quoted(bucket_region) + R"(,"eventTime":null,"eventName":"ObjectCreated:Put",)" +
             R"("userIdentity":null,"requestParameters":null,"responseElements":null,"s3":{)" +
             R"("s3SchemaVersion":"1.0","configurationId":null,"bucket":{"name":)" + bucket +
             R"(,"ownerIdentity":null,"arn":)" + arn + R"(},"object":{"key":)" + quoted(key) +
             R"(,"size":null,"eTag":null,"versionId":null,"sequencer":null}}}]})";
    case object_form::event_bridge:
      return R"({"version":"0","id":null,"detail-type":"Object Created","source":"aws.s3",)"
             R"("account":)" +
             quoted(of.account_id) + R"(,"time":null,"region":)" + quoted(bucket_region) +
             R"(,"resources":[)" + arn + R"(],"detail":{"version":"0","bucket":{"name":)" + bucket +
             R"(},"object":{"key":)" + quoted(key) +
             R"(,"size":null,"etag":null,"version-id":null,"sequencer":null},"request-id":null,)" +
             R"("requester":null,"source-ip-address":null,"reason":"PutObject"}})";
    case object_form::attributes:
      return "{}";
    case object_form::cloudtrail:
      break;
  }
  return R"({"s3Bucket":)" + bucket + R"(,"s3ObjectKey":[)" + quoted(key) + "]}";
}

}  // namespace

std::string key_folder(const inventory& of, const control& wanted, const trail& from) {
  const std::string folder = (from.key_prefix.empty() ? "" : from.key_prefix + "/") + "AWSLogs/";
  // An organization's files stand one folder deeper, behind an id that is not known here.
  if (from.organization) {
    return folder;
  }
  return folder + of.account_id + "/CloudTrail/" + (wanted.scope.global ? "us-east-1/" : "");
}

passing object_passes(const std::string& filter, object_form form, const object_place& place) {
  decode::json_reader reader;
  json_tree pattern;
  if (!reader.read(filter, pattern) || !pattern.root().is(json_kind::object)) {
    return passing::maybe;
  }
  std::size_t through = 0;
  const std::vector<std::string> keys = sample_keys(place.of, place.wanted, place.from);
  for (const std::string& key : keys) {
    json_tree message;
    const std::string text = object_message(form, place.of, place.from, place.bucket_region, key);
    if (!reader.read(text, message)) {
      return passing::maybe;
    }
    const passing one = passes_filter(pattern.root(), message.root());
    if (one == passing::maybe) {
      return one;
    }
    through += one == passing::yes ? 1 : 0;
  }
  return through == keys.size() ? passing::yes : through == 0 ? passing::no : passing::maybe;
}

}  // namespace trailbell::verify

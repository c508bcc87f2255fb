#include "trailbell/integrity/public_keys.hpp"

#include <utility>

#include "aws/rsa_signature.hpp"
#include "decode/base64.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::integrity {
namespace {

// Empty, or why it is no key.
std::string add_key(json_value entry, public_keys& into) {
  const std::optional<json_value> fingerprint = entry.find("Fingerprint");
  const std::optional<json_value> value = entry.find("Value");
  if (!fingerprint || fingerprint->text().empty() || !value || value->text().empty()) {
    return "a key has no Fingerprint or no Value";
  }
  std::string der;
  if (!decode::append_base64(value->text(), der) || !aws::is_rsa_key(der)) {
    return "the Value of key " + std::string{fingerprint->text()} +
           " is no RSA key (PKCS #1, DER, base64)";
  }
  into.insert_or_assign(fold_ascii(fingerprint->text()), std::move(der));
  return "";
}

}  // namespace

result<public_keys> read_public_keys(std::string_view json) {
  decode::json_reader reader;
  json_tree tree;
  if (!reader.read(json, tree)) {
    return error{errc::not_text,
                 "no JSON, at byte " + std::to_string(reader.offset()) + ": " + reader.reason()};
  }
  const json_value root = tree.root();
  const json_value list = root.find("PublicKeyList").value_or(root);
  public_keys keys;
  std::string problem;
  if (list.is(json_kind::array)) {
    for (auto entry = list.begin(); problem.empty() && entry != list.end(); ++entry) {
      problem = add_key(*entry, keys);
    }
  } else {
    problem = add_key(list, keys);
  }
  if (!problem.empty()) {
    return error{errc::not_text, problem};
  }
  return keys;
}

result<const std::string*> key_ring::find(std::string_view region,
                                          std::string_view fingerprint) const {
  const public_keys* keys = all_ ? &*all_ : nullptr;
  if (keys == nullptr) {
    const auto of_region = regions_.find(region);
    if (of_region == regions_.end()) {
      return error{errc::not_found, "its region was not asked for keys"};
    }
    if (!of_region->second) {
      return of_region->second.failure();
    }
    keys = &of_region->second.value();
  }
  const auto found = keys->find(fingerprint);
  return found == keys->end() ? nullptr : &found->second;
}

}  // namespace trailbell::integrity

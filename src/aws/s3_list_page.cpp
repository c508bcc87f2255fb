#include "aws/s3_list_page.hpp"

#include <algorithm>
#include <charconv>

#include "aws/xml.hpp"
#include "trailbell/aws/url.hpp"

namespace trailbell::aws {
namespace {

// As forms are encoded: a blank is "+".
std::string decoded(std::string text, bool encoded) {
  if (!encoded) {
    return text;
  }
  std::replace(text.begin(), text.end(), '+', ' ');
  return decode_percent(text);
}

std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::string list_query(const s3_list& wish, std::string_view token) {
  std::string out = "?list-type=2&encoding-type=url&max-keys=" +
                    std::to_string(std::clamp(wish.page_keys, 1, 1000)) +
                    "&prefix=" + encode_percent(wish.prefix, "");
  if (!wish.delimiter.empty()) {
    out += "&delimiter=" + encode_percent(wish.delimiter, "");
  }
  if (!token.empty()) {
    out += "&continuation-token=" + encode_percent(token, "");
  } else if (!wish.start_after.empty()) {
    out += "&start-after=" + encode_percent(wish.start_after, "");
  }
  return out;
}

result<list_answer> read_list_answer(std::string_view body) {
  const result<xml_element> root = parse_xml(body);
  if (!root) {
    return root.failure();
  }
  if (root.value().name != "ListBucketResult") {
    return error{errc::not_text, "the answer is no listing"};
  }
  const bool encoded = root.value().text_at("EncodingType") == "url";
  list_answer out;
  for (const xml_element& child : root.value().children) {
    if (child.name == "Contents") {
      out.page.objects.push_back({decoded(child.text_at("Key"), encoded),
                                  number_of(child.text_at("Size")), child.text_at("ETag"),
                                  child.text_at("LastModified")});
    } else if (child.name == "CommonPrefixes") {
      out.page.folders.push_back(decoded(child.text_at("Prefix"), encoded));
    }
  }
  if (root.value().text_at("IsTruncated") == "true") {
    out.next = root.value().text_at("NextContinuationToken");
    if (out.next.empty()) {
      return error{errc::not_text, "the listing is cut, and does not say how to go on"};
    }
  }
  return out;
}

}  // namespace trailbell::aws

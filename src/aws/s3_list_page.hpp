// The request for a page of a listing, and its answer. Pure. Source: Amazon S3 API Reference,
// ListObjectsV2.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/aws/s3_client.hpp"

namespace trailbell::aws {

// "?list-type=2&...", encoded. `token`: of the page before; empty: it is the first.
[[nodiscard]] std::string list_query(const s3_list& wish, std::string_view token);

struct list_answer {
  s3_page page;
  std::string next;  // the token of the page behind; empty: this is the last
};
// Errors: not_text, an answer that is no listing.
[[nodiscard]] result<list_answer> read_list_answer(std::string_view body);

}  // namespace trailbell::aws

// The logs that a Sigma rule or filter is for. Source: Sigma Rules Specification 2.1.0,
// "Logsource".
#include <utility>

#include "detect/sigma_content.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

bool is_or_empty(std::string_view text, std::string_view folded) noexcept {
  return text.empty() || equal_folded(text, folded);
}

}  // namespace

bool sigma_log_source::is_cloudtrail() const noexcept {
  const bool category_fits = category.empty() || equal_folded(service, "cloudtrail");
  return is_or_empty(product, "aws") && is_or_empty(service, "cloudtrail") && category_fits;
}

bool sigma_log_source::contains(const sigma_log_source& other) const {
  return is_or_empty(category, fold_ascii(other.category)) &&
         is_or_empty(product, fold_ascii(other.product)) &&
         is_or_empty(service, fold_ascii(other.service));
}

sigma_log_source read_sigma_log_source(const yaml_file& file, const yaml_node& document,
                                       problem_list& problems) {
  sigma_log_source into;
  const yaml_member* const source = document.find("logsource");
  if (source == nullptr) {
    return into;
  }
  if (source->value.kind != yaml_kind::mapping) {
    problems.push_back(
        {file.path, source->value.at,
         std::string{"'logsource' is a mapping, and here stands "} + name_of(source->value),
         "write 'logsource: {product: aws, service: cloudtrail}'"});
    return into;
  }
  for (const auto& [key, text] :
       {std::pair{"category", &into.category}, std::pair{"product", &into.product},
        std::pair{"service", &into.service}}) {
    const yaml_member* const member = source->value.find(key);
    if (member != nullptr && member->value.kind != yaml_kind::scalar) {
      problems.push_back(
          {file.path, member->value.at,
           "'" + std::string{key} + "' is a text, and here stands " + name_of(member->value),
           "write one text, or leave the key out"});
    } else if (member != nullptr) {
      *text = member->value.text;
    }
  }
  return into;
}

std::string to_text(const sigma_log_source& source) {
  std::string text;
  const auto add = [&text](const char* name, const std::string& value) {
    if (!value.empty()) {
      text += (text.empty() ? "" : ", ") + (name + (" " + value));
    }
  };
  add("product", source.product);
  add("service", source.service);
  add("category", source.category);
  return text;
}

}  // namespace trailbell::detect

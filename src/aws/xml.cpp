#include "aws/xml.hpp"

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

namespace trailbell::aws {
namespace {

namespace pt = boost::property_tree;

constexpr std::size_t depth_max = 64;

// The parser calls itself for each level: beyond the bound it is not asked.
bool is_flat(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t at = 0; (at = text.find('<', at)) != text.npos; ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (next == '/') {
      depth -= std::min<std::size_t>(depth, 1);
    } else if (next != '?' && next != '!') {
      const std::size_t end = std::min(text.find('>', at), text.size() - 1);
      depth += text[end - 1] == '/' ? 0 : 1;
    }
    if (depth > depth_max) {
      return false;
    }
  }
  return true;
}

xml_element taken(const std::string& name, const pt::ptree& tree) {
  xml_element out{name, tree.data()};
  for (const auto& [child, value] : tree) {
    if (child != "<xmlattr>" && child != "<xmlcomment>") {
      out.children.push_back(taken(child, value));
    }
  }
  return out;
}

}  // namespace

const xml_element* xml_element::find(std::string_view path) const {
  const xml_element* at = this;
  while (at != nullptr && !path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view wanted = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    const auto found = std::find_if(at->children.begin(), at->children.end(),
                                    [&](const xml_element& one) { return one.name == wanted; });
    at = found == at->children.end() ? nullptr : &*found;
  }
  return at;
}

std::string xml_element::text_at(std::string_view path) const {
  const xml_element* const found = find(path);
  return found == nullptr ? std::string{} : found->text;
}

result<xml_element> parse_xml(std::string_view text) {
  if (!is_flat(text)) {
    return error{errc::not_text, "XML that nests too deep"};
  }
  try {
    std::istringstream in{std::string{text}};
    pt::ptree tree;
    pt::read_xml(in, tree, pt::xml_parser::trim_whitespace | pt::xml_parser::no_comments);
    if (!tree.empty()) {
      return taken(tree.front().first, tree.front().second);
    }
  } catch (const pt::xml_parser_error& failure) {
    return error{errc::not_text, "no XML: " + failure.message()};
  }
  return error{errc::not_text, "no XML: it is empty"};
}

}  // namespace trailbell::aws

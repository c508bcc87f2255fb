#include <algorithm>

#include "trailbell/aws/settings.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

constexpr std::string_view blanks = " \t\r";

class reader {
 public:
  reader(config_file kind, const std::string& path, shared_config& into)
      : kind_{kind}, path_{path}, into_{into} {}

  result<done> read(std::string_view text) {
    while (!text.empty()) {
      ++line_;
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (const result<done> took = take(text.substr(0, end)); !took) {
        return took;
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return done{};
  }

 private:
  error wrong(const std::string& what) const {
    return {errc::usage, path_ + ":" + std::to_string(line_) + ": " + what};
  }

  result<done> take(std::string_view line) {
    const std::string_view text = trimmed(line, blanks);
    if (text.empty() || text.front() == '#' || text.front() == ';') {
      return done{};
    }
    const bool indented = line.front() == ' ' || line.front() == '\t';
    if (indented && !key_.empty()) {
      return proceed(text);
    }
    return text.front() == '[' ? open(text) : assign(text);
  }

  result<done> open(std::string_view text) {
    const std::size_t end = text.find(']');
    if (end == text.npos) {
      return wrong("a section without a ']' at its end");
    }
    section_ = nullptr;
    in_section_ = true;
    key_.clear();
    const std::string_view name = trimmed(text.substr(1, end - 1), blanks);
    const std::size_t blank = std::min(name.find_first_of(" \t"), name.size());
    const std::string_view kind = name.substr(0, blank);
    const std::string rest{trimmed(name.substr(blank), " \t\"")};
    if (name.empty()) {
      return wrong("a section without a name");
    }
    if (rest.empty()) {
      // In the config file only the default profile goes without "profile".
      if (kind_ == config_file::credentials || name == "default") {
        section_ = &into_.profiles[std::string{name}];
      }
    } else if (kind == "profile") {
      section_ = &into_.profiles[rest];
    } else if (kind_ == config_file::config && kind == "sso-session") {
      section_ = &into_.sso_sessions[rest];
    } else if (kind_ == config_file::config && kind == "services") {
      section_ = &into_.services[rest];
    }
    return done{};  // what else there is, is for others
  }

  result<done> assign(std::string_view text) {
    const std::size_t equal = text.find('=');
    if (equal == text.npos) {
      return wrong("neither a [section] nor a 'key = value'");
    }
    if (!in_section_) {
      return wrong("a key before the first [section]");
    }
    key_ = fold_ascii(trimmed(text.substr(0, equal), blanks));
    if (key_.empty()) {
      return wrong("a value without a key");
    }
    std::string_view value = text.substr(equal + 1);
    // A comment has a blank before it: '#' may be part of a secret.
    for (const std::string_view mark : {" #", " ;", "\t#", "\t;"}) {
      value = value.substr(0, value.find(mark));
    }
    nested_ = trimmed(value, blanks).empty();
    put(key_, std::string{trimmed(value, blanks)});
    return done{};
  }

  // An indented line: more of the value above, or, where that is empty, keys of its own.
  result<done> proceed(std::string_view text) {
    const std::size_t equal = text.find('=');
    if (nested_ && equal != text.npos) {
      put(key_ + "." + fold_ascii(trimmed(text.substr(0, equal), blanks)),
          std::string{trimmed(text.substr(equal + 1), blanks)});
      return done{};
    }
    if (nested_) {
      return wrong("an indented line that is no 'key = value'");
    }
    if (section_ != nullptr) {
      (*section_)[key_].append("\n").append(text);
    }
    return done{};
  }

  void put(const std::string& key, std::string value) {
    if (section_ != nullptr) {
      (*section_)[key] = std::move(value);
    }
  }

  config_file kind_;
  const std::string& path_;
  shared_config& into_;
  std::size_t line_ = 0;
  config_section* section_ = nullptr;  // nullptr: one that is for others
  bool in_section_ = false;
  std::string key_;      // of the line before
  bool nested_ = false;  // it had no value
};

}  // namespace

result<done> read_shared_file(std::string_view text, config_file kind, const std::string& path,
                              shared_config& into) {
  return reader{kind, path, into}.read(text);
}

}  // namespace trailbell::aws

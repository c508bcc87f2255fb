#include "support/sigma_maker.hpp"

#include <array>
#include <cstdio>

namespace trailbell::test {
namespace {

// What rules look for and records hold: letters of both cases, signs that JSON may spell in two
// ways, numbers, texts beyond ASCII, a document within a text.
constexpr const char* words[] = {"CreateUser",
                                 "createuser",
                                 "DeleteTrail",
                                 "iam.amazonaws.com",
                                 "IAM.amazonaws.com",
                                 "a/b/Administrator",
                                 "arn:aws:iam::aws:policy/Admin",
                                 "say \"yes\" now",
                                 "C:\\Windows\\System32",
                                 "line\nbreak",
                                 "\xc3\xa9lan vital",
                                 "{\"Action\":\"s3:GetObject\"}",
                                 "true",
                                 "12345678",
                                 "1234",
                                 "-5.50",
                                 "",
                                 "Root",
                                 "key",
                                 "\xe2\x84\xaa"
                                 "ey"};  // the Kelvin sign

}  // namespace

std::string sigma_maker::blanks() {
  return one_in(6) ? pick({" ", "\t", "  "}) : "";
}

// ---- rules
// ---------------------------------------------------------------------------------------

// In single quotes, with a wildcard here and there.
std::string sigma_maker::values() {
  const auto one = [this] {
    std::string text = pick(words);
    const bool ascii = static_cast<unsigned char>(text[0]) < 0x80;  // no character is cut
    if (ascii && one_in(4) && text.size() > 4) {
      text = text.substr(random_() % 3, 3 + random_() % (text.size() - 3));
    }
    if (ascii && one_in(5)) {
      text.insert(random_() % (text.size() + 1), pick({"*", "?", "\\*"}));
    }
    std::string quoted = "\"";
    for (const char c : text) {
      quoted += c == '"' || c == '\\' ? std::string{"\\"} + c : c == '\n' ? "\\n" : std::string{c};
    }
    return quoted + "\"";
  };
  if (one_in(8)) {
    return pick({"null", "true", "false", "1234", "5"});
  }
  if (!one_in(3)) {
    return one();
  }
  std::string all = "[" + one();
  for (std::uint64_t i = random_() % 3; i < 3; ++i) {
    all += ", " + one();
  }
  return all + "]";
}

std::string sigma_maker::field_line(bool last) {
  std::string key =
      last
          ? pick({"eventName", "eventName", "a", "a.b", "a.b.c", "list.x", "requestParameters",
                  "requestParameters.policyDocument", "userIdentity.type", "errorCode", "userAgent",
                  "userIdentity.sessionContext.sessionIssuer.type", "CommandLine", "Image.of"})
          : pick({"eventSource", "eventSource", "userIdentity.arn", "errorMessage"});
  const bool type = key.ends_with(".type");
  key += pick({"", "", "", "|contains", "|startswith", "|endswith", "|cased", "|contains|cased",
               "|neq", "|contains|all", "|windash", "|base64offset|contains", "|re", "|re|i"});
  return "'" + key + "': " + (type && one_in(2) ? pick({"Root", "Role"}) : values()) +
         (last ? "" : ", ");
}

std::string sigma_maker::condition() {
  return pick({"s0", "s0 and s1", "s0 or s1", "s0 and not s1", "not s0", "1 of s*", "all of s*",
               "s0 and (s1 or s2)", "(s0 and s1) or s2", "not (s0 and s1) and s2"});
}

std::string sigma_maker::rule() {
  const std::string asks = condition();
  std::string text = "title: made\ndetection:\n";
  for (int i = 0; i < 3; ++i) {
    const std::string name = "s" + std::to_string(i);
    if (asks.find(name) == std::string::npos && asks.find("s*") == std::string::npos) {
      continue;
    }
    const auto map = [this] {
      return "{" + (one_in(2) ? field_line(false) : "") + field_line(true) + "}";
    };
    text += "  " + name + ": ";
    text += one_in(8)   ? "[\"Trail\", \"" + std::string(pick({"user", "Windows", "vital"})) + "\"]"
            : one_in(4) ? "[" + map() + ", " + map() + "]"
                        : map();
    text += "\n";
  }
  return text + "  condition: " + asks + "\n";
}

// ---- records
// -------------------------------------------------------------------------------------

std::string sigma_maker::spelled(std::string_view text) {
  const bool escapes = one_in(4);
  std::string out = "\"";
  for (const char c : text) {
    std::array<char, 8> code{};
    std::snprintf(code.data(), code.size(), one_in(2) ? "\\u%04x" : "\\u%04X",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (ascii && ((escapes && one_in(10)) || c == '\n')) {
      out += code.data();
    } else if (c == '"' || c == '\\' || (c == '/' && one_in(2))) {
      out += std::string{"\\"} + c;
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

std::string sigma_maker::value(int depth) {
  const std::uint64_t kind = random_() % (depth > 2 ? 7 : 12);
  if (kind < 4) {
    return spelled(pick(words));
  }
  if (kind < 7) {
    return pick({"null", "true", "false", "1234", "12345678", "5.0", "-5.50", "1e3"});
  }
  std::string out = kind < 9 ? "[" : "{";
  const std::uint64_t count = random_() % 4;
  for (std::uint64_t i = 0; i < count; ++i) {
    out += (i > 0 ? "," : "") + blanks();
    if (kind >= 9) {
      out += spelled(pick({"b", "c", "x", "b.c", "policyDocument", "type", "arn", "of"})) +
             blanks() + ":" + blanks();
    }
    out += value(depth + 1);
  }
  return out + blanks() + (kind < 9 ? "]" : "}");
}

std::string sigma_maker::record() {
  std::string out = "{\"eventVersion\":\"1.08\"";
  const auto member = [&](const char* key, const std::string& what) {
    out += "," + blanks() + spelled(key) + blanks() + ":" + blanks() + what;
  };
  member("eventName", one_in(6)
                          ? value(1)
                          : spelled(pick({"CreateUser", "createuser", "CREATEUSER", "deleteTrail",
                                          "DeleteTrail", "Other", "12345678", "key",
                                          "\xe2\x84\xaa"
                                          "ey"})));
  member("eventSource",
         one_in(6) ? value(1) : spelled(pick({"iam.amazonaws.com", "x.amazonaws.com"})));
  while (one_in(3)) {
    const std::string inner = "{\"type\":" + value(2) + ",\"type\":" + spelled(pick(words)) + "}";
    const std::string issuer =
        "{" + spelled("sessionIssuer") + ":" + inner +
        (one_in(4) ? ",\"sessionIssuer.type\":" + spelled(pick({"Root", "Role"})) : "");
    member("userIdentity",
           "{\"type\":\"Root\",\"sessionContext\":" + issuer +
               (one_in(4) ? ",\"sessionIssuer\":" + value(2) : "") + "}" +
               (one_in(4) ? ",\"sessionContext\":" + value(2) : "") +
               (one_in(8) ? ",\"sessionContext.sessionIssuer.type\":\"Root\"" : "") + "}");
  }
  for (std::uint64_t i = random_() % 7; i > 0; --i) {
    member(pick({"a", "a.b", "list", "requestParameters", "eventName", "userIdentity",
                 "userIdentity", "userIdentity.type", "errorCode", "errorMessage", "userAgent",
                 "CommandLine", "Image", "Image.of"}),
           value(0));
  }
  return out + "}";
}

}  // namespace trailbell::test

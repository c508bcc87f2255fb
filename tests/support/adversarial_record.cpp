#include "support/adversarial_corpus.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell::test {
namespace {

constexpr std::array near_misses{"GetPolicy",
                                 "ListPolicies",
                                 "createpolicy",
                                 "CreatePolicyX",
                                 "XCreatePolicy",
                                 "CreatePolicy ",
                                 "PutRolePolicyVersion",
                                 "DeletePolicyVersio",
                                 "CreatePolicyversion",
                                 "PutBucketPolicy",
                                 "AttachPolicy",
                                 "UpdateRolePolicy",
                                 "Policy",
                                 "DetachRolePolicies",
                                 "",
                                 "AssumeRole",
                                 "PutObject",
                                 "ConsoleLogin",
                                 "DescribeInstances",
                                 "GetRolePolicy"};

// Pieces that look like structure, like names, or like the end of something.
constexpr std::array hostile_pieces{"\"eventName\":\"CreatePolicy\"",
                                    "CreatePolicy",
                                    "\"PutRolePolicy\"",
                                    "Insight\"",
                                    "AwsCloudTrailInsight",
                                    "{",
                                    "}",
                                    "]",
                                    "\"",
                                    "\\",
                                    "\\\\",
                                    "\\\"",
                                    "\\u0050olicy",
                                    "\n",
                                    "\r\n{",
                                    "\t",
                                    "\x7f",
                                    "\xc3\xa9",
                                    "\xf0\x9f\x98\x80",
                                    "\xe2\x80\xae",
                                    "Policy\"",
                                    "},{",
                                    "a long stretch of ordinary text that fills most of a block.",
                                    "arn:aws:iam::aws:policy/AdministratorAccess"};

void append_utf16_escape(unsigned unit, bool upper, std::string& out) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), upper ? "\\u%04X" : "\\u%04x", unit);
  out += text.data();
}

unsigned utf8_length(unsigned char first) {
  return first < 0x80U ? 1 : first < 0xe0U ? 2 : first < 0xf0U ? 3 : 4;
}

char32_t utf8_value(const std::string& text, std::size_t at, unsigned length) {
  const auto first = static_cast<unsigned char>(text[at]);
  char32_t value = length == 1 ? first : first & (0x7fU >> length);
  for (unsigned i = 1; i < length; ++i) {
    value = value << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
  }
  return value;
}

}  // namespace

// ---- spelling ----------------------------------------------------------------------------------

std::string adversarial_corpus::space() {
  switch (layout_) {
    case layout::compact:
      return "";
    case layout::spaced:
      return std::string(below(3), one_in(4) ? '\t' : ' ');
    case layout::pretty:
      break;
  }
  return one_in(5)
             ? ""
             : (one_in(8) ? "\r\n" : "\n") + std::string(static_cast<std::size_t>(indent_), ' ');
}

std::string adversarial_corpus::line_end() {
  return one_in(6) ? "\r\n" : "\n";
}

// A JSON string. Any character may come escaped; those that must, do.
std::string adversarial_corpus::quoted(const std::string& text) {
  const bool all_escaped = one_in(40);
  const bool some_escaped = one_in(8);
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const unsigned length = utf8_length(static_cast<unsigned char>(text[at]));
    const char32_t value = utf8_value(text, at, length);
    const char c = text[at];
    if (all_escaped || (some_escaped && one_in(6)) || value < 0x20) {
      if (value >= 0x10000) {
        append_utf16_escape(0xd800U + ((value - 0x10000U) >> 10U), one_in(2), out);
        append_utf16_escape(0xdc00U + ((value - 0x10000U) & 0x3ffU), one_in(2), out);
      } else if (c == '\n' && one_in(2)) {
        out += "\\n";
      } else {
        append_utf16_escape(value, one_in(2), out);
      }
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '/' && one_in(4)) {
      out += "\\/";
    } else {
      out += text.substr(at, length);
    }
    at += length;
  }
  return out + '"';
}

std::string adversarial_corpus::object(const members& all) {
  std::string out = "{";
  indent_ += 2;
  for (std::size_t i = 0; i < all.size(); ++i) {
    out += (i == 0 ? "" : ",") + space();
    out += quoted(all[i].first);
    out += (layout_ == layout::compact ? "" : space()) + ":" + space() + all[i].second;
    out += layout_ == layout::spaced ? space() : "";
  }
  indent_ -= 2;
  return out + space() + "}";
}

std::string adversarial_corpus::array(const std::vector<std::string>& elements) {
  std::string out = "[";
  for (std::size_t i = 0; i < elements.size(); ++i) {
    out += (i == 0 ? "" : ",") + space() + elements[i] + space();
  }
  return out + space() + "]";
}

// ---- records -----------------------------------------------------------------------------------

std::string adversarial_corpus::hostile_text() {
  std::string text;
  const std::uint64_t pieces = one_in(50) ? 400 : below(6);
  for (std::uint64_t i = 0; i < pieces; ++i) {
    text += pick(hostile_pieces);
  }
  if (one_in(20)) {
    text.append(below(80), '\\');
  }
  return text;
}

std::string adversarial_corpus::hostile_value(int depth) {
  switch (below(depth > 4 ? 4 : 7)) {
    case 0:
      return quoted(hostile_text());
    case 1:
      return one_in(2) ? "true" : "false";
    case 2:
      return one_in(2) ? "null" : std::to_string(below(1'000'000));
    case 3:
      return quoted(std::string{pick(detect::iam_policy_events)});
    case 4:
      return array({hostile_value(depth + 1), hostile_value(depth + 1)});
    case 5:
      return "{}";
    default:
      return object({{"eventName", quoted(std::string{pick(detect::iam_policy_events)})},
                     {"Records", array({"{}", hostile_value(depth + 1)})},
                     {"eventType", quoted("AwsCloudTrailInsight")},
                     {"eventID", hostile_value(depth + 1)}});
  }
}

std::string adversarial_corpus::policy_document() {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:CreatePolicy",)"
         R"("Resource":"*","eventName":"CreatePolicy"}]})";
}

std::string adversarial_corpus::identity() {
  return object(
      {{"type", quoted("AssumedRole")},
       {"arn", quoted("arn:aws:sts::111122223333:assumed-role/Admin/alice")},
       {"sessionContext", object({{"attributes", object({{"mfaAuthenticated", quoted("false")}})},
                                  {"eventName", quoted("DeletePolicy")}})}});
}

std::string adversarial_corpus::parameters() {
  members all{{"policyDocument", quoted(policy_document())},
              {"policyArn", quoted("arn:aws:iam::aws:policy/ReadOnlyAccess")}};
  if (one_in(3)) {
    all.emplace_back("eventName", quoted(event_name()));
  }
  if (one_in(3)) {
    all.emplace_back(hostile_text(), hostile_value(0));
  }
  if (one_in(500)) {
    std::string deep;
    for (int i = 0; i < 200; ++i) {
      deep += i % 2 == 0 ? R"({"eventName":)" : "[";
    }
    deep += "\"CreatePolicy\"";
    for (int i = 199; i >= 0; --i) {
      deep += i % 2 == 0 ? '}' : ']';
    }
    all.emplace_back("deep", deep);
  }
  if (one_in(3000)) {
    all.emplace_back("large", quoted(std::string(300'000, 'x') + "\"CreatePolicy\""));
  }
  std::shuffle(all.begin(), all.end(), random_);
  return object(all);
}

std::string adversarial_corpus::event_name() {
  return one_in(3) ? std::string{pick(detect::iam_policy_events)} : std::string{pick(near_misses)};
}

// Members that repeat, are of other types than documented, or are nobody's.
void adversarial_corpus::add_oddities(members& all) {
  if (one_in(12)) {
    all.emplace_back("eventName", quoted(event_name()));
  }
  if (one_in(20)) {
    all.emplace_back("eventName",
                     pick(std::array{"null", "17", "{}", "[\"CreatePolicy\"]", "\"\""}));
  }
  if (one_in(20)) {
    all.emplace_back("eventID", pick(std::array{"null", "17", "{\"a\":\"CreatePolicy\"}"}));
  }
  if (one_in(6)) {
    all.emplace_back("insightDetails", object({{"eventName", quoted("CreatePolicy")},
                                               {"insightType", quoted("ApiCallRateInsight")}}));
  }
  if (one_in(25)) {
    all.emplace_back("eventType", quoted("AwsCloudTrailInsight"));
  }
  if (one_in(25)) {
    all.emplace_back("eventCategory", quoted(one_in(2) ? "Insight" : "Management"));
  }
  if (one_in(4)) {
    all.emplace_back("additionalEventData", hostile_value(0));
  }
}

std::string adversarial_corpus::record_in(layout how) {
  const layout before = std::exchange(layout_, how);
  members all{{"eventVersion", quoted("1.08")},
              {"userIdentity", identity()},
              {"eventTime", quoted("2026-03-04T05:06:07Z")},
              {"eventSource", quoted(one_in(8) ? "s3.amazonaws.com" : "iam.amazonaws.com")},
              {"eventName", quoted(event_name())},
              {"awsRegion", quoted("us-east-1")},
              {"userAgent", quoted(hostile_text())},
              {"requestParameters", parameters()},
              {"responseElements", one_in(2) ? "null" : hostile_value(0)},
              {"eventID", quoted("id-" + std::to_string(random_()))}};
  if (one_in(12)) {
    all.erase(all.begin() + 9);
  }
  if (one_in(30)) {
    all.erase(all.begin() + 4);
  }
  add_oddities(all);
  if (one_in(2)) {
    std::shuffle(all.begin(), all.end(), random_);
  }
  std::string text = object(all);
  layout_ = before;
  return text;
}

std::string adversarial_corpus::record() {
  return record_in(one_in(3) ? layout::spaced : layout::compact);
}

std::vector<std::string> adversarial_corpus::several_records(layout how) {
  std::vector<std::string> records(1 + below(one_in(10) ? 120 : 12));
  for (std::string& r : records) {
    r = record_in(how);
  }
  return records;
}

std::string adversarial_corpus::lines_of(const std::vector<std::string>& lines) {
  std::string text = one_in(10) ? line_end() : "";
  for (const std::string& line : lines) {
    text += (one_in(20) ? " " : "") + line + (one_in(20) ? " " : "") + line_end();
    text += one_in(20) ? line_end() : "";
  }
  if (one_in(3)) {
    text.resize(text.find_last_not_of("\r\n") + 1);
  }
  return text;
}

}  // namespace trailbell::test

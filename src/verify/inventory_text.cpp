#include "verify/inventory_text.hpp"

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::verify {
namespace {

void member(std::string_view key, std::string& out) {
  out += out.ends_with('{') ? "" : ",\n";
  append_json_text(key, out);
  out += ": ";
}

std::string_view key_of(listing_state state) {
  switch (state) {
    case listing_state::complete:
      return "complete";
    case listing_state::absent:
      return "absent";
    case listing_state::denied:
      return "denied";
    case listing_state::failed:
    case listing_state::not_asked:
      break;
  }
  return "failed";
}

}  // namespace

std::string json_of(const call_answer& answer) {
  std::string out = "{";
  append_json_text(key_of(answer.state), out);
  out += ": ";
  if (answer.state != listing_state::complete) {
    append_json_text(answer.error, out);
  } else if (answer.pages.size() == 1) {
    out += answer.pages.front();
  } else {
    out.push_back('[');
    for (const std::string& page : answer.pages) {
      out += (out.ends_with('[') ? "" : ",\n") + page;
    }
    out.push_back(']');
  }
  return out + "}";
}

void region_text::put(std::string_view section, std::string_view call, const std::string& thing,
                      const call_answer& answer) {
  sections_[std::string{section}][std::string{call}][thing] = json_of(answer);
}

void region_text::drop(std::string_view section, std::string_view call, const std::string& thing) {
  const auto of = sections_.find(std::string{section});
  if (of != sections_.end()) {
    auto& things = of->second[std::string{call}];
    things.erase(thing);
    if (things.empty()) {
      of->second.erase(std::string{call});
    }
    if (of->second.empty()) {
      sections_.erase(of);
    }
  }
}

std::string region_text::json() const {
  std::string out = "{";
  for (const auto& [section, calls] : sections_) {
    member(section, out);
    out.push_back('{');
    for (const auto& [call, things] : calls) {
      member(call, out);
      const auto single = things.find("");
      if (single != things.end()) {
        out += single->second;
        continue;
      }
      out.push_back('{');
      for (const auto& [thing, answer] : things) {
        member(thing, out);
        out += answer;
      }
      out.push_back('}');
    }
    out.push_back('}');
  }
  return out + "}";
}

std::string inventory_text(const std::string& account, std::int64_t taken_at,
                           const std::map<std::string, std::string>& regions,
                           const std::string& siem) {
  std::string out = "{\"trailbell_inventory\": 1";
  member("account_id", out);
  append_json_text(account, out);
  member("taken_at", out);
  append_json_text(format_rfc3339(taken_at), out);
  member("regions", out);
  out.push_back('{');
  for (const auto& [region, answers] : regions) {
    member(region, out);
    out += answers;
  }
  out.push_back('}');
  if (!siem.empty()) {
    member("siem", out);
    out += siem;
  }
  return out + "}\n";
}

}  // namespace trailbell::verify

// Which management events a trail's selectors let through: CloudTrail User Guide, "Logging
// management events" and "Filtering events by using advanced event selectors".
#include <algorithm>
#include <array>

#include "verify/trail_link.hpp"

namespace trailbell::verify {
namespace {

struct call {
  std::string_view source;  // empty: of any service
  std::string_view name;    // empty: of any name
  bool read_only;
};

bool has(const texts& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

reach classic_reach(const classic_selector& selector, const call& of) {
  if (!selector.management ||
      selector.read_write_type == (of.read_only ? "WriteOnly" : "ReadOnly")) {
    return reach::none;
  }
  if (of.source.empty()) {
    return selector.excluded_sources.empty() ? reach::all : reach::some;
  }
  return has(selector.excluded_sources, of.source) ? reach::none : reach::all;
}

// One field against a value that is known.
bool passes(const field_selector& field, std::string_view value) {
  const auto starts = [value](const std::string& one) { return value.starts_with(one); };
  const auto ends = [value](const std::string& one) { return value.ends_with(one); };
  const auto none_of = [](const texts& all, const auto& test) {
    return std::none_of(all.begin(), all.end(), test);
  };
  const bool wanted = field.equals.empty() && field.starts_with.empty() && field.ends_with.empty();
  const bool some = has(field.equals, value) || !none_of(field.starts_with, starts) ||
                    !none_of(field.ends_with, ends);
  return (wanted || some) && !has(field.not_equals, value) &&
         none_of(field.not_starts_with, starts) && none_of(field.not_ends_with, ends);
}

reach field_reach(const field_selector& field, const call& of) {
  std::string_view value;
  if (field.field == "eventCategory") {
    value = "Management";
  } else if (field.field == "readOnly") {
    value = of.read_only ? "true" : "false";
  } else if (field.field == "eventSource") {
    value = of.source;
  } else if (field.field == "eventName") {
    value = of.name;
  } else if (field.field == "eventType") {
    value = of.source.empty()                     ? ""
            : of.source == "signin.amazonaws.com" ? "AwsConsoleSignIn"
                                                  : "AwsApiCall";
  }
  if (value.empty()) {
    return reach::some;  // depends on the call
  }
  return passes(field, value) ? reach::all : reach::none;
}

reach advanced_reach(const std::vector<field_selector>& fields, const call& of) {
  const bool names_category = std::any_of(fields.begin(), fields.end(), [](const auto& field) {
    return field.field == "eventCategory";
  });
  reach all = names_category ? reach::all : reach::none;
  for (const field_selector& field : fields) {
    all = std::min(all, field_reach(field, of));
  }
  return all;
}

reach call_reach(const event_selectors& selectors, const call& of) {
  if (selectors.classic.empty() && selectors.advanced.empty()) {
    return reach::all;  // a trail without selectors of its own records all management events
  }
  reach best = reach::none;
  for (const classic_selector& selector : selectors.classic) {
    best = std::max(best, classic_reach(selector, of));
  }
  for (const std::vector<field_selector>& fields : selectors.advanced) {
    best = std::max(best, advanced_reach(fields, of));
  }
  return best;
}

}  // namespace

reach recorded(const event_selectors& selectors, const control_scope& scope,
               std::string_view event_name) {
  const reach writes = call_reach(selectors, {scope.source, event_name, false});
  if (!scope.reads) {
    return writes;
  }
  const reach reads = call_reach(selectors, {scope.source, event_name, true});
  return reads == writes ? reads : reach::some;
}

control_scope scope_of(std::string_view control_id) noexcept {
  struct entry {
    std::string_view suffix;
    control_scope scope;
  };
  constexpr auto cis = std::to_array<entry>({
      {"1", {"", true, true}},
      {"2", {"signin.amazonaws.com", false, true}},
      {"3", {"", true, true}},
      {"4", {"iam.amazonaws.com", false, true}},
      {"5", {"cloudtrail.amazonaws.com", false, false}},
      {"6", {"signin.amazonaws.com", false, true}},
      {"7", {"kms.amazonaws.com", false, false}},
      {"8", {"s3.amazonaws.com", false, false}},
      {"9", {"config.amazonaws.com", false, false}},
      {"10", {"ec2.amazonaws.com", false, false}},
      {"11", {"ec2.amazonaws.com", false, false}},
      {"12", {"ec2.amazonaws.com", false, false}},
      {"13", {"ec2.amazonaws.com", false, false}},
      {"14", {"ec2.amazonaws.com", false, false}},
      {"15", {"organizations.amazonaws.com", false, true}},
  });
  constexpr std::string_view cis_prefix = "cis-4.";
  constexpr std::string_view hub_prefix = "securityhub-cloudwatch-";
  std::string_view number;
  if (control_id.starts_with(cis_prefix)) {
    number = control_id.substr(cis_prefix.size());
  } else if (control_id.starts_with(hub_prefix)) {
    number = control_id.substr(hub_prefix.size());
    number = number == "1" ? "3" : number == "2" ? "1" : number == "3" ? "2" : number;
  }
  for (const entry& one : cis) {
    if (one.suffix == number) {
      return one.scope;
    }
  }
  return {"", true, true};
}

}  // namespace trailbell::verify

// Reports as findings: OCSF's Compliance Finding and Security Hub's format. Source: schema.ocsf.io
// 1.5.0, class 2003; AWS, "AWS Security Finding Format" and its required members and lengths.
#include <algorithm>
#include <set>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/verify/report.hpp"

namespace trailbell::verify {
namespace {

constexpr std::string_view cis = "CIS AWS Foundations Benchmark";
constexpr std::string_view hub_prefix = "securityhub-cloudwatch-";
// Characters that Security Hub takes; what is longer is refused, so it is cut.
constexpr std::size_t title_max = 256;
constexpr std::size_t description_max = 1024;
constexpr std::size_t recommendation_max = 512;

// Writes `{"name":value,...}`; end() closes it.
class object {
 public:
  explicit object(std::string& out) : out_{out} { out_.push_back('{'); }
  std::string& raw(std::string_view name) {
    out_ += first_ ? "" : ",";
    first_ = false;
    append_json_text(name, out_);
    out_.push_back(':');
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_json_text(value, raw(name)); }
  void number(std::string_view name, std::int64_t value) { raw(name) += std::to_string(value); }
  void list(std::string_view name, const std::vector<std::string>& values) {
    raw(name).push_back('[');
    for (const std::string& value : values) {
      out_ += out_.ends_with('[') ? "" : ",";
      append_json_text(value, out_);
    }
    out_.push_back(']');
  }
  void end() { out_.push_back('}'); }

 private:
  std::string& out_;
  bool first_ = true;
};

struct captioned {
  int id;
  std::string_view caption;
};
void append_enum(object& o, const std::string& id_name, std::string_view name, captioned value) {
  o.number(id_name, value.id);
  o.text(name, value.caption);
}

// At most so many bytes, which are no fewer than characters, and no half of one.
std::string cut(const std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) {
    return text;
  }
  std::size_t end = bytes_max - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) {
    --end;
  }
  return text.substr(0, end) + "...";
}

bool of_security_hub(const control_verdict& control) {
  return control.control.starts_with(hub_prefix);
}

std::string requirement_of(const control_verdict& control) {
  return of_security_hub(control) ? "CloudWatch." + control.control.substr(hub_prefix.size())
         : control.control.starts_with("cis-") ? control.control.substr(4)
                                               : control.control;
}

std::string standard_of(const control_verdict& control) {
  return of_security_hub(control) ? "AWS Security Hub controls" : std::string{cis};
}

std::string title_of(const control_verdict& control) {
  const std::string what = control.is == verdict::present   ? "rings somebody"
                           : control.is == verdict::missing ? "rings nobody"
                                                            : "may ring nobody";
  return control.control + ": " + control.title + ": " + what;
}

std::string reason_of(const control_verdict& control) {
  const chain_link* const broken = control.broken();
  if (broken == nullptr) {
    return "The alarm chain is whole, from the trail to whoever is told.";
  }
  std::string text{name_of(broken->link)};
  std::replace(text.begin(), text.end(), '_', ' ');
  return text + (broken->resource.empty() ? "" : " " + broken->resource) + ": " + broken->reason +
         ".";
}

struct place {
  std::string partition = "aws", region = "us-east-1";
};
// Where the chain is, as far as it is known.
place place_of(const control_verdict& control) {
  for (const chain_link& link : control.links) {
    const arn_parts parts = split_arn(link.resource);
    if (!parts.region.empty()) {
      return {std::string{parts.partition}, std::string{parts.region}};
    }
  }
  return {};
}

std::string_view kind_of(link_kind link) {
  switch (link) {
    case link_kind::trail:
      return "AwsCloudTrailTrail";
    case link_kind::alarm:
      return "AwsCloudWatchAlarm";
    case link_kind::action:
      return "AwsSnsTopic";
    default:
      return "Other";
  }
}

// Each once, in chain order; of an action that is no topic the type is not known.
template <class Look>
void each_resource(const control_verdict& control, Look look) {
  std::set<std::string_view> seen;
  for (const chain_link& link : control.links) {
    if (link.resource.empty() || !seen.insert(link.resource).second) {
      continue;
    }
    const bool topic = split_arn(link.resource).service == "sns";
    look(link.resource, link.link == link_kind::action && !topic ? "Other" : kind_of(link.link));
  }
}

std::string finding_id(const chain_report& report, const control_verdict& control) {
  return "trailbell/" + report.account_id + "/" + control.control;
}

captioned compliance_of(verdict is) {
  return is == verdict::present   ? captioned{1, "Pass"}
         : is == verdict::missing ? captioned{3, "Fail"}
                                  : captioned{2, "Warning"};
}
captioned severity_of(verdict is) {
  return is == verdict::present   ? captioned{1, "Informational"}
         : is == verdict::missing ? captioned{4, "High"}
                                  : captioned{3, "Medium"};
}

void append_metadata(const chain_report& report, const control_verdict& control, object& o) {
  object metadata{o.raw("metadata")};
  metadata.text("version", "1.5.0");
  object product{metadata.raw("product")};
  product.text("name", "trailbell");
  product.text("vendor_name", "trailbell");
  product.text("version", TRAILBELL_VERSION);
  product.end();
  metadata.list("profiles", {"cloud"});
  metadata.text("uid", finding_id(report, control) + "/" + format_rfc3339(report.checked_at));
  metadata.end();
}

void append_cloud(const chain_report& report, const place& where, object& o) {
  object cloud{o.raw("cloud")};
  cloud.text("provider", "AWS");
  object account{cloud.raw("account")};
  account.text("uid", report.account_id);
  append_enum(account, "type_id", "type", {10, "AWS Account"});
  account.end();
  cloud.text("region", where.region);
  cloud.end();
}

void append_compliance(const control_verdict& control, object& o) {
  object compliance{o.raw("compliance")};
  append_enum(compliance, "status_id", "status", compliance_of(control.is));
  compliance.text("control", control.control);
  compliance.list("standards", {standard_of(control)});
  compliance.list("requirements", {requirement_of(control)});
  std::vector<std::string> details;
  for (const chain_link& link : control.links) {
    details.push_back(std::string{name_of(link.link)} + " " + std::string{name_of(link.is)} + ": " +
                      (link.resource.empty() ? "" : link.resource + ": ") + link.reason);
  }
  compliance.list("status_details", details);
  compliance.end();
}

std::string ocsf_of(const chain_report& report, const control_verdict& control) {
  std::string out;
  object o{out};
  append_enum(o, "activity_id", "activity_name", {1, "Create"});
  append_enum(o, "category_uid", "category_name", {2, "Findings"});
  append_enum(o, "class_uid", "class_name", {2003, "Compliance Finding"});
  append_enum(o, "type_uid", "type_name", {200301, "Compliance Finding: Create"});
  append_enum(o, "severity_id", "severity", severity_of(control.is));
  append_enum(o, "status_id", "status",
              control.is == verdict::present ? captioned{4, "Resolved"} : captioned{1, "New"});
  o.number("time", report.checked_at / 1'000'000);
  o.text("message", reason_of(control));
  append_metadata(report, control, o);
  object finding{o.raw("finding_info")};
  finding.text("uid", finding_id(report, control));
  finding.text("title", title_of(control));
  finding.list("types", {"Alarm chain"});
  finding.list("data_sources", {"AWS configuration"});
  finding.number("created_time", report.checked_at / 1'000'000);
  finding.end();
  const place where = place_of(control);
  append_cloud(report, where, o);
  append_compliance(control, o);
  if (const std::string remedies = control.remedies(); !remedies.empty()) {
    object remediation{o.raw("remediation")};
    remediation.text("desc", remedies);
    remediation.end();
  }
  std::string resources;
  each_resource(control, [&](const std::string& id, std::string_view kind) {
    resources += resources.empty() ? "" : ",";
    object resource{resources};
    resource.text("uid", id);
    resource.text("type", kind);
    resource.text("region", where.region);
    resource.text("cloud_partition", where.partition);
    resource.end();
  });
  if (!resources.empty()) {
    o.raw("resources") += "[" + resources + "]";
  }
  o.end();
  return out + "\n";
}

void append_asff_compliance(const control_verdict& control, object& o) {
  object compliance{o.raw("Compliance")};
  compliance.text("Status", control.is == verdict::present   ? "PASSED"
                            : control.is == verdict::missing ? "FAILED"
                                                             : "NOT_AVAILABLE");
  compliance.list("RelatedRequirements", {standard_of(control) + " " + requirement_of(control)});
  compliance.end();
}

void append_asff_resources(const chain_report& report, const control_verdict& control,
                           const place& where, object& o) {
  std::string resources;
  const auto add = [&](const std::string& id, std::string_view kind) {
    resources += resources.empty() ? "" : ",";
    object resource{resources};
    resource.text("Type", kind);
    resource.text("Id", cut(id, 512));
    resource.text("Partition", where.partition);
    resource.text("Region", where.region);
    resource.end();
  };
  each_resource(control, add);
  if (resources.empty()) {  // one is wanted
    add("AWS::::Account:" + report.account_id, "AwsAccount");
  }
  o.raw("Resources") += "[" + resources + "]";
}

std::string asff_of(const chain_report& report, const control_verdict& control) {
  const place where = place_of(control);
  const std::string time = format_rfc3339(report.checked_at);
  std::string out;
  object o{out};
  o.text("SchemaVersion", "2018-10-08");
  o.text("Id", finding_id(report, control));
  o.text("ProductArn", "arn:" + where.partition + ":securityhub:" + where.region + ":" +
                           report.account_id + ":product/" + report.account_id + "/default");
  o.text("GeneratorId", "trailbell/" + control.control);
  o.text("AwsAccountId", report.account_id);
  o.list("Types", {"Software and Configuration Checks/Industry and Regulatory Standards"});
  o.text("CreatedAt", time);
  o.text("UpdatedAt", time);
  object severity{o.raw("Severity")};
  severity.text("Label", control.is == verdict::present   ? "INFORMATIONAL"
                         : control.is == verdict::missing ? "HIGH"
                                                          : "MEDIUM");
  severity.end();
  o.text("Title", cut(title_of(control), title_max));
  o.text("Description", cut(reason_of(control), description_max));
  if (const std::string remedies = control.remedies(); !remedies.empty()) {
    object remediation{o.raw("Remediation")};
    object recommendation{remediation.raw("Recommendation")};
    recommendation.text("Text", cut(remedies, recommendation_max));
    recommendation.end();
    remediation.end();
  }
  append_asff_resources(report, control, where, o);
  append_asff_compliance(control, o);
  object workflow{o.raw("Workflow")};
  workflow.text("Status", control.is == verdict::present ? "RESOLVED" : "NEW");
  workflow.end();
  o.text("RecordState", "ACTIVE");
  o.end();
  return out;
}

}  // namespace

std::string to_ocsf(const chain_report& report) {
  std::string out;
  for (const control_verdict& control : report.controls) {
    out += ocsf_of(report, control);
  }
  return out;
}

std::string to_asff(const chain_report& report) {
  std::string out = "[";
  for (const control_verdict& control : report.controls) {
    out += (out.ends_with('[') ? "\n" : ",\n") + asff_of(report, control);
  }
  return out + "\n]\n";
}

}  // namespace trailbell::verify

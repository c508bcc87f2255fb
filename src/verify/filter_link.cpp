#include "verify/filter_link.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "trailbell/base/text.hpp"
#include "verify/link_text.hpp"

namespace trailbell::verify {
namespace {

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool sound = got.ec == std::errc{} && got.ptr == text.data() + text.size();
  return sound ? std::optional{value} : std::nullopt;
}

// Does a transformer leave what patterns read as it is? Unknown processors: nothing.
std::optional<bool> leaves_records_alone(const std::vector<transformer_step>& steps) {
  constexpr auto harmless =
      std::to_array<std::string_view>({"parseJSON", "addKeys", "copyValue", "dateTimeConverter"});
  constexpr auto rewriting = std::to_array<std::string_view>(
      {"parseToOCSF", "csv", "grok", "parseVPC", "parseWAF", "parseRoute53", "parsePostgres",
       "parseCloudfront", "parseKeyValue"});
  constexpr auto read = std::to_array<std::string_view>(
      {"eventName", "eventSource", "errorCode", "errorMessage", "userIdentity"});
  bool certain = true;
  for (const transformer_step& step : steps) {
    if (std::find(rewriting.begin(), rewriting.end(), step.processor) != rewriting.end()) {
      return false;
    }
    const bool plain =
        std::find(harmless.begin(), harmless.end(), step.processor) != harmless.end() &&
        !step.overwrites;
    for (const std::string& text : step.mentioned) {
      const std::string_view top = std::string_view{text}.substr(0, text.find('.'));
      if (!plain && std::find(read.begin(), read.end(), top) != read.end()) {
        return false;
      }
    }
    certain = certain && plain;
  }
  return certain ? std::optional{true} : std::nullopt;
}

class filter_judge {
 public:
  filter_judge(const region_inventory& region, const std::string& where,
               const metric_filter& filter)
      : region_{region}, where_{where}, filter_{filter} {}

  judged_filter judge() {
    judged_filter out;
    auto parsed = detect::filter_pattern::parse(filter_.pattern);
    if (!parsed) {
      out.link = undetermined(
          link_kind::metric_filter, resource_of(filter_),
          "its pattern is not one that is understood here: " + parsed.failure().message());
      return out;
    }
    out.pattern = std::move(parsed.value());
    const std::optional<double> value = number_of(filter_.metric_value);
    out.value = value.value_or(0);
    out.link = judge_settings(value);
    return out;
  }

 private:
  [[nodiscard]] chain_link fault(std::string reason) const {
    return missing(link_kind::metric_filter, resource_of(filter_), std::move(reason),
                   put_filter_command(where_, filter_));
  }

  chain_link judge_settings(const std::optional<double>& value) const {
    if (filter_.metric_name.empty()) {
      return fault("it publishes no metric");
    }
    if (!value) {
      return fault(filter_.metric_value.starts_with('$')
                       ? "its metric value is " + filter_.metric_value +
                             ", which is no number in a CloudTrail record: nothing is published"
                       : "its metric value " + in_quotes(filter_.metric_value) + " is no number");
    }
    if (!filter_.dimensions.empty()) {
      return fault("its metric has dimensions (" + comma_separated(filter_.dimensions) +
                   "), so each value is a metric of its own, and an alarm sees one of them");
    }
    if (!filter_.system_dimensions.empty()) {
      return fault("it emits dimensions (" + comma_separated(filter_.system_dimensions) +
                   "), so each account or region is a metric of its own, and an alarm sees one of "
                   "them");
    }
    if (!filter_.field_selection.empty()) {
      return fault("it counts only records for which " + filter_.field_selection);
    }
    return filter_.on_transformed_logs ? judge_transformer() : sound();
  }

  [[nodiscard]] chain_link judge_transformer() const {
    const auto at = region_.transformers.find(filter_.log_group);
    const bool asked = at != region_.transformers.end();
    if (asked && at->second.state == listing_state::absent) {
      return sound();
    }
    if (!asked || !at->second.complete()) {
      return cannot_tell(link_kind::metric_filter, resource_of(filter_),
                         "it reads transformed logs, and GetTransformer", "logs:GetTransformer",
                         asked ? listing{at->second} : listing{});
    }
    const std::optional<bool> alone = leaves_records_alone(at->second.value);
    if (!alone) {
      return undetermined(link_kind::metric_filter, resource_of(filter_),
                          "it reads transformed logs, and what the transformer makes of a record "
                          "is not followed here; put the filter on the original logs");
    }
    return *alone ? sound()
                  : fault(
                        "it reads transformed logs, and the transformer rewrites what the "
                        "pattern reads");
  }

  [[nodiscard]] chain_link sound() const {
    return present(link_kind::metric_filter, resource_of(filter_),
                   "publishes " + filter_.metric_value + " to " + filter_.metric_namespace + " " +
                       filter_.metric_name +
                       (filter_.default_value ? ", and " + number_text(*filter_.default_value) +
                                                    " for each record that does not match"
                                              : std::string{}));
  }

  const region_inventory& region_;
  const std::string& where_;
  const metric_filter& filter_;
};

}  // namespace

std::string resource_of(const metric_filter& filter) {
  return filter.log_group + ":" + filter.name;
}

judged_filter judge_filter(const region_inventory& region, const std::string& where,
                           const metric_filter& filter) {
  return filter_judge{region, where, filter}.judge();
}

std::string put_filter_command(const std::string& region, const metric_filter& like) {
  return "aws logs put-metric-filter --region " + shell_quoted(region) + " --log-group-name " +
         shell_quoted(like.log_group) + " --filter-name " + shell_quoted(like.name) +
         " --filter-pattern=" + shell_quoted(like.pattern) + " --metric-transformations " +
         shell_quoted("metricName=" + like.metric_name +
                      ",metricNamespace=" + like.metric_namespace + ",metricValue=1");
}

}  // namespace trailbell::verify

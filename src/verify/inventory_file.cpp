#include "trailbell/verify/inventory_file.hpp"

#include <algorithm>
#include <array>

#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "verify/answer_fields.hpp"
#include "verify/answer_readers.hpp"

namespace trailbell::verify {
namespace {

constexpr std::int64_t format_version = 1;

struct ending {
  std::string_view key;
  listing_state state;
};
constexpr auto endings = std::to_array<ending>({{"complete", listing_state::complete},
                                                {"absent", listing_state::absent},
                                                {"denied", listing_state::denied},
                                                {"failed", listing_state::failed}});

class file_reader {
 public:
  file_reader(std::vector<answer_problem>& problems, inventory& out) : in_{problems}, out_{out} {}

  void read(const located& root) {
    if (!in_.is(root, json_kind::object)) {
      return;
    }
    only(root, {"trailbell_inventory", "account_id", "taken_at", "regions", "comment"});
    if (in_.whole(root, "trailbell_inventory") != format_version) {
      in_.say(root.path, "this is no inventory of version 1",
              "begin it with \"trailbell_inventory\": 1; deploy/inventory.md has the format");
      return;
    }
    out_.account_id = in_.text(root, "account_id");
    const std::optional<std::int64_t> taken_at = in_.time(root, "taken_at");
    if (out_.account_id.empty() || !taken_at) {
      in_.say(root.path, "account_id and taken_at say whose inventory this is, and of when",
              "add them: \"account_id\": \"111122223333\", \"taken_at\": \"2026-03-04T05:06:07Z\"");
    }
    out_.taken_at = taken_at.value_or(0);
    if (!in_.find(root, "regions")) {
      in_.say(root.path, "there are no regions", "add \"regions\": {\"us-east-1\": {...}}");
    }
    in_.each(root, "regions", [this](const located& region) {
      if (in_.is(region, json_kind::object)) {
        read_region(region, out_.regions[std::string{region.value.key()}]);
      }
    });
  }

 private:
  void only(const located& object, std::vector<std::string_view> known) {
    for (const json_value member : object.value) {
      if (std::find(known.begin(), known.end(), member.key()) != known.end()) {
        continue;
      }
      json_path path = object.path;
      path.emplace_back(std::string{member.key()});
      in_.say(path, "an unknown key " + in_quotes(member.key()),
              "known here are " + comma_separated(known));
    }
  }

  // Of a section that is there, the calls.
  std::optional<located> section(const located& region, std::string_view name,
                                 std::vector<std::string_view> calls) {
    const std::optional<located> found = in_.find(region, name);
    if (!found || !in_.is(*found, json_kind::object)) {
      return std::nullopt;
    }
    only(*found, std::move(calls));
    return found;
  }

  bool is_cut(const located& page) {
    return in_.find(page, "NextToken") || in_.find(page, "nextToken");
  }

  // How an answer ended; `look` sees each page of one that is complete.
  template <class Look>
  void read_listing(const located& of, listing& out, Look look) {
    if (!in_.is(of, json_kind::object)) {
      return;
    }
    only(of, {"complete", "absent", "denied", "failed"});
    if (of.value.size() != 1) {
      in_.say(of.path, to_text(of.path) + " has to say how it ended, once",
              "write {\"complete\": AWS's answer}, {\"denied\": \"the error\"}, {\"failed\": "
              "\"the error\"} or {\"absent\": \"the error\"}");
      return;
    }
    for (const ending& how : endings) {
      const std::optional<located> answer = in_.find(of, how.key);
      if (!answer) {
        continue;
      }
      out.state = how.state;
      if (how.state != listing_state::complete) {
        out.error = in_.text(of, how.key);
      } else if (answer->value.is(json_kind::array)) {
        read_pages(*answer, out, look);
      } else if (in_.is(*answer, json_kind::object)) {
        look(*answer);
        cut_off(out, is_cut(*answer));
      }
    }
  }

  template <class Look>
  void read_pages(const located& pages, listing& out, Look look) {
    std::size_t index = 0;
    bool cut = true;
    for (const json_value value : pages.value) {
      located page{value, pages.path};
      page.path.emplace_back(index++);
      if (in_.is(page, json_kind::object)) {
        look(page);
        cut = is_cut(page);
      }
    }
    cut_off(out, cut);
  }

  static void cut_off(listing& out, bool cut) {
    if (cut) {
      out.state = listing_state::failed;
      out.error = "the last page still has a token for the next one";
    }
  }

  template <class Item>
  void list(const located& section, std::string_view call, listed<Item>& out,
            void (*reader)(answer_fields&, const located&, std::vector<Item>&)) {
    if (const auto found = in_.find(section, call)) {
      read_listing(*found, out, [&](const located& page) { reader(in_, page, out.items); });
    }
  }

  template <class Answer>
  void describe(const located& section, std::string_view call, by_name<Answer>& out,
                void (*reader)(answer_fields&, const located&, Answer&)) {
    const auto found = in_.find(section, call);
    if (!found || !in_.is(*found, json_kind::object)) {
      return;
    }
    in_.each(section, call, [&](const located& of) {
      described<Answer>& one = out[std::string{of.value.key()}];
      read_listing(of, one, [&](const located& page) { reader(in_, page, one.value); });
    });
  }

  void read_region(const located& region, region_inventory& out) {
    only(region, {"cloudtrail", "logs", "cloudwatch", "sns", "kms", "sqs", "events"});
    if (const auto of = section(region, "cloudtrail",
                                {"DescribeTrails", "GetTrailStatus", "GetEventSelectors"})) {
      list(*of, "DescribeTrails", out.trails, read_trails);
      describe(*of, "GetTrailStatus", out.trail_statuses, read_status);
      describe(*of, "GetEventSelectors", out.trail_selectors, read_selectors);
    }
    if (const auto of = section(region, "logs",
                                {"DescribeLogGroups", "DescribeMetricFilters", "GetTransformer"})) {
      list(*of, "DescribeLogGroups", out.log_groups, read_log_groups);
      list(*of, "DescribeMetricFilters", out.metric_filters, read_metric_filters);
      describe(*of, "GetTransformer", out.transformers, read_transformer);
    }
    read_alarm_section(region, out);
    if (const auto of = section(region, "sns",
                                {"ListTopics", "GetTopicAttributes", "ListSubscriptionsByTopic",
                                 "GetSubscriptionAttributes"})) {
      list(*of, "ListTopics", out.topics, read_topics);
      describe(*of, "GetTopicAttributes", out.topic_attributes_of, read_topic);
      describe(*of, "ListSubscriptionsByTopic", out.subscriptions, read_subscriptions);
      describe(*of, "GetSubscriptionAttributes", out.subscription_attributes_of, read_subscription);
    }
    read_other_sections(region, out);
  }

  void read_alarm_section(const located& region, region_inventory& out) {
    const auto of =
        section(region, "cloudwatch", {"DescribeAlarms", "ListAlarmMuteRules", "GetAlarmMuteRule"});
    if (!of) {
      return;
    }
    if (const auto alarms = in_.find(*of, "DescribeAlarms")) {
      read_listing(*alarms, out.alarms,
                   [&](const located& page) { read_alarms(in_, page, out.alarms); });
    }
    list(*of, "ListAlarmMuteRules", out.mute_rules, read_mute_rules);
    describe(*of, "GetAlarmMuteRule", out.mute_rule_targets, read_mute_targets);
  }

  void read_other_sections(const located& region, region_inventory& out) {
    if (const auto of = section(region, "kms", {"GetKeyPolicy", "DescribeKey"})) {
      describe<std::string>(*of, "GetKeyPolicy", out.key_policies,
                            [](answer_fields& in, const located& page, std::string& policy) {
                              policy = in.text(page, "Policy");
                            });
      describe<std::string>(*of, "DescribeKey", out.key_states,
                            [](answer_fields& in, const located& page, std::string& state) {
                              if (const auto key = in.find(page, "KeyMetadata");
                                  key && in.is(*key, json_kind::object)) {
                                state = in.text(*key, "KeyState");
                              }
                            });
    }
    if (const auto of = section(region, "sqs", {"GetQueueAttributes"})) {
      describe<std::string>(*of, "GetQueueAttributes", out.queues,
                            [](answer_fields&, const located&, std::string&) {});
    }
    if (const auto of = section(region, "events", {"ListRules", "ListTargetsByRule"})) {
      list(*of, "ListRules", out.event_rules, read_event_rules);
      describe(*of, "ListTargetsByRule", out.event_targets, read_event_targets);
    }
  }

  answer_fields in_;
  inventory& out_;
};

}  // namespace

arn_parts split_arn(std::string_view arn) noexcept {
  std::array<std::string_view, 6> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t end = i + 1 == parts.size() ? std::string_view::npos : arn.find(':');
    parts[i] = arn.substr(0, end);
    if (end == std::string_view::npos) {
      arn = {};
    } else {
      arn.remove_prefix(end + 1);
    }
  }
  return {parts[1], parts[2], parts[3], parts[4], parts[5]};
}

result<inventory, inventory_problems> read_inventory(const std::string& path,
                                                     std::string_view text) {
  decode::json_reader reader;
  json_tree tree;
  inventory_problems problems;
  if (!reader.read(text, tree)) {
    problems.all.push_back({path, place_at(text, reader.offset()),
                            "this is no JSON document: " + std::string{reader.reason()}, ""});
    return problems;
  }
  std::vector<answer_problem> found;
  inventory out;
  file_reader{found, out}.read({tree.root(), {}});
  for (answer_problem& one : found) {
    problems.all.push_back(
        {path, place_of(text, one.at), std::move(one.what), std::move(one.remedy)});
  }
  if (!problems.all.empty()) {
    return problems;
  }
  return out;
}

}  // namespace trailbell::verify

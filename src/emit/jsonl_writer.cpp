#include <fmt/format.h>

#include <utility>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::emit {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

// Writes `"name":value` with commas where they belong.
class members {
 public:
  explicit members(std::string& out) : out_{out} { out_.push_back('{'); }
  void close() { out_.push_back('}'); }

  std::string& raw(std::string_view name) {
    if (!first_) {
      out_.push_back(',');
    }
    first_ = false;
    out_.push_back('"');
    out_.append(name);
    out_.append("\":");
    return out_;
  }
  // The name is none of ours.
  std::string& escaped(std::string_view name) {
    out_.append(std::exchange(first_, false) ? "" : ",");
    append_json_text(name, out_);
    return out_.append(":");
  }
  void text(std::string_view name, std::string_view value) { append_json_text(value, raw(name)); }
  void optional_text(std::string_view name, const text_view& value) {
    value ? append_json_text(*value, raw(name)) : void(raw(name).append("null"));
  }
  void flag(std::string_view name, std::optional<bool> value) {
    raw(name).append(!value ? "null" : *value ? "true" : "false");
  }
  void list(std::string_view name, std::span<const std::string_view> values) {
    raw(name).push_back('[');
    for (std::size_t i = 0; i < values.size(); ++i) {
      out_.append(i == 0 ? "" : ",");
      append_json_text(values[i], out_);
    }
    out_.push_back(']');
  }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_place(const object_position& place, members& position) {
  switch (place.source) {
    case source_kind::file:
      position.text("source", "file");
      position.text("path", place.name);
      return;
    case source_kind::s3:
      position.text("source", "s3");
      position.text("bucket", place.bucket);
      position.text("key", place.name);
      return;
    case source_kind::kafka:
      position.text("source", "kafka");
      position.text("topic", place.name);
      fmt::format_to(std::back_inserter(position.raw("partition")), "{}", place.partition);
      fmt::format_to(std::back_inserter(position.raw("offset")), "{}", place.offset);
      return;
  }
}

void append_actor(const alert_actor& actor, std::string& out) {
  members m{out};
  m.optional_text("type", actor.type);
  m.optional_text("arn", actor.arn);
  m.optional_text("name", actor.name);
  m.optional_text("session_name", actor.session_name);
  m.optional_text("principal_id", actor.principal_id);
  m.optional_text("account_id", actor.account_id);
  m.optional_text("access_key_id", actor.access_key_id);
  m.optional_text("session_issuer_arn", actor.session_issuer_arn);
  m.flag("mfa_authenticated", actor.mfa_authenticated);
  m.optional_text("invoked_by", actor.invoked_by);
  m.close();
}

void append_target(const alert_target& target, std::string& out) {
  members m{out};
  m.optional_text("policy_arn", target.policy_arn);
  m.optional_text("policy_name", target.policy_name);
  if (target.principal_type) {
    m.text("principal_type", *target.principal_type);
  } else {
    m.optional_text("principal_type", std::nullopt);
  }
  m.optional_text("principal_name", target.principal_name);
  m.close();
}

// The record's own bytes. Line breaks can only stand between tokens of sound JSON.
void append_record(std::string_view record, std::string& out) {
  for (std::size_t at = 0; at < record.size();) {
    const code_point next = decode_utf8(record, at);
    if (next.size == 0) {
      out.append(replacement);
      ++at;
    } else if (next.value == '\n' || next.value == '\r') {
      out.push_back(' ');
      ++at;
    } else {
      out.append(record.substr(at, next.size));
      at += next.size;
    }
  }
}

void append_burst(const alert_burst& burst, members& m) {
  members group{m.raw("group")};
  for (const auto& [field, value] : burst.group) {
    group.escaped(field) += value;
  }
  group.close();
  fmt::format_to(std::back_inserter(m.raw("count")), "{}", burst.count);
  members window{m.raw("window")};
  window.optional_text("from", burst.from);
  window.optional_text("to", burst.to);
  window.close();
  std::string& ids = m.raw("event_ids");
  ids.push_back('[');
  for (const std::optional<std::string>& id : burst.event_ids) {
    ids.append(ids.back() == '[' ? "" : ",");
    id ? append_json_text(*id, ids) : void(ids.append("null"));
  }
  ids.push_back(']');
}

}  // namespace

void append_jsonl(const alert& what, const jsonl_options& options, std::string& out) {
  members m{out};
  m.raw("schema").append("1");
  m.text("alert_id", what.fingerprint);
  m.text("fingerprint", what.fingerprint);
  m.text("rule_id", what.rule.id);
  m.text("rule_title", what.rule.title);
  m.text("severity", to_string(what.level));
  m.optional_text("event_id", what.event_id);
  m.optional_text("event_name", what.event_name);
  m.optional_text("event_source", what.event_source);
  m.optional_text("event_time", what.event_time);
  m.optional_text("aws_region", what.aws_region);
  m.optional_text("account_id", what.account_id);
  m.text("outcome", what.failed ? "failure" : "success");
  m.optional_text("error_code", what.error_code);
  m.optional_text("error_message", what.error_message);
  append_actor(what.actor, m.raw("actor"));
  m.optional_text("source_ip", what.source_ip);
  m.optional_text("user_agent", what.user_agent);
  m.flag("read_only", what.read_only);
  append_target(what.target, m.raw("target"));
  m.list("controls", what.rule.controls);
  m.list("tags", what.rule.tags);
  members position{m.raw("position")};
  append_place(what.place, position);
  fmt::format_to(std::back_inserter(position.raw("record")), "{}", what.record);
  position.close();
  m.text("detected_at", format_rfc3339(what.detected_at_ns));
  if (what.burst) {
    append_burst(*what.burst, m);
  }
  if (options.with_record) {
    if (what.raw_is_json) {
      append_record(what.raw.value_or(""), m.raw("record"));
    } else {
      m.optional_text("record", what.raw);
    }
  }
  m.close();
  out.push_back('\n');
}

}  // namespace trailbell::emit

// Alerts as lines of text. Each function appends one line, with its newline. Pure.
//
// A record's texts come escaped; bytes that are no UTF-8 become U+FFFD.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

enum class alert_format { jsonl, text, ocsf, ecs };

// "jsonl", "text", "ocsf", "ecs"; nothing for another name.
[[nodiscard]] std::optional<alert_format> alert_format_of(std::string_view name);

struct alert_style {
  alert_format format = alert_format::jsonl;
  bool with_record = false;  // not of text
  bool colour = false;       // of text
};
// By one of the functions below.
void append_alert(const alert& what, const alert_style& style, std::string& out);

// One JSON object, schema version 1 (README, "An alert"). `with_record` adds the record as it
// arrived; line breaks between its members become spaces, so that the alert stays one line.
struct jsonl_options {
  bool with_record = false;
};
void append_jsonl(const alert& what, const jsonl_options& options, std::string& out);

// One OCSF Detection Finding (class 2004, activity Create) of schema version 1.5.0, profile cloud.
// `time` is the event's, or the detection's where the record has none that can be read; what the
// class has no place for stands under `unmapped` by the names of jsonl. What is not known is left
// out. `with_record` adds the record as the text `raw_data`. Source: schema.ocsf.io, version 1.5.0.
struct ocsf_options {
  bool with_record = false;
};
void append_ocsf(const alert& what, const ocsf_options& options, std::string& out);

// One document of the Elastic Common Schema, version 8.17: event.kind alert; event.id is that of
// the record, trailbell.alert_id that of the alert; event.severity is 1 (informational) to 5
// (critical). What the schema has no field for stands under `trailbell` by the names of jsonl.
// What is not known is left out. `with_record` adds the record as the text `event.original`.
// Source: ECS field reference, version 8.17.
struct ecs_options {
  bool with_record = false;
};
void append_ecs(const alert& what, const ecs_options& options, std::string& out);

// One aligned line for a person: when, how bad, what, by whom, to what, where. Control, ANSI and
// bidi characters are escaped.
struct text_options {
  bool colour = false;
};
void append_text(const alert& what, const text_options& options, std::string& out);

}  // namespace trailbell::emit

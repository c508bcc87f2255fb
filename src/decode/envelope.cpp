#include "decode/envelope.hpp"

#include <algorithm>
#include <array>

#include "decode/base64.hpp"
#include "decode/envelope_signs.hpp"
#include "decode/json_text.hpp"
#include "decode/object_walker.hpp"

namespace trailbell::decode {
namespace {

enum class shape {
  array_member,
  control,
  nested_object,
  nested_text,
  nested_encoded,
  event_bridge,
  digest,
  notification,
  bare_record,
  none
};

struct verdict {
  shape what;
  std::string_view value = {};  // what is inside, where something is
  array_kind kind = array_kind::wrapped;
};

bool is_control(const signs& s) {
  return s.says(sign::message_type, "CONTROL_MESSAGE") ||
         s.says(sign::type, "SubscriptionConfirmation") ||
         s.says(sign::type, "UnsubscribeConfirmation");
}

bool is_notification(const signs& s) {
  return (s.is(sign::s3, '{') && s.has(sign::event_source)) ||
         s.says(sign::event, "s3:TestEvent") ||
         (s.has(sign::s3_bucket) && s.has(sign::s3_object_key));
}

std::optional<verdict> array_in(const signs& s) {
  constexpr std::array<std::pair<sign, array_kind>, 5> arrays{{
      {sign::log_events, array_kind::log_events},
      {sign::events, array_kind::wrapped},
      {sign::records_firehose, array_kind::wrapped},
      {sign::messages, array_kind::wrapped},
      {sign::events_filtered, array_kind::log_events},
  }};
  for (const auto& [which, kind] : arrays) {
    if (s.is(which, '[')) {
      return verdict{shape::array_member, s.at(which), kind};
    }
  }
  return std::nullopt;
}

// Text in a string, JSON or base64, beside what marks the message that carries it.
std::optional<verdict> text_in(const signs& s) {
  constexpr std::array<sign, 5> plain{sign::cloud_trail_event, sign::body, sign::body_lambda,
                                      sign::message, sign::message_log};
  for (const sign which : plain) {
    if (s.is(which, '"')) {
      return verdict{shape::nested_text, s.at(which)};
    }
  }
  for (const sign which : {sign::data, sign::data_kinesis}) {
    if (s.is(which, '"')) {
      return verdict{shape::nested_encoded, s.at(which)};
    }
  }
  for (const sign which : {sign::value, sign::payload}) {
    if (s.has(sign::topic) && s.is(which, '"')) {
      return verdict{shape::nested_text, s.at(which)};
    }
  }
  return std::nullopt;
}

// A record that has a name is one, whatever else somebody put beside it; but an array of records
// beside it is an envelope's.
bool is_named_record(const signs& s) {
  const std::string_view array = s.at(sign::records);
  const bool holds_objects =
      array.starts_with('[') && array.substr(skip_json_spaces(array, 1)).starts_with('{');
  return s.has(sign::event_name) && s.is_record() && !holds_objects;
}

verdict judge(const signs& s) {
  if (is_named_record(s)) {
    return {shape::bare_record};
  }
  if (is_control(s)) {
    return {shape::control};
  }
  if (s.is(sign::records, '[')) {
    return {shape::array_member, s.at(sign::records), array_kind::records};
  }
  if (is_notification(s)) {
    return {shape::notification};
  }
  if (s.is_record()) {
    return {shape::bare_record};
  }
  if (const auto array = array_in(s)) {
    return *array;
  }
  if (s.has(sign::detail_type) && s.is(sign::detail, '{')) {
    return {shape::event_bridge, s.at(sign::detail)};
  }
  if (s.has(sign::digest_object) && s.has(sign::digest_fingerprint)) {
    return {shape::digest};
  }
  for (const sign which : {sign::aws_logs, sign::sns, sign::kinesis}) {
    if (s.is(which, '{')) {
      return {shape::nested_object, s.at(which)};
    }
  }
  if (const auto text = text_in(s)) {
    return *text;
  }
  const bool marked =
      s.has(sign::event_name) || s.has(sign::event_version) || s.has(sign::event_source);
  return {marked ? shape::bare_record : shape::none};
}

void walk_array_value(walk& state, const verdict& found, std::uint64_t offset, int depth) {
  memory_stream text{found.value};
  const walk::nested_scope scope{state, offset};
  object_walker{state, text, depth + 1}.walk_array(found.kind);
}

// EventBridge wraps many things; what carries no record is an S3 notification or not ours.
void walk_detail(walk& state, std::string_view detail, std::string_view whole,
                 std::uint64_t offset) {
  const signs s{detail};
  if (judge(s).what == shape::bare_record) {
    state.take_record(detail, offset);
  } else if (const signs outer{whole}; outer.begins(sign::detail_type, "Object ")) {
    state.recognise();
    ++state.tally().skipped.notification;
  } else {
    state.unrecognised(offset, whole);
  }
}

void walk_stray(walk& state, std::string_view value, std::uint64_t offset, stray otherwise) {
  switch (otherwise) {
    case stray::record:
      state.take_record(value, offset);
      break;
    case stray::rejected:
      state.recognise();
      state.reject(offset, value, "a message that holds no CloudTrail record");
      break;
    case stray::unrecognised:
      state.unrecognised(offset, value);
      break;
  }
}

}  // namespace

std::optional<array_kind> streamable_array(std::string_view key) {
  constexpr std::array<std::pair<std::string_view, array_kind>, 6> arrays{{
      {"Records", array_kind::records},
      {"logEvents", array_kind::log_events},
      {"Events", array_kind::wrapped},
      {"records", array_kind::wrapped},
      {"Messages", array_kind::wrapped},
      {"events", array_kind::log_events},
  }};
  for (const auto& [name, kind] : arrays) {
    if (json_string_is(key, name)) {
      return kind;
    }
  }
  return std::nullopt;
}

std::string_view prefix_of(std::string_view object) {
  json_members members{object};
  if (members.next() != json_members::step::member) {
    return {};
  }
  const std::string_view key = members.key();
  std::string scratch;
  const std::optional<sign> found = sign_named(json_string_text(key, scratch));
  if (found && *found != sign::event_name && *found != sign::event_source &&
      *found != sign::event_version) {
    return {};
  }
  const auto end = static_cast<std::size_t>(key.data() - object.data()) + key.size();
  return object.substr(0, end);
}

bool is_bare_record(std::string_view object) {
  return judge(signs{object}).what == shape::bare_record;
}

bool is_wrapped(std::string_view element) {
  const shape what = judge(signs{element}).what;
  return what != shape::bare_record && what != shape::none;
}

void walk_value(walk& state, std::string_view value, std::uint64_t offset, stray otherwise,
                int depth) {
  if (depth > limits::envelope_depth_max) {
    state.recognise();
    state.reject(offset, value, "envelopes are nested too deeply");
    return;
  }
  const signs s{value};
  const verdict found = judge(s);
  // A broken record may still hold a name that somebody waits for; a broken envelope is let go.
  if (s.broken() != nullptr && found.what != shape::bare_record) {
    state.reject(offset, value, std::string{"a broken object: "} + s.broken());
    return;
  }
  if (found.what != shape::none && found.what != shape::event_bridge) {
    state.recognise();
  }
  switch (found.what) {
    case shape::array_member:
      walk_array_value(state, found, offset, depth);
      break;
    case shape::control:
      ++state.tally().skipped.control;
      break;
    case shape::nested_object:
      walk_value(state, found.value, offset, stray::rejected, depth + 1);
      break;
    case shape::nested_text:
    case shape::nested_encoded: {
      std::string text;
      append_json_string(found.value, text);
      walk_nested(state, text, offset, found.what == shape::nested_encoded, depth + 1);
      break;
    }
    case shape::event_bridge:
      walk_detail(state, found.value, value, offset);
      break;
    case shape::digest:
      ++state.tally().skipped.digest;
      break;
    case shape::notification:
      ++state.tally().skipped.notification;
      break;
    case shape::bare_record:
      state.take_record(value, offset);
      break;
    case shape::none:
      walk_stray(state, value, offset, otherwise);
      break;
  }
}

void walk_nested(walk& state, std::string_view text, std::uint64_t offset, bool encoded,
                 int depth) {
  if (depth > limits::envelope_depth_max) {
    state.reject(offset, text, "envelopes are nested too deeply");
    return;
  }
  std::string bytes;
  if (encoded && !append_base64(text, bytes)) {
    state.reject(offset, text, "a message whose data is no base64");
    return;
  }
  const std::string_view inside = encoded ? std::string_view{bytes} : text;
  if (inside == "CloudTrail validation message.") {
    ++state.tally().skipped.control;
    return;
  }
  const walk::nested_scope scope{state, offset};
  const compression packed = sniff_compression(inside);
  if (packed == compression::none) {
    const std::size_t begin = skip_json_spaces(inside, 0);
    if (begin == inside.size()) {
      ++state.tally().skipped.empty;
      return;
    }
    if (inside[begin] != '{' && inside[begin] != '[') {
      state.reject(offset, text, "a message that holds no JSON");
      return;
    }
    memory_stream plain{inside};
    object_walker{state, plain, depth}.walk_all();
    return;
  }
  memory_source source{inside};
  const auto inflater = make_inflater(packed, source, {limits::value_bytes_max});
  std::vector<char> buffer;
  buffered_stream inflated{*inflater, buffer};
  object_walker{state, inflated, depth}.walk_all();
  if (inflated.failure()) {
    state.reject(offset, inside, "a message whose data is damaged: " + inflated.failure()->message);
  }
}

}  // namespace trailbell::decode

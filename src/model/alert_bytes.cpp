#include "trailbell/model/alert_bytes.hpp"

#include <array>
#include <limits>

#include "model/alert_texts.hpp"

namespace trailbell {
namespace {

using named_values = std::vector<std::pair<std::string, std::string>>;

constexpr std::array<std::string_view, 4> principal_types{"", "role", "user", "group"};
constexpr std::uint64_t any_node = std::uint64_t{std::numeric_limits<std::uint32_t>::max()} + 1;

std::uint64_t number_of(std::optional<bool> truth) {
  return !truth ? 2 : *truth ? 1 : 0;
}

std::optional<bool> read_truth(byte_reader& from) {
  const std::uint64_t number = from.number_below(3);
  return number == 2 ? std::nullopt : std::optional{number == 1};
}

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  return text ? std::optional{std::string{*text}} : std::nullopt;
}

void write_pairs(const named_values& pairs, byte_writer& to) {
  to.number(pairs.size());
  for (const auto& [name, value] : pairs) {
    to.text(name);
    to.text(value);
  }
}

named_values read_pairs(byte_reader& from) {
  named_values pairs(from.count(16));
  for (auto& [name, value] : pairs) {
    name = from.text();
    value = from.text();
  }
  return pairs;
}

void write_feed(const alert_feed& feed, byte_writer& to) {
  to.number(feed.node);
  to.number(feed.member);
  write_pairs(feed.group, to);
  to.number(feed.values.size());
  for (const std::string& value : feed.values) {
    to.text(value);
  }
  to.number(static_cast<std::uint64_t>(feed.level));
}

alert_feed read_feed(byte_reader& from) {
  alert_feed feed;
  feed.node = static_cast<std::uint32_t>(from.number_below(any_node));
  feed.member = static_cast<std::uint32_t>(from.number_below(any_node));
  feed.group = read_pairs(from);
  feed.values.resize(from.count());
  for (std::string& value : feed.values) {
    value = from.text();
  }
  feed.level = static_cast<severity>(from.number_below(severity_names.size()));
  return feed;
}

void write_burst(const alert_burst& burst, byte_writer& to) {
  to.number(burst.feeds.size());
  for (const alert_feed& feed : burst.feeds) {
    write_feed(feed, to);
  }
  to.number(burst.fingerprints.size());
  for (const auto& [node, fingerprint] : burst.fingerprints) {
    to.number(node);
    to.text(fingerprint);
  }
  to.number(burst.only_finding ? 1 : 0);
  write_pairs(burst.group, to);
  to.number(burst.count);
  to.optional_text(burst.from);
  to.optional_text(burst.to);
  to.number(burst.event_ids.size());
  for (const std::optional<std::string>& id : burst.event_ids) {
    to.optional_text(id);
  }
}

std::unique_ptr<alert_burst> read_burst(byte_reader& from) {
  auto burst = std::make_unique<alert_burst>();
  for (std::uint64_t left = from.count(40); left > 0; --left) {
    burst->feeds.push_back(read_feed(from));
  }
  for (std::uint64_t left = from.count(16); left > 0; --left) {
    const auto node = static_cast<std::uint32_t>(from.number_below(any_node));
    burst->fingerprints.emplace_back(node, from.text());
  }
  burst->only_finding = from.number_below(2) == 1;
  burst->group = read_pairs(from);
  burst->count = from.number();
  burst->from = owned(from.optional_text());
  burst->to = owned(from.optional_text());
  burst->event_ids.resize(from.count());
  for (std::optional<std::string>& id : burst->event_ids) {
    id = owned(from.optional_text());
  }
  return burst;
}

void write_place(const object_position& place, byte_writer& to) {
  to.number(static_cast<std::uint64_t>(place.source));
  to.text(place.name);
  to.text(place.bucket);
  to.signed_number(place.partition);
  to.signed_number(place.offset);
}

object_position read_place(byte_reader& from) {
  object_position place;
  place.source = static_cast<source_kind>(from.number_below(3));
  place.name = from.text();
  place.bucket = from.text();
  place.partition = static_cast<std::int32_t>(from.signed_number());
  place.offset = from.signed_number();
  return place;
}

}  // namespace

void write_alert(const alert& from, byte_writer& to) {
  alert_content shown = static_cast<const alert_content&>(from);
  each_text(shown, [&to](const text_view& text) { to.optional_text(text); });
  std::uint64_t type = 0;
  for (std::uint64_t i = 1; i < principal_types.size(); ++i) {
    type = from.target.principal_type == principal_types[i] ? i : type;
  }
  to.number(type);
  to.number(static_cast<std::uint64_t>(from.level));
  to.text(from.fingerprint);
  to.number(from.failed ? 1 : 0);
  to.number(number_of(from.read_only));
  to.number(number_of(from.actor.mfa_authenticated));
  to.number(from.raw_is_json ? 1 : 0);
  write_place(from.place, to);
  to.number(from.record);
  to.signed_number(from.detected_at_ns);
  to.number(from.suppressed_by_rule ? 1 : 0);
  to.number(from.burst ? 1 : 0);
  if (from.burst) {
    write_burst(*from.burst, to);
  }
}

std::optional<alert> read_alert(byte_reader& from) {
  alert made;
  each_text(made, [&from](text_view& text) { text = from.optional_text(); });
  const std::uint64_t type = from.number_below(principal_types.size());
  made.target.principal_type = type == 0 ? std::nullopt : std::optional{principal_types[type]};
  made.level = static_cast<severity>(from.number_below(severity_names.size()));
  made.fingerprint = from.text();
  made.failed = from.number_below(2) == 1;
  made.read_only = read_truth(from);
  made.actor.mfa_authenticated = read_truth(from);
  made.raw_is_json = from.number_below(2) == 1;
  made.place = read_place(from);
  made.record = from.number();
  made.detected_at_ns = from.signed_number();
  made.suppressed_by_rule = from.number_below(2) == 1;
  if (from.number_below(2) == 1) {
    made.burst = read_burst(from);
  }
  if (!from.ok()) {
    return std::nullopt;
  }
  made.own_texts();
  return made;
}

}  // namespace trailbell

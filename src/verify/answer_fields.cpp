#include "verify/answer_fields.hpp"

#include <charconv>
#include <cmath>

#include "trailbell/base/timestamp.hpp"

namespace trailbell::verify {
namespace {

constexpr std::size_t problems_max = 100;
constexpr double whole_max = 9e15;  // that a double holds exactly

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool sound = got.ec == std::errc{} && got.ptr == text.data() + text.size();
  return sound && std::isfinite(value) ? std::optional{value} : std::nullopt;
}

json_path below(const json_path& path, json_step step) {
  json_path longer = path;
  longer.push_back(std::move(step));
  return longer;
}

}  // namespace

void answer_fields::say(const json_path& at, std::string what, std::string remedy) {
  if (problems_.size() < problems_max) {
    problems_.push_back({at, std::move(what), std::move(remedy)});
  }
}

bool answer_fields::is(const located& value, json_kind wanted) {
  if (value.value.is(wanted)) {
    return true;
  }
  const auto a = [](json_kind kind) {
    const std::string name{name_of(kind)};
    return (kind == json_kind::array || kind == json_kind::object ? "an " : "a ") + name;
  };
  say(value.path,
      to_text(value.path) + " is " +
          (value.value.is(json_kind::null) ? "null" : a(value.value.kind())) + ", not " + a(wanted),
      "put AWS's answer in as it came");
  return false;
}

std::optional<located> answer_fields::find(const located& object, std::string_view key) const {
  const std::optional<json_value> value = object.value.find(key);
  if (!value || value->is(json_kind::null)) {
    return std::nullopt;
  }
  return located{*value, below(object.path, std::string{key})};
}

std::string answer_fields::text(const located& object, std::string_view key) {
  const std::optional<located> member = find(object, key);
  return member && is(*member, json_kind::text) ? std::string{member->value.text()} : "";
}

std::optional<bool> answer_fields::truth(const located& object, std::string_view key) {
  const std::optional<located> member = find(object, key);
  if (!member || !is(*member, json_kind::boolean)) {
    return std::nullopt;
  }
  return member->value.truth();
}

std::optional<double> answer_fields::number(const located& object, std::string_view key) {
  const std::optional<located> member = find(object, key);
  if (!member || !is(*member, json_kind::number)) {
    return std::nullopt;
  }
  const std::optional<double> value = number_of(member->value.text());
  if (!value) {
    say(member->path, to_text(member->path) + " is out of range");
  }
  return value;
}

std::optional<std::int64_t> answer_fields::whole(const located& object, std::string_view key) {
  const std::optional<double> value = number(object, key);
  if (!value) {
    return std::nullopt;
  }
  if (std::floor(*value) != *value || std::fabs(*value) > whole_max) {
    const json_path path = below(object.path, std::string{key});
    say(path, to_text(path) + " is no whole number");
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

std::optional<std::int64_t> answer_fields::time(const located& object, std::string_view key) {
  const std::optional<located> member = find(object, key);
  if (!member) {
    return std::nullopt;
  }
  if (member->value.is(json_kind::text)) {
    if (const std::optional<std::int64_t> at = parse_rfc3339(member->value.text())) {
      return at;
    }
  } else if (member->value.is(json_kind::number)) {
    const std::optional<double> seconds = number_of(member->value.text());
    if (seconds && std::fabs(*seconds) < 9e9) {
      return static_cast<std::int64_t>(std::llround(*seconds * 1e3)) * 1'000'000;
    }
  }
  say(member->path, to_text(member->path) + " is no time",
      "write 2026-03-04T05:06:07Z, or seconds since 1970");
  return std::nullopt;
}

texts answer_fields::list(const located& object, std::string_view key) {
  texts all;
  const std::optional<located> member = find(object, key);
  if (member && is(*member, json_kind::array)) {
    std::size_t index = 0;
    for (const json_value item : member->value) {
      if (is({item, below(member->path, index++)}, json_kind::text)) {
        all.emplace_back(item.text());
      }
    }
  }
  return all;
}

void answer_fields::each(const located& object, std::string_view key,
                         const std::function<void(const located&)>& look) {
  const std::optional<located> member = find(object, key);
  if (!member) {
    return;
  }
  if (member->value.is(json_kind::object)) {
    for (const json_value item : member->value) {
      look({item, below(member->path, std::string{item.key()})});
    }
  } else if (is(*member, json_kind::array)) {
    std::size_t index = 0;
    for (const json_value item : member->value) {
      const located one{item, below(member->path, index++)};
      if (is(one, json_kind::object)) {
        look(one);
      }
    }
  }
}

}  // namespace trailbell::verify

#include "detect/sigma_test.hpp"

#include <chrono>
#include <compare>

#include "detect/filter_number.hpp"
#include "detect/sigma_path.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::detect {
namespace {

// The week's number in the year that its Thursday lies in.
std::int64_t iso_week(std::chrono::sys_days day) noexcept {
  using namespace std::chrono;
  const sys_days thursday =
      day - days{weekday{day}.iso_encoding()} + days{weekday{Thursday}.iso_encoding()};
  const sys_days new_year{year_month_day{thursday}.year() / January / 1};
  return (thursday - new_year).count() / 7 + 1;
}

std::int64_t part_of(std::int64_t unix_ns, time_part part) noexcept {
  using namespace std::chrono;
  const sys_time<nanoseconds> time{nanoseconds{unix_ns}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time - day)};
  switch (part) {
    case time_part::minute:
      return clock.minutes().count();
    case time_part::hour:
      return clock.hours().count();
    case time_part::day:
      return unsigned{date.day()};
    case time_part::week:
      return iso_week(day);
    case time_part::month:
      return unsigned{date.month()};
    case time_part::year:
      break;
  }
  return int{date.year()};
}

bool is_number_or_text(json_value value) noexcept {
  return value.is(json_kind::number) || value.is(json_kind::text);
}

char letter(char c, letter_case letters) noexcept {
  return letters == letter_case::kept ? c : fold_ascii(c);
}

bool stands_at(std::string_view text, std::size_t at, std::string_view other,
               letter_case letters) noexcept {
  for (std::size_t i = 0; i < other.size(); ++i) {
    if (letter(text[at + i], letters) != letter(other[i], letters)) {
      return false;
    }
  }
  return true;
}

bool relates(std::string_view text, std::string_view other,
             const sigma_reference& reference) noexcept {
  if (other.size() > text.size()) {
    return false;
  }
  const std::size_t last = text.size() - other.size();
  switch (reference.relation) {
    case text_relation::equal:
      return last == 0 && stands_at(text, 0, other, reference.letters);
    case text_relation::starts_with:
      return stands_at(text, 0, other, reference.letters);
    case text_relation::ends_with:
      return stands_at(text, last, other, reference.letters);
    case text_relation::contains:
      break;
  }
  for (std::size_t at = 0; at <= last; ++at) {
    if (stands_at(text, at, other, reference.letters)) {
      return true;
    }
  }
  return false;
}

struct asker {
  std::string_view path;
  json_value record;

  // Whether a text of the field, or of any value of the record, is one.
  template <class Fits>
  [[nodiscard]] bool some_text(const Fits& fits) const {
    const auto of_value = [&fits](json_value value) { return any_text(value, fits); };
    return path.empty() ? any_scalar(record, of_value) : any_value(record, path, of_value);
  }

  bool operator()(const sigma_glob& glob) const {
    return some_text([&glob](std::string_view text) { return glob.matches(text); });
  }
  bool operator()(const sigma_regex& regex) const {
    return some_text([&regex](std::string_view text) { return regex.found_in(text); });
  }
  bool operator()(const sigma_null&) const {
    bool reached = false;
    const bool null = any_reached(record, path, [&reached](json_value found) {
      reached = true;
      return any_element(found, [](json_value value) { return value.is(json_kind::null); });
    });
    return null || !reached;
  }
  bool operator()(const sigma_exists& exists) const {
    return any_reached(record, path, [](json_value) { return true; }) == exists.wanted;
  }
  bool operator()(const sigma_number& test) const {
    return any_value(record, path, [&test](json_value value) {
      return (value.is(json_kind::number) &&
              std::is_eq(compare_numbers(value.text(), test.number))) ||
             (value.is(json_kind::text) && value.text() == test.number.text);
    });
  }
  bool operator()(const sigma_comparison& test) const {
    return any_value(record, path, [&test](json_value value) {
      return is_number_or_text(value) &&
             order_holds(test.op, compare_numbers(value.text(), test.number));
    });
  }
  bool operator()(const sigma_time& test) const {
    return any_value(record, path, [&test](json_value value) {
      const auto time = value.is(json_kind::text) ? parse_rfc3339(value.text()) : std::nullopt;
      return time && order_holds(test.op, part_of(*time, test.part) <=> test.number);
    });
  }
  bool operator()(const sigma_reference& test) const {
    return some_text([this, &test](std::string_view text) {
      return asker{test.path, record}.some_text(
          [&](std::string_view other) { return relates(text, other, test); });
    });
  }
  bool operator()(const ip_network& network) const {
    return any_value(record, path, [&network](json_value value) {
      const auto address = value.is(json_kind::text) ? read_ip_address(value.text()) : std::nullopt;
      return address && network.contains(*address);
    });
  }
};

}  // namespace

bool holds(const sigma_test& test, std::string_view path, json_value record) {
  return std::visit(asker{path, record}, test);
}

}  // namespace trailbell::detect

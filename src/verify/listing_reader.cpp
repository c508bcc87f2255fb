#include "verify/listing_reader.hpp"

#include <algorithm>
#include <array>

#include "trailbell/base/text.hpp"

namespace trailbell::verify {
namespace {

struct ending {
  std::string_view key;
  listing_state state;
};
constexpr auto endings = std::to_array<ending>({{"complete", listing_state::complete},
                                                {"absent", listing_state::absent},
                                                {"denied", listing_state::denied},
                                                {"failed", listing_state::failed}});

void cut_off(listing& out, bool cut) {
  if (cut) {
    out.state = listing_state::failed;
    out.error = "the last page still has a token for the next one";
  }
}

}  // namespace

void listing_reader::only(const located& object, const std::vector<std::string_view>& known) {
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

std::optional<located> listing_reader::section(const located& region, std::string_view name,
                                               const std::vector<std::string_view>& calls) {
  const std::optional<located> found = in_.find(region, name);
  if (!found || !in_.is(*found, json_kind::object)) {
    return std::nullopt;
  }
  only(*found, calls);
  return found;
}

bool listing_reader::is_cut(const located& page) {
  return in_.find(page, "NextToken") || in_.find(page, "nextToken");
}

void listing_reader::read_listing(const located& of, listing& out,
                                  const std::function<void(const located&)>& look) {
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

void listing_reader::read_pages(const located& pages, listing& out,
                                const std::function<void(const located&)>& look) {
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

}  // namespace trailbell::verify

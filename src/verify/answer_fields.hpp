// The members of AWS's answers, each with its type; what has another type is a problem with a
// place. A member that is null is as one that is not there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/model/json_tree.hpp"
#include "trailbell/verify/inventory.hpp"
#include "verify/json_place.hpp"

namespace trailbell::verify {

struct answer_problem {
  json_path at;
  std::string what, remedy;
};

// A value, and the way to it.
struct located {
  json_value value;
  json_path path;
};

class answer_fields {
 public:
  explicit answer_fields(std::vector<answer_problem>& problems) : problems_{problems} {}

  void say(const json_path& at, std::string what, std::string remedy = "");

  // The member of an object; nothing where it is absent or null.
  std::optional<located> find(const located& object, std::string_view key) const;
  std::string text(const located& object, std::string_view key);
  std::optional<bool> truth(const located& object, std::string_view key);
  std::optional<double> number(const located& object, std::string_view key);
  std::optional<std::int64_t> whole(const located& object, std::string_view key);
  // RFC 3339, or seconds since the epoch, as AWS's protocols have it.
  std::optional<std::int64_t> time(const located& object, std::string_view key);
  texts list(const located& object, std::string_view key);
  // Of an array of objects, or of an object's members: in their order.
  void each(const located& object, std::string_view key,
            const std::function<void(const located&)>& look);

  // Of the wrong type: said, and false.
  bool is(const located& value, json_kind wanted);

 private:
  std::vector<answer_problem>& problems_;
};

}  // namespace trailbell::verify

// Answers of an inventory file, with how each ended. The place for what readers of its sections
// share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verify/answer_fields.hpp"

namespace trailbell::verify {

class listing_reader {
 public:
  explicit listing_reader(std::vector<answer_problem>& problems) : in_{problems} {}

  [[nodiscard]] answer_fields& fields() noexcept { return in_; }

  // Members of other names are problems.
  void only(const located& object, const std::vector<std::string_view>& known);

  // Of a section that is there, the calls.
  std::optional<located> section(const located& region, std::string_view name,
                                 const std::vector<std::string_view>& calls);

  // How an answer ended; `look` sees each page of one that is complete.
  void read_listing(const located& of, listing& out,
                    const std::function<void(const located&)>& look);

  template <class Item>
  void list(const located& section, std::string_view call, listed<Item>& out,
            void (*reader)(answer_fields&, const located&, std::vector<Item>&)) {
    if (const auto found = in_.find(section, call)) {
      read_listing(*found, out, [&](const located& page) { reader(in_, page, out.items); });
    }
  }

  template <class Answer>
  void describe_one(const located& section, std::string_view call, described<Answer>& out,
                    void (*reader)(answer_fields&, const located&, Answer&)) {
    if (const auto found = in_.find(section, call)) {
      read_listing(*found, out, [&](const located& page) { reader(in_, page, out.value); });
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

 protected:
  answer_fields in_;

 private:
  bool is_cut(const located& page);
  void read_pages(const located& pages, listing& out,
                  const std::function<void(const located&)>& look);
};

}  // namespace trailbell::verify

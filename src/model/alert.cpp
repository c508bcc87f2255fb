#include "trailbell/model/alert.hpp"

#include <cstddef>

#include "model/alert_texts.hpp"

namespace trailbell {

std::string_view to_string(severity level) noexcept {
  return severity_names[static_cast<std::size_t>(level)];
}

void alert::own_texts() {
  std::size_t size = 0;
  each_text(*this, [&](const text_view& text) { size += text ? text->size() : 0; });
  auto owned = std::make_unique_for_overwrite<char[]>(size);
  char* to = owned.get();
  each_text(*this, [&](text_view& text) {
    if (text) {
      const std::size_t copied = text->copy(to, text->size());
      text = {to, copied};
      to += copied;
    }
  });
  texts_ = std::move(owned);
}

alert alert::copy() const {
  alert made;
  static_cast<alert_content&>(made) = static_cast<const alert_content&>(*this);
  made.own_texts();
  return made;
}

}  // namespace trailbell

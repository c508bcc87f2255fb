// How a webhook's request is put together from alerts. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "emit/alert_template.hpp"
#include "trailbell/emit/webhook_sink.hpp"

namespace trailbell::emit {

class webhook_shape {
 public:
  [[nodiscard]] static result<webhook_shape> make(const webhook_options& options);

  [[nodiscard]] std::string body(std::span<const alert* const> alerts) const;
  [[nodiscard]] const std::string& content_type() const noexcept { return content_type_; }
  [[nodiscard]] std::size_t alerts_max() const noexcept { return alerts_max_; }

 private:
  explicit webhook_shape(alert_template each) : each_{std::move(each)} {}

  alert_template each_;
  alert_appender whole_;
  std::string before_, between_, after_;
  std::string content_type_;
  std::size_t alerts_max_ = 1;
};

}  // namespace trailbell::emit

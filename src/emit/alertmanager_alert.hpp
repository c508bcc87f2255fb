// An alert as Alertmanager takes it. Pure.
// Source: Prometheus Alertmanager, api/v2/openapi.yaml, postableAlert.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "emit/alert_template.hpp"
#include "trailbell/emit/alertmanager_sink.hpp"

namespace trailbell::emit {

class alertmanager_alert {
 public:
  // Errors: a label whose name is none or is one of ours.
  [[nodiscard]] static result<alertmanager_alert> make(const alertmanager_options& options);

  void append(const alert& what, std::int64_t now_ns, std::string& out) const;

 private:
  explicit alertmanager_alert(alert_template text) : text_{std::move(text)} {}

  alert_template text_;  // all but the times
  std::int64_t resolve_after_ns_ = 0;
};

}  // namespace trailbell::emit

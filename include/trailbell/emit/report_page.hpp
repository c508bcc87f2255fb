// report_page: the alerts of a replay as one HTML page for people, which needs no network.
//
// The page holds alerts and records as JSON, and its one script shows them. Nothing that a record
// says is ever markup: `<` is escaped in the JSON, the script sets texts only, and the page's own
// Content Security Policy names its script and style by their hashes and lets nothing else run or
// load.
//
// Bounds: limits::report_alerts_max and report_bytes_max; what is beyond is left out, counted, and
// said in the page. Thread-safety: none. Errors: output_failed, with path and cause.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"
#include "trailbell/emit/text_output.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

class report_page {
 public:
  // Makes PATH.part, in which the page grows; what is at `path` stays until finish().
  static result<std::unique_ptr<report_page>> open(const std::string& path);
  report_page(std::string path, int descriptor);
  report_page(const report_page&) = delete;
  report_page& operator=(const report_page&) = delete;
  ~report_page();  // removes what was not finished

  result<done> add(const alert& what);
  // Ends the page with the summary, one JSON object, and puts it at its path. Called once, last.
  result<done> finish(std::string_view summary);

  // Alerts that the page has no room for.
  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

 private:
  [[nodiscard]] std::string part() const { return path_ + ".part"; }

  std::string path_;
  std::unique_ptr<text_output> output_;  // none once the page is finished
  std::string line_;
  std::uint64_t alerts_ = 0, bytes_ = 0, left_out_ = 0;
};

}  // namespace trailbell::emit

#include "trailbell/emit/report_page.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "emit/report_parts.hpp"
#include "trailbell/base/ensure.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::emit {
namespace {

// As a source in a Content Security Policy (CSP Level 3, section 2.3.1).
std::string hash_source(std::string_view content) {
  std::array<unsigned char, 32> digest{};
  ensure(EVP_Digest(content.data(), content.size(), digest.data(), nullptr, EVP_sha256(),
                    nullptr) == 1,
         "SHA-256");
  std::array<unsigned char, 45> base64{};  // 4 characters for 3 bytes, and a NUL
  const int size = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
  return "'sha256-" + std::string(base64.begin(), base64.begin() + size) + "'";
}

std::string head() {
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
      "form-action 'none'; style-src ";
  text += hash_source(report_parts::style) + "; script-src " + hash_source(report_parts::script);
  text += "\">\n";
  text += R"(<meta name="viewport" content="width=device-width, initial-scale=1">)";
  text += "\n";
  text += "<title>trailbell report</title>\n<style>";
  text += report_parts::style;
  text += "</style>\n</head>\n";
  text += report_parts::body;
  return text + "<script type=\"application/json\" id=\"alerts\">[";
}

// In JSON a `<` stands in texts only, and there it may be an escape: so nothing ends the element.
void append_json_for_markup(std::string_view json, std::string& out) {
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out.push_back(c);
    }
  }
}

error failure(const std::string& path, const char* cause) {
  return {errc::output_failed, "cannot write the report " + path + ": " + cause};
}

}  // namespace

result<std::unique_ptr<report_page>> report_page::open(const std::string& path) {
  constexpr mode_t owner_and_group = 0640;  // alerts name people and their addresses
  const int descriptor =
      ::open((path + ".part").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_and_group);
  if (descriptor < 0) {
    return failure(path, std::strerror(errno));
  }
  auto page = std::make_unique<report_page>(path, descriptor);
  page->output_->text() += head();
  if (result<done> written = page->output_->flush(); !written) {
    return written.failure();
  }
  return page;
}

report_page::report_page(std::string path, int descriptor)
    : path_{std::move(path)},
      output_{std::make_unique<text_output>(descriptor, "the report", path_)} {}

report_page::~report_page() {
  if (output_) {
    output_.reset();
    unlink(part().c_str());
  }
}

result<done> report_page::add(const alert& what) {
  line_.clear();
  line_ += "{\"alert\":";
  append_jsonl(what, {false}, line_);
  line_.back() = ',';  // the line break
  line_ += "\"record\":";
  append_json_text(what.raw.value_or(""), line_);
  line_.push_back('}');
  if (left_out_ > 0 || alerts_ == limits::report_alerts_max ||
      bytes_ + line_.size() > limits::report_bytes_max) {
    ++left_out_;
    return done{};
  }
  output_->text() += alerts_ == 0 ? "\n" : ",\n";
  append_json_for_markup(line_, output_->text());
  ++alerts_;
  bytes_ += line_.size();
  return output_->settle();
}

result<done> report_page::finish(std::string_view summary) {
  std::string& text = output_->text();
  text += "\n]</script>\n<script type=\"application/json\" id=\"summary\">{\"left_out\":";
  text += std::to_string(left_out_) + ",\"summary\":";
  append_json_for_markup(summary, text);
  text += "}</script>\n<script>";
  text += report_parts::script;
  text += "</script>\n</body>\n</html>\n";
  if (result<done> written = output_->flush(); !written) {
    return written;
  }
  output_.reset();
  if (std::rename(part().c_str(), path_.c_str()) != 0) {
    const error refused = failure(path_, std::strerror(errno));
    unlink(part().c_str());
    return refused;
  }
  return done{};
}

}  // namespace trailbell::emit

// walk: what the walkers of one object share: the counts, the visitor, and the one way in which a
// record or a loss leaves the decoder.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decode/literal_places.hpp"
#include "decode/record_cursor.hpp"
#include "decode/scan_kernel.hpp"
#include "trailbell/decode/decoder.hpp"
#include "trailbell/decode/inflate.hpp"

namespace trailbell::decode {

class walk {
 public:
  walk(const decode_options& options, record_cursor& cursor, std::vector<candidate>& candidates,
       record_visitor& visitor)
      : options_{options}, cursor_{cursor}, candidates_{candidates}, visitor_{visitor} {}
  walk(const walk&) = delete;
  walk& operator=(const walk&) = delete;

  // One record to count and read, unless it turns out to be an Insight.
  void take_record(std::string_view raw, std::uint64_t offset);

  // Runs the scan over text.window(): elements, or lines with `lines`. Counts what it passes, reads
  // its candidates, consumes what is done with. The stop is the scan's, after_element too.
  struct scan_style {
    bool lines = false;
    bool comma_separated = false;
    std::string_view prefix;
    // Lines: called for a candidate that is not just one object, to walk and count what it holds.
    std::function<void(std::string_view line)> odd_line;
    literal_places* places = nullptr;  // of this text; used where the options have a finder
  };
  scan_result scan(text_stream& text, const scan_style& style);

  // Something that could not be read. Before anything in the object was recognised, it is only
  // remembered: an object of nothing but garbage is one failed object, not thousands of bad lines.
  void reject(std::uint64_t offset, std::string_view bytes, std::string reason);
  // More bytes of what was rejected last.
  void reject_more(std::uint64_t offset, std::string_view bytes);
  void unrecognised(std::uint64_t offset, std::string_view bytes);
  void fail(std::uint64_t offset, std::string reason);
  void recognise();

  [[nodiscard]] decode_tally& tally() noexcept { return tally_; }
  [[nodiscard]] bool strict() const noexcept { return options_.strict; }
  // A rejected tail has already said why the text ended early.
  void failure_reported() noexcept { failure_reported_ = true; }
  [[nodiscard]] bool is_failure_reported() const noexcept { return failure_reported_; }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] bool recognised() const noexcept { return recognised_; }
  // False once so much garbage has come first that the object is given up.
  [[nodiscard]] bool hopeful() const noexcept;
  // The object is nothing but garbage: says so, and hands out what was remembered of it.
  void give_up_hope();
  [[nodiscard]] bool holds_garbage() const noexcept { return !pending_.empty(); }

  // Text inside text: losses in it are reported at the place of the outer value.
  class nested_scope {
   public:
    nested_scope(walk& owner, std::uint64_t offset) : owner_{owner}, before_{owner.fixed_offset_} {
      if (!before_) {
        owner.fixed_offset_ = offset;
      }
    }
    nested_scope(const nested_scope&) = delete;
    nested_scope& operator=(const nested_scope&) = delete;
    ~nested_scope() { owner_.fixed_offset_ = before_; }

   private:
    walk& owner_;
    std::optional<std::uint64_t> before_;
  };

 private:
  struct pending_loss {
    std::uint64_t offset;
    std::string bytes;
    std::string reason;
  };

  // The same over the first `size` bytes of the window.
  scan_result scan_part(text_stream& text, const scan_style& style, std::size_t size);
  // The line that a candidate is: a record, or for style.odd_line.
  void take_line(std::string_view raw, std::uint64_t offset, const scan_style& style);
  // The same of one that the cursor has read.
  void take_read(std::string_view raw, std::uint64_t offset, record_health health);
  // False: it was an Insight, which is counted apart.
  bool hand_out(std::string_view raw, std::uint64_t offset, record_health health);
  void report(loss_kind kind, std::uint64_t offset, std::string_view bytes, std::string reason);

  const decode_options& options_;
  record_cursor& cursor_;
  std::vector<candidate>& candidates_;
  record_visitor& visitor_;
  decode_tally tally_;
  std::vector<pending_loss> pending_;
  std::optional<std::uint64_t> fixed_offset_;
  bool recognised_ = false;
  bool failed_ = false;
  bool failure_reported_ = false;
};

}  // namespace trailbell::decode

// stateful_rules: thresholds and correlations of a service, whose rules change and whose sources
// begin in the middle.
//
// A partition is re-read before it goes on (consume::reading): so far back that every window that a
// coming record can end lies within. Those records are counted in a stage of their own, and what it
// fires is thrown away; then the main stage absorbs it. Why no alert is lost by that:
//
//  - Only what was acknowledged is re-read, and a batch is acknowledged when every alert of several
//    records that came due until it was read to its end has been accepted (settler::complete). What
//    the stage of a re-read partition fires was due by that partition's acknowledged records alone,
//    so that it was accepted.
//  - A record that still waits for earlier ones (allowed_lateness) when the re-read is over is
//    waited for by the main stage, and its alert is given when it comes due. That may be one that
//    was given before, by the time of day or by another partition: a repeat, with its fingerprint.
//  - A group that was busy since before the re-read begins is in doubt: its stage fires nothing for
//    it and keeps all (correlation_stage), so that it fires at the first coming record for which
//    enough are within the timespan: no later than it would have without the restart.
//
// It holds for groups whose records are in one partition, within the bounds of the stages, and as
// far as the log reaches; counts with an upper bound and inner correlations begin at the first
// record that is re-read, and may be judged otherwise than without the restart.
//
// When a partition begins anew (given to us, or read again since something was given back), all
// that it had counted is forgotten first, so that no record counts twice. Of one that is taken from
// us it stays until then: no more of its records come, so that it adds to no other group; what
// waits is given here and by the next owner.
//
// Of other sources nothing is read again: what windows hold of their records outlives the process
// by save() and load(). It is the windows that are kept and not the records that were counted, so
// that a group that was busy goes on exactly where it was, and so that what is kept is bounded as
// the windows are. When it may be written, and what may be acknowledged then: see window_keeper.
//
// Of rules that are loaded anew, those that did not change keep their windows. One record that
// comes twice, by its fingerprint, counts once.
//
// Thread-safety: none; it belongs to the settling thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "pipeline/counted_records.hpp"
#include "trailbell/consume/source.hpp"
#include "trailbell/detect/correlation_stage.hpp"
#include "trailbell/detect/rule_set.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::pipeline {

class stateful_rules {
 public:
  // From here on, records were asked of these rules.
  void follow(const std::shared_ptr<const detect::rule_set>& rules);
  // Null before the first.
  [[nodiscard]] const std::shared_ptr<const detect::rule_set>& rules() const noexcept {
    return rules_;
  }

  // A batch of that place begins or resumes; nothing for the others.
  void mark(std::size_t source, const object_position& place, consume::reading what);
  // A record of a batch that counts; appends the alerts that are due. False: it counted before.
  bool add(std::size_t source, consume::reading what, alert record, std::vector<alert>& due);

  // Nothing older than this is still to be expected; no more will come.
  void pass_time(std::int64_t now_ns, std::vector<alert>& due);
  void finish(std::vector<alert>& due);

  // Records of such places are not read again, but kept by save().
  [[nodiscard]] static bool is_kept(const object_position& place) noexcept {
    return place.source != source_kind::kafka;
  }
  // Something has changed since the last save().
  [[nodiscard]] bool changed() const noexcept { return changed_; }
  [[nodiscard]] std::string save();

  // What became of what was saved.
  struct loaded {
    bool damaged = false;                 // it is of no use; everything begins anew
    std::size_t kept = 0;                 // rules that go on with what they have counted
    std::vector<std::string> not_loaded;  // ids of those that are gone, or others now
  };
  // Follows rules, and has seen nothing.
  loaded load(std::string_view saved);

 private:
  using origin_name = std::tuple<std::size_t, std::string, std::int32_t>;
  // In place of the source's number: the name is that of its kind, and holds in every process.
  static constexpr auto kept_origin = static_cast<std::size_t>(-1);

  std::uint32_t origin_of(std::size_t source, const object_position& place);
  void absorb_again();
  [[nodiscard]] std::map<std::uint32_t, std::string> kept_origins() const;
  void take_due(std::vector<alert>& due);
  void carry_over(std::unique_ptr<detect::correlation_stage>& stage, const detect::node_map& kept,
                  detect::correlation_begin begin) const;

  std::shared_ptr<const detect::rule_set> rules_;
  std::unique_ptr<detect::correlation_stage> stage_;  // null: the rules have none
  std::unique_ptr<detect::correlation_stage> again_;  // of what is being re-read
  std::map<origin_name, std::uint32_t> origins_;
  counted_records counted_;
  std::vector<alert> fired_;
  bool changed_ = false;
};

}  // namespace trailbell::pipeline

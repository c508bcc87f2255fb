// stateful_rules: thresholds and correlations of a service, whose rules change and whose sources
// begin in the middle.
//
// A partition is re-read before it goes on (consume::reading): so far back that every window that a
// coming record can end lies within. Those records are counted in a stage of their own, each
// partition's in another, and what it fires is thrown away; then the main stage absorbs it. Why no
// alert is lost by that:
//
//  - Only what was acknowledged is re-read, and a batch is acknowledged when every alert of several
//    records that came due until it was read to its end has been accepted (settler::complete). What
//    the stage of a re-read partition fires was due by that partition's acknowledged records alone,
//    so that it was accepted.
//  - A record that still waits for earlier ones (allowed_lateness) when the re-read is over is
//    waited for by the main stage, and its alert is given when it comes due. That may be one that
//    was given before, by the time of day or by another partition: a repeat, with its fingerprint.
//    With clocks of their own it is not: what was judged before is told by the note that was stored
//    with the position.
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
// waits is given here and by the next owner. With clocks of their own it is forgotten.
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
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "pipeline/counted_records.hpp"
#include "trailbell/consume/source.hpp"
#include "trailbell/detect/correlation_stage.hpp"
#include "trailbell/detect/rule_set.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::pipeline {

class stateful_rules {
 public:
  // With detect::correlation_clock::own, what a partition's records come to is a matter of that
  // partition alone, as far as groups lie in one: whoever reads it again from where it was stored
  // comes to the same, whatever else there was to read.
  explicit stateful_rules(detect::correlation_clock clock = detect::correlation_clock::shared)
      : clock_{clock} {}

  // From here on, records were asked of these rules.
  void follow(const std::shared_ptr<const detect::rule_set>& rules);
  // Null before the first.
  [[nodiscard]] const std::shared_ptr<const detect::rule_set>& rules() const noexcept {
    return rules_;
  }

  // A batch of that place begins, resumes or is left; nothing for the others. `note`: of note_of().
  void mark(std::size_t source, const object_position& place, consume::reading what,
            std::string_view note = {});
  // With clocks of their own: up to where the records of a place are judged, for who reads on
  // behind them; empty where there is nothing to tell.
  [[nodiscard]] std::string note_of(std::size_t source, const object_position& place);
  // With clocks of their own: nothing came from that place for a while. What waits there is judged
  // by what is known elsewhere of the time; by the time of day where `now_ns` says it.
  void pass_time(std::size_t source, const object_position& place,
                 std::optional<std::int64_t> now_ns, std::vector<alert>& due);
  // With clocks of their own: of what came due by a record or by time alone, that of which all
  // records came from the place at hand.
  std::vector<alert> take_own() { return std::exchange(own_, {}); }
  // A record of a batch that counts; appends the alerts that are due, but for those of take_own().
  // False: it counted before.
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
  using stage_ptr = std::unique_ptr<detect::correlation_stage>;
  using origin_name = std::tuple<std::size_t, std::string, std::int32_t>;
  // In place of the source's number: the name is that of its kind, and holds in every process.
  static constexpr auto kept_origin = static_cast<std::size_t>(-1);

  std::uint32_t origin_of(std::size_t source, const object_position& place);
  [[nodiscard]] stage_ptr make_stage(detect::correlation_begin begin) const;
  void absorb(stage_ptr again);
  [[nodiscard]] std::map<std::uint32_t, std::string> kept_origins() const;
  void take_due(std::vector<alert>& due, std::optional<std::uint32_t> origin = std::nullopt);
  void carry_over(stage_ptr& stage, const detect::node_map& kept,
                  detect::correlation_begin begin) const;

  detect::correlation_clock clock_;
  std::vector<alert> own_;
  std::shared_ptr<const detect::rule_set> rules_;
  stage_ptr stage_;                           // null: the rules have none
  std::map<std::uint32_t, stage_ptr> again_;  // of what is being re-read, by origin
  std::map<origin_name, std::uint32_t> origins_;
  counted_records counted_;
  std::vector<alert> fired_;
  bool changed_ = false;
};

}  // namespace trailbell::pipeline

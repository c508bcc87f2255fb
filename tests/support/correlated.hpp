// Records put through rules and their correlations, as a lane and the collector do.
#pragma once

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/correlation_stage.hpp"
#include "trailbell/detect/rule_file.hpp"

namespace trailbell::test {

class correlated {
 public:
  // Throws where the rules do not load.
  explicit correlated(const std::string& yaml, detect::correlation_bounds bounds = {})
      : rules_{load(yaml)},
        plan_{rules_},
        bounds_{bounds},
        stage_{std::make_unique<detect::correlation_stage>(plan_, bounds)} {}

  // A record as JSON, of which eventTime and eventID are read.
  void add(const std::string& json) {
    if (!reader_.read(json, tree_)) {
      throw std::invalid_argument{json};
    }
    alert made;
    made.event_time = text_of("eventTime");
    made.event_id = text_of("eventID");
    made.record = ++records_;
    made.burst = std::make_unique<alert_burst>();
    made.burst->only_finding = true;
    for (std::uint32_t i = 0; i < rules_.size(); ++i) {
      const auto match = rules_[i]->evaluate({{}, &tree_});
      if (!match || match->suppressed_by) {
        continue;
      }
      const std::size_t before = made.burst->feeds.size();
      detect::append_feeds(plan_.of(i), tree_, made.burst->feeds);
      for (std::size_t k = before; k < made.burst->feeds.size(); ++k) {
        made.burst->feeds[k].level = match->level;
      }
      for (const std::uint32_t node : plan_.of(i).reached) {
        made.burst->fingerprints.emplace_back(node, "f" + std::to_string(node));
      }
      made.burst->only_finding = made.burst->only_finding && !plan_.of(i).alone;
    }
    if (!made.burst->feeds.empty()) {
      made.own_texts();
      stage_->add(std::move(made), due_);
    }
  }

  // `{"eventName":name,"eventID":id,"eventTime":...,more}`, seconds after 2026-01-01.
  void add(int second, const std::string& name, const std::string& id,
           const std::string& more = {}) {
    add("{\"eventName\":\"" + name + "\",\"eventID\":\"" + id + "\",\"eventTime\":\"" +
        time_at(second) + "\"" + (more.empty() ? "" : "," + more) + "}");
  }

  static std::string time_at(int second) {
    const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return "2026-01-" + two(1 + second / 86'400) + "T" + two(second / 3600 % 24) + ":" +
           two(second / 60 % 60) + ":" + two(second % 60) + "Z";
  }

  [[nodiscard]] std::string saved() const {
    byte_writer to;
    stage_->save(to, [](std::uint32_t) { return true; });
    return to.take();
  }
  // Another process goes on with what this one has saved. False: it makes no sense.
  bool restart(const std::string& bytes) {
    detect::node_map same(plan_.nodes().size());
    for (std::uint32_t node = 0; node < same.size(); ++node) {
      same[node] = node;
    }
    auto next = std::make_unique<detect::correlation_stage>(plan_, bounds_);
    byte_reader from{bytes};
    const bool sound = next->load(from, same, std::vector<std::uint32_t>{0}) && from.at_end();
    stage_ = std::move(next);
    return sound;
  }

  void finish() { stage_->finish(due_); }

  // What is due so far: `rule 3: a b c`, the count and the event ids.
  [[nodiscard]] std::vector<std::string> shown() const {
    std::vector<std::string> all;
    for (const alert& one : due_) {
      std::string text = std::string{one.rule.id} + " " + std::to_string(one.burst->count) + ":";
      for (const auto& id : one.burst->event_ids) {
        text += " " + id.value_or("null");
      }
      all.push_back(std::move(text));
    }
    return all;
  }

  [[nodiscard]] std::vector<std::string> finished() {
    finish();
    return shown();
  }

  [[nodiscard]] const std::vector<alert>& due() const noexcept { return due_; }
  [[nodiscard]] const detect::correlation_plan& plan() const noexcept { return plan_; }
  [[nodiscard]] const detect::correlation_tally& tally() const noexcept { return stage_->tally(); }

 private:
  static std::vector<detect::rule_ptr> load(const std::string& yaml) {
    const auto loaded = detect::load_rules({{"r.yaml", yaml}});
    if (!loaded) {
      throw std::invalid_argument{loaded.failure().all.front().message()};
    }
    std::vector<detect::rule_ptr> rules;
    for (const detect::loaded_rule& one : loaded.value()) {
      rules.push_back(one.rule);
    }
    return rules;
  }

  text_view text_of(const char* name) const {
    const auto value = tree_.root().find(name);
    return value && value->is(json_kind::text) ? text_view{value->text()} : std::nullopt;
  }

  std::vector<detect::rule_ptr> rules_;
  detect::correlation_plan plan_;
  detect::correlation_bounds bounds_;
  std::unique_ptr<detect::correlation_stage> stage_;
  decode::json_reader reader_;
  json_tree tree_;
  std::vector<alert> due_;
  std::uint64_t records_ = 0;
};

// A Sigma rule for one event name.
inline std::string rule_for(const std::string& name) {
  return "title: t\nname: " + name + "\ndetection: {s: {eventName: " + name + "}, condition: s}\n";
}

// Rules for the names A, B, C and D, and one or more correlations, each as the lines within it.
inline std::string correlations(const std::vector<std::string>& within) {
  std::string all;
  for (const char* const name : {"A", "B", "C", "D"}) {
    all += rule_for(name) + "---\n";
  }
  for (std::size_t i = 0; i < within.size(); ++i) {
    all += (i == 0 ? "title: t\nname: c" : "---\ntitle: t\nname: c") + std::to_string(i + 1) +
           "\nlevel: high\ncorrelation:\n" + within[i];
  }
  return all;
}

}  // namespace trailbell::test

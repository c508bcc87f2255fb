// A process of the service with exactly_once, as a machine of small steps: its source's thread, its
// settler and its transaction worker, with the queues between them. The ledger, the settlement, the
// barrier and the plan are the service's own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "property/transaction_world.hpp"
#include "trailbell/consume/ledger.hpp"
#include "trailbell/pipeline/return_barrier.hpp"
#include "trailbell/pipeline/settlement.hpp"
#include "trailbell/pipeline/transaction_plan.hpp"

namespace trailbell {

// What the group tells a member.
struct group_notice {
  std::vector<std::size_t> assigned, revoked;
  bool lost = false;       // with revoked
  std::string membership;  // of the generation in which it is told
};

class transaction_member {
 public:
  transaction_member(transaction_world& around, transaction_world::member_id id);

  transaction_world::member_id known_as;
  std::deque<group_notice> notices;
  [[nodiscard]] bool revoking() const noexcept { return !revoked_.empty(); }
  [[nodiscard]] bool holds(std::size_t partition) const { return held_.contains(partition); }
  [[nodiscard]] transaction_world::producer_id producer() const noexcept { return producer_; }

  // One step of each thread. `chance` decides what is left open.
  void drive(unsigned chance);
  void settle(unsigned chance);
  void work(unsigned chance);
  // The drain time-out has passed.
  void hurry_drain() { drain_over_ = true; }
  [[nodiscard]] bool idle() const;

 private:
  using receipt_id = consume::receipt_id;

  struct holding {
    explicit holding(std::int64_t start) : ledger{start} {}
    consume::partition_ledger ledger;
    bool leaving = false;
  };
  struct taken {
    receipt_id receipt = 0;
    std::size_t partition = 0;
    std::int64_t begin = 0, end = 0;
  };
  struct event {
    std::optional<taken> batch;
    std::vector<receipt_id> given_up;
    std::uint64_t returned = 0;
    std::optional<std::string> membership;
  };
  struct open_batch {
    taken from;
    std::int64_t at = 0;
    bool handed = false, given_up = false;
    std::vector<std::int64_t> caused;  // alerts and rejects, by the offset
  };
  struct item {
    std::uint64_t round = 0;
    pipeline::batch_id batch = 0;
    taken from;
    std::vector<std::int64_t> caused;
    std::vector<pipeline::batch_id> forget;
    std::optional<std::string> membership;
  };
  struct report {
    enum class kind : std::uint8_t { committed, forgotten, aborted } what = kind::committed;
    std::vector<pipeline::batch_id> batches;
  };
  enum class stage : std::uint8_t { none, begun, produced, sent, in_doubt, aborting, finding_out };

  // The source's thread.
  void take_notice();
  void take_outcomes(unsigned count);
  void drain();
  void take_batch(unsigned chance);
  // The settler's.
  void take_event();
  void give_up(const std::vector<receipt_id>& receipts);
  void give_back(pipeline::batch_id id);
  void take_report();
  void collect();
  void hand_over(pipeline::batch_id id, open_batch& batch);
  // The worker's.
  void take_item();
  void begin();
  void step_transaction(unsigned chance);
  void end(bool committed);
  void replace(bool in_doubt);
  [[nodiscard]] bool stored() const;

  transaction_world& world_;

  std::map<std::size_t, holding> held_;
  std::set<std::size_t> wanted_;  // assigned, and their start is not known yet
  std::vector<std::size_t> revoked_;
  std::set<receipt_id> awaited_;
  bool abandoned_ = false, lost_ = false, drain_over_ = false;
  std::map<receipt_id, std::size_t> where_;
  receipt_id last_receipt_ = 0;
  event next_;  // what there is to say
  std::deque<event> events_;
  std::deque<std::pair<receipt_id, bool>> outcomes_;

  pipeline::settlement settling_;
  pipeline::return_barrier returns_;
  std::map<pipeline::batch_id, open_batch> open_;
  std::map<receipt_id, pipeline::batch_id> by_receipt_;
  std::deque<pipeline::batch_id> order_;
  pipeline::batch_id last_batch_ = 0;
  std::uint64_t round_ = 0;
  std::deque<item> items_;
  std::deque<report> reports_;

  pipeline::transaction_plan plan_{{std::chrono::milliseconds{0}, std::chrono::milliseconds{0}}};
  std::map<pipeline::batch_id, item> waiting_;
  transaction_world::producer_id producer_;
  std::uint32_t epoch_ = 0;
  stage stage_ = stage::none;
  std::vector<pipeline::batch_id> running_;
  std::vector<place> caused_;
  std::vector<world_offset> offsets_;
  std::string membership_;
};

}  // namespace trailbell

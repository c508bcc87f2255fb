// A cluster as transactions see it: the log of the input, a consumer group with its generations, a
// coordinator of transactions, and the alerts and rejects that readers of committed messages see.
// Every step of a protocol is a call of its own, so that a schedule can put anything in between.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "trailbell/emit/transaction_sink.hpp"

namespace trailbell {

struct world_message {
  std::string fingerprint;  // empty: no rule holds
  bool rejected = false;    // it cannot be read: it goes to quarantine, by the same transactions
};

struct place {
  std::size_t partition = 0;
  std::int64_t offset = 0;
  auto operator<=>(const place&) const = default;
};

// What a transaction stores of a partition; `from` is for the check alone.
struct world_offset {
  std::size_t partition = 0;
  std::int64_t from = 0, next = 0;
};

enum class said : std::uint8_t { yes, busy, not_a_member, fenced };

class transaction_world {
 public:
  using producer_id = std::size_t;
  using member_id = std::uint32_t;  // a new one with each join

  std::vector<std::vector<world_message>> partitions;
  std::vector<std::int64_t> committed;
  // How often what each position causes, an alert or a reject, is to be seen.
  std::vector<std::vector<int>> seen;
  std::uint32_t generation = 0;
  std::vector<member_id> members;  // of this generation
  std::string fault;               // what must never happen, and did

  [[nodiscard]] bool is_member(member_id who) const {
    return std::find(members.begin(), members.end(), who) != members.end();
  }
  // No transaction that is under way may still move it.
  [[nodiscard]] bool stable(std::size_t partition) const {
    return std::none_of(producers_.begin(), producers_.end(), [&](const producer& each) {
      return std::any_of(each.offsets.begin(), each.offsets.end(),
                         [&](const world_offset& one) { return one.partition == partition; });
    });
  }

  producer_id add_producer() {
    producers_.emplace_back();
    return producers_.size() - 1;
  }
  // Ends what an earlier one left; the epoch to be used from now on.
  std::uint32_t init(producer_id who) {
    producer& one = producers_[who];
    end_open(one);
    return ++one.epoch;
  }
  said produce(producer_id who, std::uint32_t epoch, const std::vector<place>& caused) {
    producer& one = producers_[who];
    if (one.epoch != epoch) {
      return said::fenced;
    }
    if (one.state == producer::prepared) {
      return said::busy;
    }
    one.state = producer::open;
    one.caused.insert(one.caused.end(), caused.begin(), caused.end());
    return said::yes;
  }
  said send_offsets(producer_id who, std::uint32_t epoch, const std::string& membership,
                    const std::vector<world_offset>& offsets) {
    producer& one = producers_[who];
    if (one.epoch != epoch) {
      return said::fenced;
    }
    const std::size_t cut = membership.find(':');
    const auto member = static_cast<member_id>(std::stoul(membership.substr(cut + 1)));
    if (std::stoul(membership) != generation || !is_member(member)) {
      return said::not_a_member;
    }
    one.state = producer::open;
    one.offsets = offsets;
    return said::yes;
  }
  said end(producer_id who, std::uint32_t epoch, bool commit) {
    producer& one = producers_[who];
    if (one.epoch != epoch) {
      return said::fenced;
    }
    if (one.state == producer::open) {
      one.state = producer::prepared;
      one.commits = commit;
    }
    return said::yes;
  }
  // The marks of what was prepared are written.
  void complete(producer_id who) {
    producer& one = producers_[who];
    if (one.state == producer::prepared) {
      finish(one);
    }
  }
  // The coordinator's own end of what takes too long.
  void time_out(producer_id who) {
    producer& one = producers_[who];
    if (one.state == producer::open) {
      one.commits = false;
      ++one.epoch;
      finish(one);
    }
  }
  [[nodiscard]] std::size_t producers() const noexcept { return producers_.size(); }

 private:
  struct producer {
    enum kind : std::uint8_t { idle, open, prepared } state = idle;
    bool commits = false;
    std::uint32_t epoch = 0;
    std::vector<place> caused;
    std::vector<world_offset> offsets;
  };

  void end_open(producer& one) {
    if (one.state == producer::open) {
      one.commits = false;
    }
    if (one.state != producer::idle) {
      finish(one);
    }
  }
  void finish(producer& one) {
    if (one.commits) {
      for (const place& each : one.caused) {
        ++seen[each.partition][static_cast<std::size_t>(each.offset)];
      }
      for (const world_offset& each : one.offsets) {
        if (committed[each.partition] != each.from) {
          fault = "a transaction goes on from " + std::to_string(each.from) + " of partition " +
                  std::to_string(each.partition) + ", which was committed up to " +
                  std::to_string(committed[each.partition]);
        }
        committed[each.partition] = each.next;
      }
    }
    one.state = producer::idle;
    one.caused.clear();
    one.offsets.clear();
  }

  std::vector<producer> producers_;
};

}  // namespace trailbell

#include "trailbell/model/json_builder.hpp"

#include <algorithm>
#include <array>

namespace trailbell {

void json_builder::begin(json_tree& tree) {
  tree.clear();
  tree_ = &tree;
  key_ = {};
  named_ = 0;
  open_.clear();
}

bool json_builder::in_object() const noexcept {
  return tree_->nodes_[open_.back().node].kind == json_kind::object;
}

json_tree::span json_builder::taken() noexcept {
  const std::size_t begin = named_;
  named_ = pool().size();
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(named_ - begin)};
}

json_tree::node& json_builder::add(json_kind kind) {
  const auto index = static_cast<std::uint32_t>(tree_->nodes_.size());
  json_tree::node& added = tree_->nodes_.emplace_back();
  added.kind = kind;
  if (!open_.empty()) {
    level& parent = open_.back();
    added.key = std::exchange(key_, {});
    ++tree_->nodes_[parent.node].size;
    std::uint32_t& link = parent.last == json_tree::none ? tree_->nodes_[parent.node].first
                                                         : tree_->nodes_[parent.last].next;
    link = index;
    parent.last = index;
  }
  return added;
}

void json_builder::open(json_kind array_or_object) {
  const auto index = static_cast<std::uint32_t>(tree_->nodes_.size());
  add(array_or_object);
  open_.push_back({index, json_tree::none});
}

void json_builder::close() {
  const std::uint32_t closed = open_.back().node;
  open_.pop_back();
  if (tree_->nodes_[closed].kind == json_kind::object && tree_->nodes_[closed].size > 1) {
    drop_repeated(closed);
  }
}

// For the usual object: a small table of what was seen. False also where it could not tell.
bool json_builder::all_differ(std::uint32_t object) const noexcept {
  constexpr std::size_t slots = 128;
  constexpr std::uint8_t free = 0xff;
  const std::vector<json_tree::node>& nodes = tree_->nodes_;
  if (nodes[object].size > slots / 2) {
    return false;
  }
  std::array<std::uint32_t, slots / 2> seen;
  std::array<std::uint8_t, slots> table;
  table.fill(free);
  std::uint8_t count = 0;
  for (std::uint32_t i = nodes[object].first; i != json_tree::none; i = nodes[i].next) {
    const std::string_view key = tree_->view(nodes[i].key);
    std::size_t hash = key.size() * 31;
    if (!key.empty()) {
      hash += static_cast<unsigned char>(key.front()) * 7U +
              static_cast<unsigned char>(key[key.size() / 2]) * 3U +
              static_cast<unsigned char>(key.back());
    }
    for (hash %= slots; table[hash] != free; hash = (hash + 1) % slots) {
      if (tree_->view(nodes[seen[table[hash]]].key) == key) {
        return false;
      }
    }
    table[hash] = count;
    seen[count++] = i;
  }
  return true;
}

// Takes out of an object each member behind which one with the same key follows. Sorting keeps this
// fast for an object that somebody made of a hundred thousand members.
void json_builder::drop_repeated(std::uint32_t object) {
  std::vector<json_tree::node>& nodes = tree_->nodes_;
  if (all_differ(object)) {
    return;
  }
  members_.clear();
  for (std::uint32_t i = nodes[object].first; i != json_tree::none; i = nodes[i].next) {
    members_.emplace_back(tree_->view(nodes[i].key), i);
  }
  std::sort(members_.begin(), members_.end(), [](const auto& a, const auto& b) {
    return a.first.size() != b.first.size() ? a.first.size() < b.first.size() : a < b;
  });
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (std::adjacent_find(members_.begin(), members_.end(), same) == members_.end()) {
    return;
  }
  std::vector<std::uint32_t> kept;  // repeated keys are rare: this may allocate
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (i + 1 == members_.size() || !same(members_[i], members_[i + 1])) {
      kept.push_back(members_[i].second);
    }
  }
  std::sort(kept.begin(), kept.end());
  std::uint32_t* link = &nodes[object].first;
  for (const std::uint32_t member : kept) {
    *link = member;
    link = &nodes[member].next;
  }
  *link = json_tree::none;
  nodes[object].size = static_cast<std::uint32_t>(kept.size());
}

}  // namespace trailbell

// json_builder: fills a json_tree, value by value, in the order of a document.
//
// Text is appended to pool() first, then named: key() or text() or number() take what was appended
// since the last of them. An object's values each follow a key(). The builder checks no grammar:
// its caller does. Thread-safety: none. It keeps its memory from tree to tree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailbell/model/json_tree.hpp"

namespace trailbell {

class json_builder {
 public:
  // Clears the tree, and borrows it until the next begin().
  void begin(json_tree& tree);

  [[nodiscard]] std::string& pool() noexcept { return tree_->pool_; }
  void key() noexcept { key_ = taken(); }
  void text() { add(json_kind::text).text = taken(); }
  void number() { add(json_kind::number).text = taken(); }

  void null() { add(json_kind::null); }
  void boolean(bool truth) { add(json_kind::boolean).truth = truth; }
  void open(json_kind array_or_object);
  // Ends what was opened last.
  void close();

  [[nodiscard]] std::size_t values() const noexcept { return tree_->nodes_.size(); }
  [[nodiscard]] std::size_t depth() const noexcept { return open_.size(); }
  // depth() > 0
  [[nodiscard]] bool in_object() const noexcept;

 private:
  struct level {
    std::uint32_t node;
    std::uint32_t last;  // child
  };
  json_tree::node& add(json_kind kind);
  [[nodiscard]] json_tree::span taken() noexcept;
  void drop_repeated(std::uint32_t object);

  json_tree* tree_ = nullptr;
  json_tree::span key_;
  std::size_t named_ = 0;  // bytes of the pool that belong to a node
  std::vector<level> open_;
  std::vector<std::pair<std::string_view, std::uint32_t>> members_;
};

}  // namespace trailbell

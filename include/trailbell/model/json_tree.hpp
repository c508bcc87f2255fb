// json_tree: one parsed JSON document, as a flat array of nodes.
//
// A neutral value: what filter patterns, rule tests and explanations evaluate. It owns its texts,
// and keeps its memory when it is built anew, so that nothing is allocated once it is warm. Of a
// key that repeats in an object the last value counts; the earlier ones are not in the tree.
// Thread-safety: const members from any number of threads. A json_value is a place in a tree: valid
// until that tree is changed, moved or destroyed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trailbell {

enum class json_kind : std::uint8_t { null, boolean, number, text, array, object };

// In lower case, as JSON names them: "string" for a text.
[[nodiscard]] std::string_view name_of(json_kind kind) noexcept;

class json_tree;

class json_value {
 public:
  [[nodiscard]] json_kind kind() const noexcept;
  [[nodiscard]] bool is(json_kind wanted) const noexcept { return kind() == wanted; }
  [[nodiscard]] bool truth() const noexcept;  // of a boolean
  // A text, decoded to UTF-8; a number as it is written, whatever its size; else empty.
  [[nodiscard]] std::string_view text() const noexcept;
  [[nodiscard]] std::string_view key() const noexcept;  // of a member, decoded
  [[nodiscard]] std::size_t size() const noexcept;      // how many elements or members

  // The member of an object; nothing where there is none, or this is no object.
  [[nodiscard]] std::optional<json_value> find(std::string_view key) const noexcept;
  // The element of an array, from 0; nothing beyond its end, or where this is no array.
  [[nodiscard]] std::optional<json_value> at(std::size_t index) const noexcept;

  // The elements or members, in the order of the document.
  class iterator {
   public:
    iterator(const json_tree* tree, std::uint32_t node) noexcept : tree_{tree}, node_{node} {}
    [[nodiscard]] json_value operator*() const noexcept { return {*tree_, node_}; }
    iterator& operator++() noexcept;
    bool operator==(const iterator& other) const noexcept { return node_ == other.node_; }

   private:
    const json_tree* tree_;
    std::uint32_t node_;
  };
  [[nodiscard]] iterator begin() const noexcept;
  [[nodiscard]] iterator end() const noexcept;

 private:
  friend class json_tree;
  json_value(const json_tree& tree, std::uint32_t node) noexcept : tree_{&tree}, node_{node} {}
  const json_tree* tree_;
  std::uint32_t node_;
};

class json_tree {
 public:
  // Nothing was built yet, or building failed.
  [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }
  // !empty()
  [[nodiscard]] json_value root() const noexcept { return {*this, 0}; }
  void clear() noexcept;

 private:
  friend class json_value;
  friend class json_builder;

  struct span {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  struct node {
    span key, text;
    std::uint32_t first = none;  // child
    std::uint32_t next = none;   // sibling
    std::uint32_t size = 0;
    json_kind kind = json_kind::null;
    bool truth = false;
  };
  static constexpr std::uint32_t none = 0xffffffff;

  [[nodiscard]] std::string_view view(span where) const noexcept {
    return std::string_view{pool_}.substr(where.begin, where.size);
  }

  std::vector<node> nodes_;  // a parent before its children; the root first
  std::string pool_;         // every key, text and number
};

// Appends the value as compact JSON, numbers as they were written, texts and keys by `append_text`,
// quotes and all.
using text_appender = void (*)(std::string_view text, std::string& out);
void append_json(json_value value, std::string& out, text_appender append_text);
// The same, as JSON has it.
void append_json(json_value value, std::string& out);

inline json_kind json_value::kind() const noexcept {
  return tree_->nodes_[node_].kind;
}
inline bool json_value::truth() const noexcept {
  return tree_->nodes_[node_].truth;
}
inline std::string_view json_value::text() const noexcept {
  return tree_->view(tree_->nodes_[node_].text);
}
inline std::string_view json_value::key() const noexcept {
  return tree_->view(tree_->nodes_[node_].key);
}
inline std::size_t json_value::size() const noexcept {
  return tree_->nodes_[node_].size;
}
inline json_value::iterator json_value::begin() const noexcept {
  return {tree_, tree_->nodes_[node_].first};
}
inline json_value::iterator json_value::end() const noexcept {
  return {tree_, json_tree::none};
}
inline json_value::iterator& json_value::iterator::operator++() noexcept {
  node_ = tree_->nodes_[node_].next;
  return *this;
}

}  // namespace trailbell

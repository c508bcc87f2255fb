// field_tree: the fields that could be read of a broken record, as the tree that patterns read.
//
// Fails towards alerting: a record whose eventName can be told is judged by it, whatever is wrong
// with its other members. Thread-safety: a function of its arguments.
#pragma once

#include "trailbell/model/json_tree.hpp"
#include "trailbell/model/record.hpp"

namespace trailbell::pipeline {

// Borrows the texts of `fields`; replaces what the tree held.
void build_tree(const record_fields& fields, json_tree& into);

}  // namespace trailbell::pipeline

// lane: one worker. Opens, inflates, decodes and scans what its tasks name, with buffers of its
// own.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/consume/archive_source.hpp"
#include "trailbell/consume/file_bytes.hpp"
#include "trailbell/consume/mapped_file.hpp"
#include "trailbell/consume/source.hpp"
#include "trailbell/decode/decoder.hpp"
#include "trailbell/decode/inflate.hpp"
#include "trailbell/pipeline/replay.hpp"

namespace trailbell::pipeline {

// What an object, or a part of one, gave.
struct object_part {
  std::size_t object = 0;  // index into the task's objects
  findings found;
  std::uint64_t bytes_inflated = 0;
  bool last = false;               // no more parts of this object in this task
  decode::decode_outcome outcome;  // with `last`
};

// Parts of one task's objects, in order. Handed on together: waking a thread costs more than a
// file.
struct batch {
  std::vector<object_part> parts;
  std::size_t bytes = 0;
};

using batch_queue = bounded_queue<batch>;

// A large file of one record a line, shared by the tasks of its blocks.
struct split_file {
  split_file(std::string name, consume::opened_file opened, std::string line_prefix)
      : path{std::move(name)},
        file{std::move(opened)},
        mapping{file},
        prefix{std::move(line_prefix)} {}

  std::string path;
  consume::opened_file file;
  consume::file_mapping mapping;
  std::string prefix;
  std::atomic<bool> abandoned{false};    // it is not what its first line promised: walked whole
  std::atomic<std::uint64_t> walked{0};  // bytes of its blocks that were read
};

// A token in it: there is something new to look at.
using wake_queue = bounded_queue<char>;

struct task {
  std::vector<consume::archive_item> objects;  // whole objects; or
  consume::source_batch taken;                 // objects that are in memory; or
  std::shared_ptr<split_file> split;           // lines of one, bytes [begin, end)
  std::uint64_t begin = 0, end = 0;
  bool rest = false;                              // of the split file, whatever it holds: not lines
  std::shared_ptr<const detect::rule_set> rules;  // others than the lane's options name
  wake_queue* wake = nullptr;                     // told of each result
  batch_queue results{limits::batches_waiting_max};
};

class lane {
 public:
  lane(const replay_options& options, consume::read_control& control);
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  // Does the task and closes its queue.
  void run(task& work);

 private:
  class relay;  // between the decoder and the scan: hands on what has grown
  struct detector {
    detector(const replay_options& options, std::shared_ptr<const detect::rule_set> rules);
    decode::decoder decoder;
    scan scanner;
    std::shared_ptr<const detect::rule_set> rules;
  };

  void run_object(consume::archive_item& object);
  decode::decode_outcome run_of_s3(consume::archive_item& object);
  void run_taken(const consume::source_batch& taken);
  decode::decode_outcome run_block(const task& work);
  decode::decode_outcome decode_file(const consume::opened_file& file);
  decode::decode_outcome decode_pipe(const consume::opened_file& file);
  decode::decode_outcome decode_compressed(decode::compression kind, byte_source& stored);
  decode::decode_outcome decode_stored(std::string_view stored);
  decode::decode_outcome decode_text(text_stream& text);
  decode::decode_outcome failed(const std::string& reason);

  void finish_part(bool last, const decode::decode_outcome& outcome);
  void hand_on();

  const replay_options& options_;
  consume::read_control& control_;
  std::unique_ptr<detector> detector_;
  decode::gzip_decompressor gzip_;
  std::vector<char> stored_;  // an object's bytes as they lie on disk
  std::vector<char> text_;    // and inflated
  std::string_view fetched_;  // of S3, as it is stored, while it is decoded
  batch batch_;
  task* work_ = nullptr;
  std::size_t object_ = 0;
  std::uint64_t inflated_ = 0;
};

}  // namespace trailbell::pipeline

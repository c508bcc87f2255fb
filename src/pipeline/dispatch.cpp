#include "pipeline/dispatch.hpp"

#include <algorithm>
#include <utility>

namespace trailbell::pipeline {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// The first line boundary at or behind `offset`.
std::uint64_t line_boundary(const consume::opened_file& file, std::uint64_t offset) {
  std::vector<char> bytes(16 * limits::kib);
  while (offset < file.size()) {
    const result<std::size_t> got = file.read_at(offset, bytes.data(), bytes.size());
    if (!got || got.value() == 0) {
      break;  // the lane that reads on will say why
    }
    const std::size_t found = std::string_view{bytes.data(), got.value()}.find('\n');
    if (found != std::string_view::npos) {
      return offset + found + 1;
    }
    offset += got.value();
  }
  return file.size();
}

}  // namespace

bool dispatcher::give(task_ptr work) {
  return in_order_.push(work) && for_lanes_.push(std::move(work));
}

bool dispatcher::give_next() {
  next_bytes_ = 0;
  return next_->objects.empty() || give(std::exchange(next_, std::make_shared<task>()));
}

void dispatcher::run() {
  while (!control_.stop.load(std::memory_order_relaxed)) {
    // What was found goes on while more is looked for.
    if (!source_.is_ready() && !give_next()) {
      break;
    }
    std::optional<consume::archive_item> item = source_.next();
    if (!item) {
      break;
    }
    if (options_.done != nullptr && options_.done->is_done(*item)) {
      ++done_before_;
      continue;
    }
    if (!add(std::move(*item))) {
      break;
    }
  }
  give_next();
  in_order_.close();
  for_lanes_.close();
}

// False: nobody takes more.
bool dispatcher::add(consume::archive_item item) {
  const bool of_s3 = !item.bucket.empty();
  if (!of_s3 && item.regular && item.bytes >= limits::split_bytes_min && options_.done == nullptr) {
    if (!give_next()) {
      return false;
    }
    if (split(item)) {
      return true;
    }
  }
  // Of an empty object nothing need be fetched.
  if (of_s3 && !item.problem && item.skipped == consume::skip_reason::none && item.bytes > 0 &&
      !source_.try_fetch(item)) {
    if (!give_next()) {
      return false;
    }
    source_.fetch(item);
  }
  next_bytes_ += item.bytes;
  next_->objects.push_back(std::move(item));
  const bool full = next_bytes_ >= limits::task_bytes_max ||
                    next_->objects.size() >= limits::task_objects_max ||
                    !next_->objects.back().regular;
  return !full || give_next();
}

// True where the file is one record a line, and its blocks were given out.
bool dispatcher::split(const consume::archive_item& item) {
  result<consume::opened_file> file = consume::opened_file::open(item.path);
  if (!file || file.value().size() < limits::split_bytes_min) {
    return false;
  }
  std::vector<char> bytes(limits::split_sniff_bytes);
  const result<std::size_t> got = file.value().read_at(0, bytes.data(), bytes.size());
  if (!got) {
    return false;
  }
  std::string_view head{bytes.data(), got.value()};
  const std::size_t begin = head.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  std::optional<std::string> prefix = decode::sniff_record_lines(head.substr(begin));
  if (!prefix) {
    return false;
  }
  const auto shared =
      std::make_shared<split_file>(item.path, std::move(file.value()), std::move(*prefix));
  return shared->mapping.ok() && split_lines(shared, begin);
}

bool dispatcher::split_lines(const std::shared_ptr<split_file>& file, std::uint64_t begin) {
  const consume::opened_file& opened = file->file;
  while (begin < opened.size() && !file->abandoned.load()) {
    const std::uint64_t end =
        line_boundary(opened, std::min(begin + limits::split_block_bytes, opened.size()));
    auto block = std::make_shared<task>();
    block->split = file;
    block->begin = begin;
    block->end = end;
    if (!give(std::move(block))) {
      return true;
    }
    begin = end;
  }
  return true;
}

}  // namespace trailbell::pipeline

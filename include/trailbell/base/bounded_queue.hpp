// bounded_queue<T>: hands values from any thread to any thread, in order, and holds the giver back
// when it is full, until it is half empty.
//
// Thread-safety: every member may be called from any thread. Ownership: values move through.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace trailbell {

template <class Value>
class bounded_queue {
 public:
  explicit bounded_queue(std::size_t capacity) : capacity_{capacity} {}
  bounded_queue(const bounded_queue&) = delete;
  bounded_queue& operator=(const bounded_queue&) = delete;

  // Waits while full. False when the queue is closed: the value was not taken.
  bool push(Value value) {
    std::unique_lock lock{mutex_};
    room_.wait(lock, [this] { return closed_ || values_.size() < capacity_; });
    if (closed_) {
      return false;
    }
    values_.push_back(std::move(value));
    lock.unlock();
    given_.notify_one();
    return true;
  }

  // As push(), but where that would wait, the value is not taken.
  bool try_push(Value value) {
    {
      const std::lock_guard lock{mutex_};
      if (closed_ || values_.size() >= capacity_) {
        return false;
      }
      values_.push_back(std::move(value));
    }
    given_.notify_one();
    return true;
  }

  // Waits while empty. Nothing when the queue is closed and drained.
  std::optional<Value> pop() {
    std::unique_lock lock{mutex_};
    given_.wait(lock, [this] { return closed_ || !values_.empty(); });
    return take(lock);
  }

  // As pop(), but gives up after `wait`; then `closed` tells which of the two it was.
  std::optional<Value> pop_for(std::chrono::milliseconds wait, bool& closed) {
    std::unique_lock lock{mutex_};
    given_.wait_for(lock, wait, [this] { return closed_ || !values_.empty(); });
    closed = closed_ && values_.empty();
    return take(lock);
  }

  [[nodiscard]] bool empty() const {
    const std::lock_guard lock{mutex_};
    return values_.empty();
  }

  // No more values: waiting givers return false, takers drain what is left.
  void close() {
    {
      const std::lock_guard lock{mutex_};
      closed_ = true;
    }
    room_.notify_all();
    given_.notify_all();
  }

 private:
  std::optional<Value> take(std::unique_lock<std::mutex>& lock) {
    if (values_.empty()) {
      return std::nullopt;
    }
    std::optional<Value> value{std::move(values_.front())};
    values_.pop_front();
    // Givers that wait are woken for several values at once: a wake-up costs more than most values.
    const bool half_empty = values_.size() == capacity_ / 2;
    lock.unlock();
    if (half_empty) {
      room_.notify_all();
    }
    return value;
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable given_;
  std::deque<Value> values_;
  bool closed_ = false;
};

}  // namespace trailbell

// SPDX-License-Identifier: Apache-2.0
#pragma once

// Containers that one thread grows while others read, without a lock: what was published is never
// moved, changed in place only by atomics, and freed with the container. They know nothing of what
// they hold.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gateway::metrics {

/// Values by number, made at their first use. The index belongs to the writer; readers walk a list
/// that only grows at its head.
template <class Value>
class growing_map {
 public:
  /// Writer only. Allocates the first time a key is seen.
  Value& at(std::uint64_t key) {
    if (const auto found = index_.find(key); found != index_.end()) return found->second->value;
    node& made = nodes_.emplace_back(key);
    made.next = head_.load(std::memory_order_relaxed);
    index_.emplace(key, &made);
    head_.store(&made, std::memory_order_release);
    return made.value;
  }

  /// Any thread: calls f(key, value) for each, newest first.
  template <class Visitor>
  void each(Visitor f) const {
    for (const node* n = head_.load(std::memory_order_acquire); n; n = n->next) f(n->key, n->value);
  }

 private:
  struct node {
    explicit node(std::uint64_t k) : key(k) {}
    const std::uint64_t key;
    Value value;
    const node* next = nullptr;
  };
  std::deque<node> nodes_;  // never moves what it holds
  std::unordered_map<std::uint64_t, node*> index_;
  std::atomic<const node*> head_{nullptr};
};

/// Places by number, each filled at its first use: eight bytes for each that never is.
template <class Value>
class lazy_array {
 public:
  explicit lazy_array(std::size_t size) { publish(size); }
  ~lazy_array() {
    for (std::size_t i = 0; i < size_; ++i) delete places_[i].load(std::memory_order_relaxed);
  }
  lazy_array(const lazy_array&) = delete;
  lazy_array& operator=(const lazy_array&) = delete;

  /// Writer only: at least so many places from now on. What is in them stays where it is.
  void grow(std::size_t size) {
    // Doubled, so that all blocks together, which readers may be in, are not twice the last one.
    if (size > size_) publish(std::max(size, 2 * size_));
  }

  /// Writer only. `arguments` make the value the first time.
  template <class... Arguments>
  Value& at(std::size_t i, Arguments&&... arguments) {
    Value* value = places_[i].load(std::memory_order_relaxed);
    if (!value) {
      value = new Value(std::forward<Arguments>(arguments)...);
      places_[i].store(value, std::memory_order_release);
    }
    return *value;
  }

  /// Any thread: null if it was never used.
  [[nodiscard]] const Value* find(std::size_t i) const {
    const block& now = *published_.load(std::memory_order_acquire);
    return i < now.size() ? now[i].load(std::memory_order_acquire) : nullptr;
  }
  /// Writer only.
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  using block = std::vector<std::atomic<Value*>>;

  void publish(std::size_t size) {
    auto made = std::make_unique<block>(size);
    for (std::size_t i = 0; i < size_; ++i)
      (*made)[i].store(places_[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
    blocks_.push_back(std::move(made));
    places_ = blocks_.back()->data();
    size_ = size;
    published_.store(blocks_.back().get(), std::memory_order_release);
  }

  std::atomic<Value*>* places_ = nullptr;  // the writer's own way to the last block
  std::size_t size_ = 0;
  std::atomic<const block*> published_{nullptr};
  std::vector<std::unique_ptr<block>> blocks_;  // the last one counts; readers may be in any
};

}  // namespace gateway::metrics

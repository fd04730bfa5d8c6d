// SPDX-License-Identifier: Apache-2.0
#pragma once

// Containers that one thread grows while others read, without a lock: what was published is never
// moved, changed in place only by atomics, and freed with the container. They know nothing of what
// they hold.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
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

/// A fixed number of places, each filled at its first use: eight bytes for each that never is.
template <class Value>
class lazy_array {
 public:
  explicit lazy_array(std::size_t size) : places_(size) {}
  ~lazy_array() {
    for (auto& place : places_) delete place.load(std::memory_order_relaxed);
  }
  lazy_array(const lazy_array&) = delete;
  lazy_array& operator=(const lazy_array&) = delete;

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
    return places_[i].load(std::memory_order_acquire);
  }
  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  std::vector<std::atomic<Value*>> places_;
};

}  // namespace gateway::metrics

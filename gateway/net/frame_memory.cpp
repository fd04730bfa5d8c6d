// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/frame_memory.hpp"

#include <array>
#include <new>

#include "gateway/sys/prefetch.hpp"

namespace gateway::net {

#ifndef COUNTERSIGN_NO_RECYCLING

namespace {

constexpr std::size_t step = 64;      // bytes between one class of sizes and the next
constexpr std::size_t classes = 128;  // larger frames go back to the heap
constexpr std::size_t kept = 64;      // of each class: a burst does not stay in memory

class frame_pool {
 public:
  frame_pool() = default;
  frame_pool(const frame_pool&) = delete;
  frame_pool& operator=(const frame_pool&) = delete;
  ~frame_pool() {
    for (shelf& s : shelves_)
      while (s.first != nullptr) ::operator delete(s.take());
  }

  void* get(std::size_t size) {
    const std::size_t index = (size + step - 1) / step;
    if (index >= classes) return ::operator new(size);
    shelf& s = shelves_[index];
    return s.first != nullptr ? s.take() : ::operator new(index * step);
  }

  void put_back(void* frame, std::size_t size) noexcept {
    const std::size_t index = (size + step - 1) / step;
    if (index >= classes || shelves_[index].count == kept)
      ::operator delete(frame);
    else
      shelves_[index].put(frame);
  }

 private:
  struct unused {
    unused* next;
  };
  struct shelf {
    unused* first = nullptr;
    std::size_t count = 0;

    void* take() {
      unused* taken = first;
      first = taken->next;
      sys::prefetch(first);  // it is taken before long
      --count;
      return taken;
    }
    void put(void* frame) {
      first = ::new (frame) unused{first};
      ++count;
    }
  };
  std::array<shelf, classes> shelves_{};
};

thread_local frame_pool pool;

}  // namespace

void* recycled_frame::operator new(std::size_t size) { return pool.get(size); }

void recycled_frame::operator delete(void* frame, std::size_t size) noexcept {
  pool.put_back(frame, size);
}

#else

// Sanitizers see a use after free only in memory that is not used again at once.
void* recycled_frame::operator new(std::size_t size) { return ::operator new(size); }

void recycled_frame::operator delete(void* frame, std::size_t) noexcept {
  ::operator delete(frame);
}

#endif

}  // namespace gateway::net

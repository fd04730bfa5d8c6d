// SPDX-License-Identifier: Apache-2.0
#include "tests/allocations/counting.hpp"

#include <execinfo.h>
#include <malloc.h>
#include <openssl/crypto.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <stdexcept>

// What malloc is called within glibc, which everything here is passed on to.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* old);
}

namespace tests::allocations {

namespace {

struct place {
  std::atomic<const char*> file{nullptr};
  std::atomic<int> line{0};
  std::atomic<std::uint64_t> count{0};
};

std::atomic<bool> counting{false};
std::atomic<std::uint64_t> ours{0};
std::atomic<std::uint64_t> openssl{0};
std::array<void*, 24> frames;
std::atomic<int> frame_count{0};
std::array<place, 64> places;
thread_local bool left_out = false;

bool counts() { return counting.load(std::memory_order_relaxed) && !left_out; }

void note() {
  if (!counts()) return;
  if (ours.fetch_add(1) == 0)
    frame_count = backtrace(frames.data(), static_cast<int>(frames.size()));
}

void note_openssl(const char* file, int line) {
  if (!counts()) return;
  openssl.fetch_add(1);
  for (place& p : places) {
    const char* nobody = nullptr;
    // One place's file is one address, because all of them are OpenSSL's own literals.
    if (p.file.compare_exchange_strong(nobody, file)) p.line = line;
    if (p.file == file && p.line == line) {
      p.count.fetch_add(1);
      return;
    }
  }
}

void* openssl_malloc(std::size_t size, const char* file, int line) {
  note_openssl(file, line);
  return __libc_malloc(size);
}
void* openssl_realloc(void* old, std::size_t size, const char* file, int line) {
  note_openssl(file, line);
  return __libc_realloc(old, size);
}
void openssl_free(void* old, const char*, int) { __libc_free(old); }

// Before anything of OpenSSL's can have allocated.
const bool openssl_is_told = [] {
  if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1) std::abort();
  return true;
}();

}  // namespace

void leave_this_thread_out() { left_out = true; }

void start() {
  backtrace(frames.data(), 1);  // loads what it needs before anything is counted
  frame_count = 0;
  ours = openssl = 0;
  for (place& p : places) p.count = 0;
  counting = true;
}

void stop() { counting = false; }

std::uint64_t counted() { return ours; }
std::uint64_t counted_in_openssl() { return openssl; }

std::string first_frames() {
  const std::unique_ptr<char*, decltype(&std::free)> names(
      backtrace_symbols(frames.data(), frame_count), &std::free);
  std::string all;
  for (int i = 0; names && i < frame_count; ++i) all.append(names.get()[i]).append("\n");
  return all;
}

std::string openssl_places() {
  std::string all;
  for (const place& p : places)
    if (p.count != 0)
      all += std::string(p.file.load()) + ":" + std::to_string(p.line) + " " +
             std::to_string(p.count) + " times\n";
  return all;
}

}  // namespace tests::allocations

// NOLINTBEGIN: the names and types are C's.
extern "C" {

void* malloc(std::size_t size) {
  tests::allocations::note();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  tests::allocations::note();
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
  tests::allocations::note();
  return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  tests::allocations::note();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  tests::allocations::note();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
  tests::allocations::note();
  *out = __libc_memalign(alignment, size);
  return *out == nullptr ? 12 : 0;  // ENOMEM
}

}  // extern "C"
// NOLINTEND

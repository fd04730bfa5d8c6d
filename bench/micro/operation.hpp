// SPDX-License-Identifier: Apache-2.0
#pragma once

// One thing that the request's path does, to be run so and so often and nothing else around it.

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace bench::micro {

class operation {
 public:
  virtual ~operation() = default;
  /// Makes what the next `count` runs use up: counted with the start-up, never with a run.
  virtual void prepare(std::size_t count) { static_cast<void>(count); }
  /// What has just come from the network is in the processor's cache, whatever else is.
  virtual void touch() {}
  /// Run `number`, from 0, of those that were prepared. Throws when it did not do what it is for.
  virtual void run(std::size_t number) = 0;
};

struct entry {
  const char* name;  ///< the room and what it does there
  std::size_t runs;  ///< how many tell its cost: few of those that are large
  std::unique_ptr<operation> (*make)();
};

/// What a service answers with.
inline constexpr std::string_view answer_head =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n"
    "Content-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: 15\r\n\r\n";

/// All of them, in the order in which a request meets them.
std::span<const entry> catalog();

/// Throws: a run that went wrong costs what no run costs.
inline void expect(bool what) {
  if (!what) throw std::logic_error("an operation of the benchmark went wrong");
}

/// The compiler must not find out that nobody wants `value`.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

template <class Run>
class plain_operation final : public operation {
 public:
  explicit plain_operation(Run run) : run_(std::move(run)) {}
  void run(std::size_t) override { run_(); }

 private:
  Run run_;
};

/// Of what uses nothing up: every run is `run()`.
template <class Run>
std::unique_ptr<operation> operation_of(Run run) {
  return std::make_unique<plain_operation<Run>>(std::move(run));
}

}  // namespace bench::micro

// SPDX-License-Identifier: Apache-2.0
#pragma once

// The stages of a request's admission one by one: each operation starts from what the stage before
// it made.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bench/micro/operation.hpp"
#include "bench/micro/world.hpp"
#include "core/admission/answer.hpp"
#include "core/admission/stages.hpp"
#include "core/admission/upstream_head.hpp"

namespace bench::micro {

/// A request that has been taken as far as its last stage, and everything on its way there.
class staged {
 public:
  explicit staged(std::uint32_t routes);

  // In order: each needs those before it. The last three are what is said to the client.
  void frames();
  void parses_target();
  void finds_route();
  void inspects();
  void proves();
  void admits();
  void writes_upstream_head();
  void writes_streamed_head();
  void writes_problem();
  void writes_line();
  void counts();

 private:
  world world_;
  std::string message_;
  gateway::session::scratch scratch_;
  std::size_t head_size_;
  core::http::response_framing answer_framing_;
  core::observe::record record_;
  std::string line_;
  core::admission::findings known_;
  std::optional<core::admission::arrival> arrived_;
  std::optional<core::admission::routed> routed_;
  std::optional<core::admission::claimed> claimed_;
  std::optional<core::admission::proven> proven_;
  std::optional<core::admission::opened> opened_;
  std::optional<core::admission::outbound> leaving_;
  std::optional<core::admission::reserved> reserved_;
  std::optional<core::admission::cleared> cleared_;
};

inline constexpr auto frames = &staged::frames;
inline constexpr auto parses_target = &staged::parses_target;
inline constexpr auto finds_route = &staged::finds_route;
inline constexpr auto inspects = &staged::inspects;
inline constexpr auto proves = &staged::proves;
inline constexpr auto admits = &staged::admits;
inline constexpr auto writes_upstream_head = &staged::writes_upstream_head;
inline constexpr auto writes_streamed_head = &staged::writes_streamed_head;
inline constexpr auto writes_problem = &staged::writes_problem;
inline constexpr auto writes_line = &staged::writes_line;
inline constexpr auto counts = &staged::counts;

template <auto Step, std::uint32_t Routes = 1>
std::unique_ptr<operation> stage() {
  return operation_of([it = std::make_unique<staged>(Routes)] { (it.get()->*Step)(); });
}

/// Sealed bodies, each opened once: what is opened is overwritten.
std::unique_ptr<operation> opening_of(std::uint64_t message);
template <std::uint64_t Message>
std::unique_ptr<operation> opening() {
  return opening_of(Message);
}

std::unique_ptr<operation> reserving();
std::unique_ptr<operation> releasing();

}  // namespace bench::micro

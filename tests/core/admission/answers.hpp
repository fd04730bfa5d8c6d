// SPDX-License-Identifier: Apache-2.0
#pragma once

// Answers taken apart, and what an upstream says: shared by the tests of plain and of sealed
// answers.

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/admission/answer.hpp"
#include "tests/core/admission/messages.hpp"

namespace tests::messages {

inline constexpr std::string_view today = "Tue, 14 Nov 2023 22:13:20 GMT";
inline const std::string reply_random = "abcdefghijklmnop" + std::string(80, 'r');

/// An answer's bytes taken apart.
struct answer {
  std::string status_line{};
  field_list fields{};
  std::string body{};

  explicit answer(std::string_view text) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) throw std::runtime_error("the head doesn't end");
    body = text.substr(end + 4);
    text = text.substr(0, end + 2);
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find("\r\n"));
      text.remove_prefix(line.size() + 2);
      if (status_line.empty()) {
        status_line = line;
        continue;
      }
      const std::size_t colon = line.find(": ");
      if (colon == std::string_view::npos)
        throw std::runtime_error("no field: " + std::string(line));
      fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
  }

  /// All values of a field, joined by '|'; "-" if there is none.
  [[nodiscard]] std::string value(std::string_view name) const {
    std::string all = "-";
    for (const auto& [field, text] : fields) {
      if (!core::base::iequals(field, name)) continue;
      all = all == "-" ? text : all + "|" + text;
    }
    return all;
  }
};

/// What an upstream answers, and how it is framed.
struct upstream_says {
  unsigned status = 200;
  field_list fields{};
  std::string body{};
  std::string method = "GET";
  std::string phrase = "Fine";

  [[nodiscard]] core::http::response_head head() const {
    core::http::response_head h;
    h.status = status;
    h.minor_version = 1;
    h.reason = phrase;
    for (const auto& [name, value] : fields) h.fields.add(name, value);
    return h;
  }
};

inline core::admission::envelope_facts facts_at(std::int64_t seconds,
                                                const core::admission::proven* sender = nullptr) {
  core::admission::envelope_facts facts;
  facts.request_id = "f00df00df00df00d";
  facts.date = today;
  facts.now = seconds;
  facts.sender = sender;
  return facts;
}

/// The whole problem document for this reason.
inline answer problem(core::base::errc reason, const core::admission::envelope_facts& facts,
                      std::string_view allow = {}) {
  core::admission::workspace space;
  std::string out = "what stood there before";
  core::admission::route_policy route;
  route.scheme_name = "laravel";
  core::admission::write_problem(out, {reason, &route, allow, {}}, facts, reply_random, space);
  return answer(out);
}

inline answer streamed(const core::admission::route_policy& policy, const upstream_says& says,
                       core::admission::outgoing how,
                       const core::admission::envelope_facts& facts) {
  const auto head = says.head();
  const auto framing = says.status == 101 ? core::http::frame_switching(head)
                                          : core::http::frame_response(head, says.method);
  if (!framing) throw std::runtime_error("the upstream's answer has no clear end");
  std::string out = "what stood there before";
  core::admission::write_streamed_head(out, {head, *framing, policy}, how, facts);
  return answer(out);
}

inline answer gathered(const upstream_says& says, const core::admission::envelope_facts& facts) {
  const auto head = says.head();
  const auto framing = core::http::frame_response(head, says.method);
  if (!framing) throw std::runtime_error("the upstream's answer has no clear end");
  core::admission::workspace space;
  std::string out = "what stood there before";
  core::admission::write_gathered(out, {head, *framing, facts.sender->policy()}, says.body, facts,
                                  reply_random, space);
  return answer(out);
}

}  // namespace tests::messages

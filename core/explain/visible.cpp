// SPDX-License-Identifier: Apache-2.0
#include "core/explain/visible.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"

namespace core::explain {

namespace {

constexpr std::size_t shown_of_a_difference = 24;

void append_visible(std::string& out, std::string_view bytes, std::size_t at) {
  const char c = bytes[at];
  const bool last_blank =
      c == ' ' && (at + 1 == bytes.size() || bytes[at + 1] == '\n' || bytes[at + 1] == '\r');
  switch (c) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\\': out += "\\\\"; return;
    default: break;
  }
  if (c < ' ' || c > '~' || last_blank)
    out.append("\\x").append(base::hex({&c, 1}));
  else
    out += c;
}

std::string left_out(std::size_t count) { return "… " + std::to_string(count) + " bytes more"; }

}  // namespace

std::string visible(std::string_view bytes, std::size_t most) {
  std::string out;
  const std::size_t shown = std::min(bytes.size(), most);
  for (std::size_t i = 0; i < shown; ++i) append_visible(out, bytes, i);
  if (shown < bytes.size()) out += left_out(bytes.size() - shown);
  return out;
}

std::string visible_lines(std::string_view bytes, std::string_view prefix, std::size_t most) {
  std::string out;
  const std::size_t shown = std::min(bytes.size(), most);
  bool begins = true;
  for (std::size_t i = 0; i < shown; ++i) {
    if (begins) out += prefix;
    append_visible(out, bytes, i);
    begins = bytes[i] == '\n';
    if (begins) out += '\n';
  }
  if (!begins) out += '\n';
  if (shown < bytes.size()) out.append(prefix).append(left_out(bytes.size() - shown)).append("\n");
  return out;
}

std::optional<difference> first_difference(std::string_view gateway, std::string_view client) {
  if (gateway == client) return std::nullopt;
  const auto part = std::ranges::mismatch(gateway, client);
  const auto at = static_cast<std::size_t>(part.in1 - gateway.begin());
  const auto rest = [at](std::string_view text) {
    return visible(text.substr(at, std::min(text.size() - at, shown_of_a_difference)));
  };
  return difference{at, rest(gateway), rest(client)};
}

std::string in_words(const difference& d) {
  const auto quoted = [](const std::string& text) {
    return text.empty() ? std::string("nothing more") : "\"" + text + "\"";
  };
  return "at byte " + std::to_string(d.at + 1) + ": the gateway has " + quoted(d.gateway) +
         ", the client " + quoted(d.client);
}

}  // namespace core::explain

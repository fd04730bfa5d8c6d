// SPDX-License-Identifier: Apache-2.0
#include "core/http/proxy_header.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "core/base/ip.hpp"

namespace core::http {

namespace {

using base::errc;
using outcome = base::result<std::optional<proxy_header>>;

constexpr std::string_view first_words = "PROXY ";
constexpr std::size_t most_line = 107;
constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t fixed = 16;  // of version 2: signature, command, family, length
constexpr std::string_view shortest_line = "PROXY UNKNOWN\r\n";

const outcome more = std::optional<proxy_header>();

bool may_begin(std::string_view bytes, std::string_view with) {
  return bytes.starts_with(with.substr(0, bytes.size()));
}

/// The next word of a line, which is separated from the one before by a single blank; an empty one,
/// between two, is no address and no port.
std::optional<std::string_view> next_word(std::string_view& line) {
  if (!line.starts_with(' ')) return std::nullopt;
  line.remove_prefix(1);
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

bool is_port_number(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  return problem == std::errc{} && end == text.data() + text.size() &&
         (text.size() == 1 || text.front() != '0');
}

outcome parse_line(std::string_view bytes) {
  const std::size_t end = bytes.substr(0, most_line).find("\r\n");
  if (end == std::string_view::npos)
    return bytes.size() < most_line ? more : outcome(errc::bad_proxy_header);
  proxy_header out;
  out.size = end + 2;
  std::string_view line = bytes.substr(first_words.size() - 1, end - (first_words.size() - 1));
  const auto family = next_word(line);
  if (family == "UNKNOWN") return std::optional(out);
  if (family != "TCP4" && family != "TCP6") return errc::bad_proxy_header;
  std::array<std::optional<std::string_view>, 4> words;
  for (auto& word : words) word = next_word(line);
  if (!words[3] || !line.empty()) return errc::bad_proxy_header;
  for (const std::size_t address : {0U, 1U}) {
    const auto parsed = base::parse_ip_address(*words[address]);
    const bool v6 = words[address]->find(':') != std::string_view::npos;
    if (!parsed || v6 != (family == "TCP6")) return errc::bad_proxy_header;
  }
  if (!is_port_number(*words[2]) || !is_port_number(*words[3])) return errc::bad_proxy_header;
  out.source = *words[0];
  return std::optional(std::move(out));
}

std::size_t byte(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

/// Of one whose fixed part is there.
std::size_t size_of_binary(std::string_view bytes) {
  return fixed + (byte(bytes, 14) << 8U | byte(bytes, 15));
}

outcome parse_binary(std::string_view bytes) {
  if (bytes.size() < fixed) return more;
  const std::size_t command = byte(bytes, 12);
  const std::size_t family = byte(bytes, 13);
  proxy_header out;
  out.size = size_of_binary(bytes);
  if (out.size > most_proxy_header) return errc::bad_proxy_header;
  constexpr std::size_t local = 0x20;
  constexpr std::size_t proxied = 0x21;
  if (command != local && command != proxied) return errc::bad_proxy_header;
  if (bytes.size() < out.size) return more;
  out.local = command == local;
  if (out.local) return std::optional(out);
  // Family and protocol: what is neither TCP over IPv4 nor over IPv6 tells no address that counts
  // here; its length is skipped, as extensions behind the addresses are.
  const std::size_t width = family == 0x11 ? 4 : family == 0x21 ? 16 : 0;
  if (width == 0) return std::optional(out);
  if (out.size < fixed + 2 * width + 4) return errc::bad_proxy_header;
  base::ip_address source;
  constexpr std::size_t v4_at = 12;
  if (width == 4) {
    source.bytes[10] = source.bytes[11] = 0xFF;
    std::memcpy(source.bytes.data() + v4_at, bytes.data() + fixed, 4);
  } else {
    std::memcpy(source.bytes.data(), bytes.data() + fixed, source.bytes.size());
  }
  out.source = base::print_ip_address(source);
  return std::optional(std::move(out));
}

}  // namespace

outcome parse_proxy_header(std::string_view bytes) {
  if (bytes.starts_with(first_words)) return parse_line(bytes);
  if (bytes.starts_with(signature)) return parse_binary(bytes);
  if (may_begin(bytes, first_words) || may_begin(bytes, signature)) return more;
  return errc::bad_proxy_header;
}

std::size_t left_of_proxy_header(std::string_view bytes) {
  if (bytes.size() < shortest_line.size()) return shortest_line.size() - bytes.size();
  if (bytes.starts_with(first_words)) return 1;  // up to the end of the line, wherever that is
  const std::size_t whole = bytes.size() < fixed ? fixed : size_of_binary(bytes);
  return whole > bytes.size() ? whole - bytes.size() : 1;
}

}  // namespace core::http

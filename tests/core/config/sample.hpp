// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the configuration's tests share: a resolver that holds its secrets itself, files of the
// tree, and small whole configurations.

#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/base/date.hpp"
#include "core/config/read.hpp"
#include "tests/core/crypto/certificates.hpp"

namespace tests::config {

/// Files that hold a part of a configuration; null if there is none of this name.
inline const char* document(std::string_view name) {
  static const std::map<std::string_view, const char*> all{
      {"billing.yaml", "# of 2026\nbilling:\n  secret: fedcba9876543211\n"},
      {"shop.yaml", "shop: {secret: file:other}\nstock: {secrets: file:stock.yaml}\n"},
      {"stock.yaml",
       "- {id: b, value: 0123456789abcde1, from: 2026-02-01}\n- {id: a, value: file:exposed}\n"},
      {"exposed.yaml", "- {id: b, value: 0123456789abcde1}\n"},
      {"exposed_references.yaml", "- {id: b, value: file:other}\n"},
      {"mistakes.yaml",
       "depot:\n  secrett: 0123456789abcdef\nbilling: {secret: 0123456789abcdef}\n"
       "store: {secret: fedcba9876543211}\nstore: {secret: 0123456789abcde2}\n"},
      {"list.yaml", "- billing\n"},
      {"map.yaml", "{a: 0123456789abcdef}\n"},
      {"comment.yaml", "# nothing here\n"},
      {"none.yaml", "[]\n"},
      {"broken.yaml", "- {id: a, value: \"0123456789abcdef}\n"},
      {"anchor.yaml", "- {id: a, value: &x 0123456789abcdef}\n- {id: a, from: 2026-13-01}\n"},
      {"five.yaml",
       "[{id: a, value: 0123456789abcde1}, {id: b, value: 0123456789abcde2}, {id: c, value: "
       "0123456789abcde3}, {id: d, value: 0123456789abcde4}, {id: e, value: 0123456789abcde5}]\n"},
  };
  const auto found = all.find(name);
  return found == all.end() ? nullptr : found->second;
}

inline core::config::secret_resolver secrets() {
  return [](std::string_view kind, std::string_view name) -> core::config::resolution {
    if (kind == "document") {
      const char* const text = document(name);
      if (text == nullptr) return {std::string("no such file")};
      core::config::resolution found{core::base::secret(text)};
      found.path = "etc/" + std::string(name);
      if (name.starts_with("exposed")) found.exposure = "everyone can read it";
      return found;
    }
    if (name == "sixteen") {
      return {core::base::secret((std::string(kind) + ":0123456789abcdef").substr(0, 16))};
    }
    if (name == "other") return {core::base::secret("of another file!")};
    // Certificates, and keys in files of their own.
    namespace known = tests::certificates;
    if (name == "a.pem") return {core::base::secret(known::a)};
    if (name == "weak.pem") return {core::base::secret(known::weak)};
    if (name == "a.key") return {core::base::secret(known::key_of_a)};
    if (name == "seen.key") return {core::base::secret(known::key_of_a), "everyone can read it"};
    if (name == "another.key") return {core::base::secret(known::another_key)};
    if (name == "two_newlines") return {core::base::secret("0123456789abcdef\n")};
    if (name == "mark")
      return {
          core::base::secret("\xEF\xBB\xBF"
                             "0123456789abc")};
    if (name == "notation") return {core::base::secret("hex:30313233343536373839616263646566")};
    if (name == "nothing") return {core::base::secret()};
    if (name == "exposed") return {core::base::secret("fedcba9876543210"), "everyone can read it"};
    return {std::string(kind == "env" ? "is not set in the environment" : "no such file")};
  };
}

/// A text whose first line is "# now: 2026-11-30" is read at that time; others at none.
inline core::config::reading read(std::string_view text) {
  constexpr std::string_view says = "# now: ";
  std::optional<std::int64_t> now;
  if (text.starts_with(says)) {
    now = core::base::parse_iso8601(text.substr(says.size(), text.find('\n') - says.size()));
    if (!now) throw std::runtime_error("not a date: " + std::string(text.substr(0, 40)));
  }
  return core::config::read(text, secrets(), now);
}

inline std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("can't read " + path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// One problem a line, as `check` prints them.
inline std::string lines(const core::config::reading& got, std::string_view file) {
  std::string out;
  for (const auto& p : got.problems) out += format(p, file) + '\n';
  return out;
}

/// The model of a text without an error; throws with the problems otherwise.
inline core::config::model model_of(std::string_view text) {
  auto got = read(text);
  if (!got.value) throw std::runtime_error(lines(got, "test"));
  return std::move(*got.value);
}

inline constexpr std::string_view tail =
    "upstreams: {orders: http://127.0.0.1:9001}\n"
    "routes: [{path: /api/, scheme: laravel, upstream: orders}]\n";

/// A whole configuration around the settings of one client.
inline std::string with_client(std::string_view settings) {
  return "listen: 127.0.0.1:8080\nclients: {billing: {" + std::string(settings) + "}}\n" +
         std::string(tail);
}

/// A whole configuration around further settings of its one route.
inline std::string with_route(std::string_view settings) {
  return "listen: 127.0.0.1:8080\nclients: {billing: {secret: 0123456789abcdef}}\n"
         "upstreams: {orders: http://127.0.0.1:9001}\n"
         "routes: [{path: /api/, scheme: laravel, upstream: orders, " +
         std::string(settings) + "}]\n";
}

/// A whole configuration with further keys at its top.
inline std::string with_top(std::string_view settings) {
  return "listen: 127.0.0.1:8080\nclients: {billing: {secret: 0123456789abcdef}}\n" +
         std::string(settings) + "\n" + std::string(tail);
}

}  // namespace tests::config

// SPDX-License-Identifier: Apache-2.0
#include "core/config/secrets.hpp"

#include <algorithm>
#include <array>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/config/codecs.hpp"

namespace core::config {

namespace {

constexpr std::array<std::string_view, 6> prefixes{
    "utf8:", "hex:", "base64:", "file:", "env:", "credential:"};

/// Words that stand in examples and templates, and what `check --print` shows in a secret's place.
/// A secret everyone knows opens the door to everyone (CVE-2020-13945), so none of these starts a
/// gateway.
constexpr std::array<std::string_view, 11> everyones{
    "changeme",   "change-me", "change_me",   "secret",      "<secret>",  "password",
    "<redacted>", "redacted",  "your-secret", "your_secret", "yoursecret"};

bool is_everyones(std::string_view bytes) {
  const bool one_byte_repeated =
      std::ranges::all_of(bytes, [&](char c) { return c == bytes.front(); });
  return one_byte_repeated || std::ranges::any_of(everyones, [&](std::string_view p) {
           return base::iequals(p, bytes);
         });
}

std::optional<base::secret> wipe_into_secret(std::optional<std::string> bytes) {
  if (!bytes) return std::nullopt;
  base::secret out(*bytes);
  explicit_bzero(bytes->data(), bytes->size());
  return out;
}

std::optional<base::secret> resolve(reader& r, const spot& s, std::string_view kind,
                                    std::string_view name) {
  if (name.empty()) {
    r.problems.error(s, "needs a name after " + std::string(kind) + ":");
    return std::nullopt;
  }
  resolution found = r.resolve(kind, name);
  const std::string written = std::string(kind) + ':' + std::string(name) + ": ";
  if (const auto* why = std::get_if<std::string>(&found.answer)) {
    r.problems.error(s, written + *why);
    return std::nullopt;
  }
  if (!found.exposure.empty()) r.problems.warn(s, written + found.exposure);
  return std::get<base::secret>(std::move(found.answer));
}

/// What is easily put into a secret and hard to see there. Both sides must have the same bytes, so
/// nothing is dropped silently.
void warn_of_invisible(reader& r, const spot& s, std::string_view bytes, bool from_elsewhere) {
  constexpr std::string_view white = " \t\r\n\v\f";
  if (bytes.empty()) return;
  if (white.find(bytes.front()) != std::string_view::npos ||
      white.find(bytes.back()) != std::string_view::npos) {
    r.problems.warn(s, std::string("begins or ends with white space, which counts") +
                           (from_elsewhere ? "; of a file only one final newline is dropped" : ""));
  }
  if (bytes.starts_with("\xEF\xBB\xBF"))
    r.problems.warn(s, "begins with a byte order mark, which counts: save the file without");
  const auto notation =
      std::ranges::find_if(prefixes, [&](std::string_view p) { return bytes.starts_with(p); });
  if (from_elsewhere && notation != prefixes.end()) {
    r.problems.warn(s, "holds " + std::string(*notation) +
                           " as text, which counts: what a file or variable holds is taken as it "
                           "stands (\"countersign keygen --format utf8\" makes one for there)");
  }
}

std::optional<base::secret> decode(reader& r, const spot& s, std::string_view text) {
  const auto prefix =
      std::ranges::find_if(prefixes, [&](std::string_view p) { return text.starts_with(p); });
  if (prefix == prefixes.end()) {
    const auto meant = std::ranges::find_if(
        prefixes, [&](std::string_view p) { return base::iequals(p, text.substr(0, p.size())); });
    if (meant != prefixes.end()) {
      r.problems.warn(s, "taken as it stands: the notation is " + std::string(*meant) +
                             " in lower case; write utf8: before the secret if this is meant");
    }
    return base::secret(text);
  }
  const std::string_view rest = text.substr(prefix->size());
  if (*prefix == "utf8:") return base::secret(rest);
  if (*prefix == "hex:") {
    auto bytes = wipe_into_secret(base::unhex_any_case(rest));
    if (!bytes)
      r.problems.error(s, "after hex: must stand pairs of hexadecimal digits and nothing else");
    return bytes;
  }
  if (*prefix == "base64:") {
    auto bytes = wipe_into_secret(base::unbase64(rest));
    if (!bytes) {
      r.problems.error(
          s, "after base64: must stand padded base64 (A-Z a-z 0-9 + / =) and nothing else");
    }
    return bytes;
  }
  return resolve(r, s, prefix->substr(0, prefix->size() - 1), rest);
}

}  // namespace

bool is_reference(std::string_view text) {
  return text.starts_with("file:") || text.starts_with("env:") || text.starts_with("credential:");
}

std::optional<base::secret> read_secret(reader& r, const spot& s) {
  const std::string* text = read_scalar(r, s,
                                        "text: the secret as it stands, or utf8:, hex:, base64:, "
                                        "file:, env: or credential: and the rest");
  if (!text) return std::nullopt;
  auto found = decode(r, s, *text);
  if (!found) return std::nullopt;
  const auto written_as = [&](std::string_view p) { return text->starts_with(p); };
  const bool elsewhere = is_reference(*text);
  if (!elsewhere) r.holders.insert(s.at->at.file);
  if (!written_as("hex:") && !written_as("base64:"))
    warn_of_invisible(r, s, found->reveal(), elsewhere);
  if (found->empty()) {
    r.problems.error(s, "is empty; \"countersign keygen\" makes a secret");
    return std::nullopt;
  }
  if (is_everyones(found->reveal())) {
    r.problems.error(s,
                     "is nobody's secret: examples use it, or it is one byte repeated; "
                     "\"countersign keygen\" makes one");
    return std::nullopt;
  }
  return found;
}

}  // namespace core::config

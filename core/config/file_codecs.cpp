// SPDX-License-Identifier: Apache-2.0
#include "core/config/file_codecs.hpp"

#include <optional>
#include <string_view>
#include <variant>

#include "core/crypto/certificate.hpp"

namespace core::config {

namespace {

/// Nothing, and reported, if the file can't be had. `kind`: what the resolver calls a plain path.
std::optional<base::secret> contents(reader& r, const spot& s, std::string_view kind,
                                     std::string& path) {
  const std::string* text = read_scalar(r, s, "the path of a file");
  if (!text) return std::nullopt;
  // Not repeated: it may be the key.
  if (text->starts_with("-----")) {
    r.problems.error(s, "must be the path of a file that holds this");
    return std::nullopt;
  }
  std::string_view name = *text;
  constexpr std::string_view credential = "credential:", file = "file:";
  if (name.starts_with(credential)) {
    kind = credential.substr(0, credential.size() - 1);
    name.remove_prefix(credential.size());
  } else if (name.starts_with(file)) {
    name.remove_prefix(file.size());
  }
  if (name.empty()) {
    r.problems.error(s, "is empty: it must be the path of a file");
    return std::nullopt;
  }
  resolution found = r.resolve(kind, name);
  if (const auto* why = std::get_if<std::string>(&found.answer)) {
    r.problems.error(s, *why);
    return std::nullopt;
  }
  if (!found.exposure.empty()) r.problems.warn(s, *text + ": " + found.exposure);
  path = *text;
  return std::get<base::secret>(std::move(found.answer));
}

}  // namespace

bool certificate_file::read(reader& r, const spot& s, public_file& out) {
  const auto found = contents(r, s, "public", out.path);
  if (!found) return false;
  out.text = found->reveal();
  const auto facts = crypto::read_certificate(out.text);
  const auto* wrong = std::get_if<std::string>(&facts);
  if (wrong) r.problems.error(s, out.path + ' ' + *wrong);
  if (wrong) out.text.clear();
  return wrong == nullptr;
}

bool private_key_file::read(reader& r, const spot& s, key_file& out) {
  auto found = contents(r, s, "file", out.path);
  if (found) out.text = std::move(*found);
  return found.has_value();
}

void check_pair(reader& r, const spot& s, const certificate& pair) {
  if (pair.chain.text.empty() || pair.key.path.empty()) return;
  const std::string why = crypto::why_key_misfits(pair.chain.text, pair.key.text.reveal());
  if (!why.empty()) r.problems.error(s.key("key"), pair.key.path + ' ' + why);
}

}  // namespace core::config

// SPDX-License-Identifier: Apache-2.0
#include "core/config/codecs.hpp"

#include "core/config/secrets.hpp"

namespace core::config {

const std::string* read_scalar(reader& r, const spot& s, std::string_view type) {
  if (s.at->what == node::kind::scalar) return &s.at->text;
  const char* instead = s.at->what == node::kind::map ? ", not a map" : ", not a list";
  if (s.at->what != node::kind::broken)
    r.problems.error(s, "must be " + std::string(type) + instead);
  return nullptr;
}

const std::string* read_plain(reader& r, const spot& s, std::string_view type) {
  const std::string* text = read_scalar(r, s, type);
  if (!text || s.at->plain) return text;
  r.problems.error(s, "must be " + std::string(type) + " without quotes");
  return nullptr;
}

bool boolean::read(reader& r, const spot& s, bool& out) {
  const std::string* text = read_plain(r, s, type());
  if (!text) return false;
  if (*text != "true" && *text != "false") {
    r.problems.error(s, quoted(*text) + " is neither true nor false");
    return false;
  }
  out = *text == "true";
  return true;
}

bool secret_value::read(reader& r, const spot& s, base::secret& out) {
  auto found = read_secret(r, s);
  if (found) out = std::move(*found);
  return found.has_value();
}

}  // namespace core::config

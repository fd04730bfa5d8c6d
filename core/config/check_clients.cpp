// SPDX-License-Identifier: Apache-2.0
// What clients must not be on their own and beside each other. Secrets are compared by digest and
// never shown.

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>

#include "core/base/date.hpp"
#include "core/base/encoding.hpp"
#include "core/config/checks.hpp"
#include "core/config/suggest.hpp"
#include "core/config/values.hpp"
#include "core/crypto/digest.hpp"
#include "core/keys/version.hpp"

namespace core::config {

namespace {

// All secrets in force are tried on every message: more would make each one cost more.
constexpr std::size_t most_in_force = 4;
constexpr std::size_t short_secret = 16;

struct placed_secret {
  spot at;
  const base::secret* value;
  bool is_key;  ///< does it serve as the cipher's key?
};

std::vector<placed_secret> secrets_of(const client_draft& c, const spot& at) {
  std::vector<placed_secret> out;
  const bool seals = !c.encryption_key;
  if (c.secret) out.push_back({at.key("secret"), &*c.secret, seals});
  for (std::size_t i = 0; i < c.secrets.size(); ++i) {
    if (!c.secrets[i].value.empty())
      out.push_back({at.key("secrets").item(i).key("value"), &c.secrets[i].value, seals});
  }
  if (c.signing_secret) out.push_back({at.key("signing_secret"), &*c.signing_secret, false});
  if (c.encryption_key) out.push_back({at.key("encryption_key"), &*c.encryption_key, true});
  return out;
}

std::string has_bytes(std::size_t n) {
  return "has " + std::to_string(n) + (n == 1 ? " byte" : " bytes");
}

/// A key that was pasted without its notation.
std::string_view notation_of(std::string_view text, std::size_t key_size) {
  const auto fits = [&](std::optional<std::string> bytes) {
    const bool right = bytes && bytes->size() == key_size;
    if (bytes) explicit_bzero(bytes->data(), bytes->size());
    return right;
  };
  if (fits(base::unhex_any_case(text)))
    return "; it reads as hexadecimal: write hex: before it if it is";
  if (fits(base::unbase64(text))) return "; it reads as base64: write base64: before it if it is";
  return {};
}

std::string misfit(std::string_view key, crypto::cipher c) {
  const std::size_t bytes = key.size();
  const std::size_t size = crypto::key_size(c);
  const std::string_view notation = notation_of(key, size);
  const bool other_fits = size == 16 ? bytes == 32 : bytes == 16;
  const std::string others =
      size == 16 ? "AES-256-CBC and AES-256-GCM take 32" : "AES-128-CBC and AES-128-GCM take 16";
  return has_bytes(bytes) + ", and the key of " + std::string(crypto::name(c)) +
         " must be exactly " + std::to_string(size) + " (" + others + ')' +
         (other_fits ? "; is `cipher` right?" : "") + std::string(notation);
}

void check_lengths(const reviewed& f, std::size_t client,
                   const std::vector<placed_secret>& secrets) {
  const client_draft& c = f.d.client_drafts[client];
  const bool seals = std::ranges::any_of(f.d.route_drafts, [&](const route_draft& r) {
    return envelope_of(r, f.d) == envelope_kind::laravel && opens(client, r, f.d);
  });
  for (const placed_secret& s : secrets) {
    if (s.is_key && seals && s.value->size() != crypto::key_size(c.cipher)) {
      f.problems.error(s.at, misfit(s.value->reveal(), c.cipher));
    } else if (s.value->size() < short_secret) {
      f.problems.warn(s.at, has_bytes(s.value->size()) + "; fewer than 16 can be guessed");
    }
  }
}

bool says_public_key(const spot& client) {
  const node* said = client.at->find("public_key");
  return said != nullptr && said->what != node::kind::null;
}

void check_presence(const reviewed& f, const client_draft& c, const spot& at) {
  const bool one = at.at->find("secret") != nullptr;
  const bool several = at.at->find("secrets") != nullptr;
  const bool own_keys = at.at->find("signing_secret") && at.at->find("encryption_key");
  if (one && several)
    f.problems.error(at.key("secrets"), "stands beside `secret`; give one of the two");
  if (!one && !several && !own_keys && !says_public_key(at) && at.at->what == node::kind::map) {
    f.problems.error(at, "has no secret; \"countersign keygen\" makes one");
  }
  if (at.at->find("signing_secret") != nullptr && c.secrets.size() > 1) {
    f.problems.error(at.key("signing_secret"),
                     "signs for all of `secrets`, so that none could tell which of them sealed the "
                     "body; it has no successors");
  }
  if (several && c.secrets.empty() && at.key("secrets").at->what == node::kind::sequence) {
    f.problems.error(at.key("secrets"), "is empty");
  }
}

void check_public_key(const reviewed& f, const client_draft& c, const spot& at) {
  if (!c.public_key) {
    const bool misread = says_public_key(at);
    if (c.algorithm && !crypto::is_symmetric(*c.algorithm) && !misread)
      f.problems.error(at.key("algorithm"), std::string(crypto::name(*c.algorithm)) +
                                                " needs a `public_key` to be proven with");
    return;
  }
  const auto parsed = crypto::public_key::parse(*c.public_key);
  const auto* key = std::get_if<crypto::public_key>(&parsed);
  if (key == nullptr) return;  // reported where it was read
  if (!c.algorithm && !algorithm_of(*key)) {
    f.problems.error(at.key("algorithm"),
                     "is missing: an RSA key can be for rsa-pss-sha512 or for rsa-v1_5-sha256");
  } else if (c.algorithm && !key->fits(*c.algorithm)) {
    f.problems.error(at.key("algorithm"), std::string(crypto::name(*c.algorithm)) +
                                              " is not what the client's `public_key` is for");
  }
}

void check_generations(const reviewed& f, const client_draft& c, const spot& at) {
  constexpr auto ever = std::numeric_limits<std::int64_t>::max();
  constexpr auto always = std::numeric_limits<std::int64_t>::min();
  std::set<std::string> ids;
  for (std::size_t i = 0; i < c.secrets.size(); ++i) {
    const secret_generation& g = c.secrets[i];
    const spot item = at.key("secrets").item(i);
    if (!g.id.empty() && !ids.insert(g.id).second)
      f.problems.error(item.key("id"), quoted(g.id) + " is another secret's id already");
    if (g.from && g.until && *g.from >= *g.until)
      f.problems.error(item.key("until"), "is not after `from`: never in force");
    const auto now = g.from.value_or(always);
    const auto in_force = std::ranges::count_if(c.secrets, [&](const secret_generation& other) {
      return other.from.value_or(always) <= now && now < other.until.value_or(ever);
    });
    if (static_cast<std::size_t>(in_force) > most_in_force) {
      f.problems.error(at.key("secrets"),
                       std::to_string(in_force) + " are in force at once " +
                           (g.from ? "from " + base::format_iso8601(*g.from) : "at first") +
                           "; at most 4 may be");
      return;
    }
  }
}

void check_versions(const reviewed& f, const keys::version_policy& v, const spot& at) {
  if (!v.deprecated_below.empty() && v.deprecated_since == 0)
    f.problems.warn(
        at.key("deprecated_below"),
        "needs `deprecated_since`: without a date the Deprecation field names the moment "
        "of each answer");
  if (v.deprecated_below.empty() && (v.deprecated_since != 0 || v.sunset != 0)) {
    f.problems.warn(at.key(v.sunset != 0 ? "sunset" : "deprecated_since"),
                    "has no effect without deprecated_below");
  }
  if (v.sunset != 0 && v.deprecated_since != 0 && v.sunset < v.deprecated_since) {
    f.problems.error(at.key("sunset"), "is before deprecated_since (RFC 9745, section 4)");
  }
  if (!v.minimum.empty() && !v.deprecated_below.empty() &&
      keys::compare_versions(v.deprecated_below, v.minimum) <= 0) {
    f.problems.warn(at.key("deprecated_below"),
                    "has no effect: versions below `minimum` are refused anyway");
  }
}

void check_names(const reviewed& f, const std::optional<std::vector<std::string>>& names,
                 const spot& at, const std::vector<std::string_view>& known,
                 std::string_view what) {
  if (!names) return;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const std::string& name = (*names)[i];
    if (std::ranges::find(known, name) != known.end()) continue;
    const bool list = at.at->what == node::kind::sequence;
    f.problems.error(list ? at.item(i) : at,
                     quoted(name) + " is no " + std::string(what) + suggestion(name, known));
  }
}

void check_alike(const reviewed& f) {
  std::unordered_map<std::string, std::size_t> tokens, secrets;
  for (std::size_t i = 0; i < f.d.client_drafts.size(); ++i) {
    const client_draft& c = f.d.client_drafts[i];
    const spot at = f.client(i);
    const auto other = [&](std::size_t first) { return quoted(f.d.client_drafts[first].id); };
    const std::string& token = c.token.empty() ? c.id : c.token;
    if (const auto [first, fresh] = tokens.emplace(token, i); !fresh) {
      f.problems.error(at.key("token"), quoted(token) + " is the token of client " +
                                            other(first->second) + " already");
    }
    for (const placed_secret& s : secrets_of(c, at)) {
      const auto digest = crypto::sha256({s.value->reveal()});
      const auto [first, fresh] = secrets.emplace(std::string(crypto::view(digest)), i);
      if (!fresh && first->second != i) {
        f.problems.error(s.at, "is the same secret as client " + other(first->second) +
                                   " has: either could speak for both");
      }
    }
  }
}

}  // namespace

void check_clients(const reviewed& f) {
  std::vector<std::string_view> schemes, routes;
  for (const scheme_settings& p : f.d.schemes) schemes.push_back(p.name);
  if (std::ranges::find(schemes, "laravel") == schemes.end()) schemes.push_back("laravel");
  for (const route_draft& r : f.d.route_drafts) routes.push_back(r.name);

  for (std::size_t i = 0; i < f.d.client_drafts.size(); ++i) {
    const client_draft& c = f.d.client_drafts[i];
    const spot at = f.client(i);
    check_presence(f, c, at);
    check_lengths(f, i, secrets_of(c, at));
    check_public_key(f, c, at);
    check_generations(f, c, at);
    check_versions(f, c.versions, at.key("versions"));
    check_names(f, c.schemes, at.key("schemes"), schemes, "scheme");
    check_names(f, c.routes, at.key("routes"), routes, "route");
  }
  check_alike(f);
}

}  // namespace core::config

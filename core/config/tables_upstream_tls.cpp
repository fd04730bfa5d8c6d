// SPDX-License-Identifier: Apache-2.0
// The keys of TLS to an upstream.

#include <algorithm>
#include <optional>

#include "core/base/ascii.hpp"
#include "core/config/file_codecs.hpp"
#include "core/config/tables.hpp"

namespace core::config {

namespace {

struct server_name_rule : text_rule {
  static constexpr std::string_view type = "name, or an IP address";
  static parsed<std::string> parse(std::string_view text) {
    // With a dot before it OpenSSL would take any name that ends so.
    const bool fits =
        !text.empty() && text.front() != '.' && text.size() <= 253 &&
        std::ranges::all_of(text, [](char c) {
          return base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '-' || c == ':';
        });
    if (!fits) return wrong{quoted(text) + " is neither a host's name nor an IP address"};
    return base::lower(text);
  }
};

/// As the file has it.
struct upstream_tls_draft {
  std::optional<public_file> ca;
  certificate own;
  std::string server_name;
};

constexpr auto own_certificate = [](auto& draft) -> auto& { return draft.own.chain; };
constexpr auto own_key = [](auto& draft) -> auto& { return draft.own.key; };

std::span<const field<upstream_tls_draft>> tls_fields() {
  static constexpr field<upstream_tls_draft> table[] = {
      row<upstream_tls_draft, &upstream_tls_draft::ca, maybe<certificate_file>>(
          "ca", "PEM: who signs the service's certificate", "the system's authorities"),
      row<upstream_tls_draft, own_certificate, certificate_file>(
          "certificate", "PEM: the certificate that the gateway shows, then its chain", "none"),
      row<upstream_tls_draft, own_key, private_key_file>("key", "PEM: its private key", "none"),
      row<upstream_tls_draft, &upstream_tls_draft::server_name, ruled<server_name_rule>>(
          "server_name", "whose certificate the service must show", "the endpoint's host"),
  };
  return table;
}

}  // namespace

bool upstream_tls_section::read(reader& r, const spot& s, value& out) {
  upstream_tls& made = out.emplace();
  upstream_tls_draft d;
  if (!read_fields(r, s, tls_fields(), d)) return false;
  const bool shows = s.at->find("certificate") != nullptr;
  if (shows != (s.at->find("key") != nullptr))
    r.problems.error(s.key(shows ? "key" : "certificate"),
                     "is missing: a certificate and its key go together");
  check_pair(r, s, d.own);
  made.ca = std::move(d.ca);
  if (shows) made.own = std::move(d.own);
  made.server_name = std::move(d.server_name);
  return true;
}

node upstream_tls_section::print(const value& v) {
  if (!v) return {};
  return print_fields(tls_fields(),
                      upstream_tls_draft{v->ca, v->own.value_or(certificate{}), v->server_name});
}

void upstream_tls_section::describe(const std::string& path, const value&,
                                    std::vector<reference_row>& out) {
  describe_fields(path, tls_fields(), upstream_tls_draft{}, out);
}

}  // namespace core::config

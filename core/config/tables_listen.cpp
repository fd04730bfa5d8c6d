// SPDX-License-Identifier: Apache-2.0
// The keys of a listener.

#include <algorithm>

#include "core/config/address_codecs.hpp"
#include "core/config/file_codecs.hpp"
#include "core/config/tables.hpp"

namespace core::config {

namespace {

struct certificate_table {
  static std::span<const field<certificate>> fields() {
    static constexpr field<certificate> table[] = {
        row<certificate, &certificate::chain, certificate_file>(
            "certificate", "PEM: the certificate, then its chain", required),
        row<certificate, &certificate::key, private_key_file>("key", "PEM: its private key",
                                                              required),
    };
    return table;
  }
};

struct certificate_list {
  using value = std::vector<certificate>;
  static std::string type() { return {}; }
  static bool read(reader& r, const spot& s, value& out) {
    if (s.at->what != node::kind::sequence || s.at->items.empty()) {
      r.problems.error(s, "must be a list of {certificate: PATH, key: PATH}");
      return false;
    }
    for (std::size_t i = 0; i < s.at->items.size(); ++i) {
      const spot at = s.item(i);
      certificate& one = out.emplace_back();
      if (has_value(r, at) && read_fields(r, at, certificate_table::fields(), one))
        check_pair(r, at, one);
    }
    return true;
  }
  static node print(const value& all) {
    node out = sequence_node();
    for (const certificate& one : all)
      out.items.push_back(print_fields(certificate_table::fields(), one));
    return all.empty() ? node{} : out;
  }
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out) {
    describe_fields(path + "[]", certificate_table::fields(), certificate{}, out);
  }
};

/// As the file has it: one certificate is written without the list.
struct listener_tls_draft {
  certificate one;
  std::vector<certificate> several;
  std::optional<public_file> client_ca;
};

constexpr auto only_certificate = [](auto& draft) -> auto& { return draft.one.chain; };
constexpr auto only_key = [](auto& draft) -> auto& { return draft.one.key; };

struct tls_table {
  static std::span<const field<listener_tls_draft>> fields() {
    static constexpr field<listener_tls_draft> table[] = {
        row<listener_tls_draft, only_certificate, certificate_file>(
            "certificate",
            "clients speak TLS: PEM with the certificate, then its chain; read again at a reload",
            "plain HTTP"),
        row<listener_tls_draft, only_key, private_key_file>("key", "PEM: its private key", "none"),
        row<listener_tls_draft, &listener_tls_draft::several, certificate_list>("certificates", ""),
        row<listener_tls_draft, &listener_tls_draft::client_ca, maybe<certificate_file>>(
            "client_ca",
            "PEM: who signs clients' certificates; without one of these nobody comes in",
            "clients need no certificate"),
    };
    return table;
  }
};

/// {certificate, key}, or {certificates: [{certificate, key}, …]}.
struct tls_section {
  using value = std::optional<listener_tls>;
  static std::string type() { return {}; }
  static bool read(reader& r, const spot& s, value& out) {
    // Also where something is wrong with it: TLS is what is wanted.
    listener_tls& made = out.emplace();
    listener_tls_draft d;
    if (!read_fields(r, s, tls_table::fields(), d)) return false;
    const bool alone = s.at->find("certificate") != nullptr || s.at->find("key") != nullptr;
    const bool listed = s.at->find("certificates") != nullptr;
    if (alone && listed) {
      r.problems.error(s, "has `certificate` and `key`, or `certificates`; not both");
    } else if (!listed) {
      for (const char* key : {"certificate", "key"})
        if (s.at->find(key) == nullptr)
          r.problems.error(s.key(key), "is missing: TLS takes a certificate and its key");
      check_pair(r, s, d.one);
      d.several.push_back(std::move(d.one));
    }
    made.certificates = std::move(d.several);
    made.client_ca = std::move(d.client_ca);
    return true;
  }
  static node print(const value& v) {
    if (!v) return {};
    listener_tls_draft d;
    d.client_ca = v->client_ca;
    if (v->certificates.size() == 1)
      d.one = v->certificates.front();
    else
      d.several = v->certificates;
    return print_fields(tls_table::fields(), d);
  }
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out) {
    describe_fields(path, tls_table::fields(), listener_tls_draft{}, out);
  }
};

std::span<const field<listener>> listener_fields() {
  static constexpr field<listener> table[] = {
      row<listener, itself, ruled<listen_rule>>(
          "address", "where to listen: ADDRESS:PORT, or unix:PATH for a Unix-domain socket",
          required),
      row<listener, &listener::tls, tls_section>("tls", ""),
      row<listener, &listener::proxy_protocol, boolean>(
          "proxy_protocol",
          "connections begin with a PROXY header, version 1 or 2, that says the client's address; "
          "from `trusted_proxies`, and anybody else is hung up on"),
  };
  return table;
}

/// One of them, with or without its keys.
struct listener_itself {
  using value = listener;
  static std::string type() { return std::string(listen_rule::type); }
  static bool read(reader& r, const spot& s, listener& out) {
    if (s.at->what == node::kind::map) return read_fields(r, s, listener_fields(), out);
    return ruled<listen_rule>::read(r, s, out);
  }
  static node print(const listener& l) { return print_fields(listener_fields(), l); }
};

}  // namespace

std::string listener_list::type() { return list_of<listener_itself>::type(); }

bool listener_list::read(reader& r, const spot& s, value& out) {
  return list_of<listener_itself>::read(r, s, out);
}

// All in the short form or none: a list is written in one way.
node listener_list::print(const value& all) {
  if (std::ranges::any_of(all,
                          [](const listener& l) { return l.tls.has_value() || l.proxy_protocol; }))
    return list_of<listener_itself>::print(all);
  node out = sequence_node();
  for (const listener& l : all) out.items.push_back(listen_rule::print(l));
  return all.empty() ? node{} : out;
}

void listener_list::describe(const std::string& path, const value&,
                             std::vector<reference_row>& out) {
  describe_fields(path + "[]", listener_fields(), listener{}, out);
}

}  // namespace core::config

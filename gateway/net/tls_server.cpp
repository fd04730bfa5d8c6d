// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/tls_server.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

#include "core/base/ascii.hpp"
#include "core/crypto/certificate.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/x509_objects.hpp"
#include "gateway/net/tls_stream.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::net {

namespace {

constexpr std::string_view any_label = "*.";

std::int64_t seconds() { return sys::coarse_steady_us() / 1'000'000; }

/// Clients that ask for nothing get HTTP/1.1; those that ask must ask for it (RFC 7301).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* asked, unsigned asked_size, void*) {
  static constexpr std::string_view known = "http/1.1";
  for (unsigned at = 0; at < asked_size;) {
    const unsigned size = asked[at++];
    if (size > asked_size - at) break;
    if (std::string_view(reinterpret_cast<const char*>(asked + at), size) == known) {
      *chosen = asked + at;
      *chosen_size = static_cast<unsigned char>(size);
      return SSL_TLSEXT_ERR_OK;
    }
    at += size;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// Whoever names no host that is known gets the first certificate, as a client that names none:
/// what it thinks of that is its own business.
int choose_certificate(SSL* client, int*, void*) {
  const char* host = SSL_get_servername(client, TLSEXT_NAMETYPE_host_name);
  if (host == nullptr) return SSL_TLSEXT_ERR_NOACK;
  SSL_CTX* const found = tls_stream::of(client).server().find(core::base::lower(host));
  if (found == nullptr) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_SSL_CTX(client, found);
  return SSL_TLSEXT_ERR_OK;
}

/// As SSL_CTX_set_tlsext_ticket_key_evp_cb(3) says: below 0 failed, 0 do without, 1 go on, 2 go on
/// and give it a new one.
int ticket(SSL* client, unsigned char* called, unsigned char* iv, EVP_CIPHER_CTX* cipher,
           EVP_MAC_CTX* mac, int seals) {
  ticket_keys& keys = tls_stream::of(client).server().tickets();
  ticket_keys::name by{};
  ticket_keys::vector vector{};
  if (seals != 0) {
    if (!keys.seal(by, vector, cipher, mac, seconds())) return -1;
    std::ranges::copy(by, called);
    std::ranges::copy(vector, iv);
    return 1;
  }
  std::copy_n(called, by.size(), by.begin());
  std::copy_n(iv, vector.size(), vector.begin());
  switch (keys.open(by, vector, cipher, mac, seconds())) {
    case ticket_keys::found::no: return 0;
    case ticket_keys::found::yes: return 1;
    case ticket_keys::found::old: return 2;
  }
  return 0;
}

/// Clients show a certificate that one of these has signed, whoever signed that.
void demand_certificates(SSL_CTX* from, const core::config::public_file& authorities) {
  X509_STORE* const store = SSL_CTX_get_cert_store(from);
  for (const auto& one : core::crypto::certificates_from_pem(authorities.text)) {
    if (X509_STORE_add_cert(store, one.get()) != 1 || SSL_CTX_add_client_CA(from, one.get()) != 1)
      fail_tls(authorities.path + " can't be used");
  }
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_verify(from, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

tls_context make_context(const core::config::listener_tls& settings) {
  tls_context made = new_tls_context(true);
  SSL_CTX* const it = made.get();
  SSL_CTX_set_alpn_select_cb(it, choose_protocol, nullptr);
  // As SSL_CTX_set_tlsext_servername_callback, which is a macro with a cast of C's.
  SSL_CTX_callback_ctrl(it, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                        reinterpret_cast<void (*)()>(choose_certificate));
  SSL_CTX_set_tlsext_ticket_key_evp_cb(it, ticket);
  SSL_CTX_set_session_cache_mode(it, SSL_SESS_CACHE_OFF);  // tickets alone
  SSL_CTX_set_timeout(it, ticket_keys::lifetime);
  SSL_CTX_set_num_tickets(it, 1);
  if (settings.client_ca) demand_certificates(it, *settings.client_ca);
  // A session is good only where the same is asked of clients: what was begun without a certificate
  // opens no listener that wants one, nor one whose authorities are others by now.
  const std::string_view authorities =
      settings.client_ca ? std::string_view(settings.client_ca->text) : std::string_view();
  const auto mark = core::crypto::sha256({authorities});
  const std::string_view bytes = core::crypto::view(mark);
  SSL_CTX_set_session_id_context(it, reinterpret_cast<const unsigned char*>(bytes.data()),
                                 static_cast<unsigned>(bytes.size()));
  return made;
}

}  // namespace

/// A certificate of the configuration, with its chain and its key.
struct tls_server::loaded {
  std::string path;
  core::crypto::certificate_facts facts;
  std::vector<core::crypto::x509_object> chain;
  core::crypto::tls_key key;

  explicit loaded(const core::config::certificate& from)
      : path(from.chain.path),
        chain(core::crypto::certificates_from_pem(from.chain.text)),
        key(core::crypto::private_key_from_pem(from.key.text.reveal())) {
    auto read = core::crypto::read_certificate(from.chain.text);
    auto* const found = std::get_if<core::crypto::certificate_facts>(&read);
    // The configuration was checked; who made it by other means learns of it here.
    if (found == nullptr || !key) throw std::runtime_error(path + " can't be used");
    facts = std::move(*found);
  }

  [[nodiscard]] int key_type() const { return EVP_PKEY_get_base_id(key.get()); }
  [[nodiscard]] bool names(const std::string& host) const {
    return std::ranges::find(facts.names, host) != facts.names.end();
  }
  void put_into(SSL_CTX* context) const {
    bool good = SSL_CTX_use_certificate(context, chain.front().get()) == 1 &&
                SSL_CTX_use_PrivateKey(context, key.get()) == 1;
    for (std::size_t i = 1; good && i < chain.size(); ++i)
      good = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
    if (!good) fail_tls(path + " can't be used");
  }
};

tls_server::tls_server(const core::config::listener_tls& settings,
                       std::shared_ptr<ticket_keys> tickets)
    : tickets_(std::move(tickets)) {
  std::vector<loaded> all;
  all.reserve(settings.certificates.size());
  for (const core::config::certificate& one : settings.certificates) {
    all.emplace_back(one);
    shown_.push_back({all.back().path, all.back().facts.until});
  }
  first_ = context_of(all, 0, all.front().facts.names, settings);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const std::string& name : all[i].facts.names) {
      SSL_CTX* const context = context_of(all, i, {name}, settings);
      if (name.starts_with(any_label))
        wildcard_.emplace(name.substr(any_label.size()), context);
      else
        exact_.emplace(name, context);
    }
  }
}

/// OpenSSL picks by what the client can verify among keys of different types: the certificate at
/// `chosen`, and of each other type the first that names all of `hosts`.
SSL_CTX* tls_server::context_of(const std::vector<loaded>& all, std::size_t chosen,
                                const std::vector<std::string>& hosts,
                                const core::config::listener_tls& settings) {
  std::vector<std::size_t> together{chosen};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto names = [&](const std::string& host) { return all[i].names(host); };
    const auto same_type = [&](std::size_t other) {
      return all[other].key_type() == all[i].key_type();
    };
    if (!hosts.empty() && std::ranges::all_of(hosts, names) &&
        std::ranges::none_of(together, same_type))
      together.push_back(i);
  }
  tls_context& context = contexts_[together];
  if (context) return context.get();
  context = make_context(settings);
  for (const std::size_t i : together) all[i].put_into(context.get());
  return context.get();
}

tls_object tls_server::begin() const {
  tls_object made(SSL_new(first_));
  if (!made) throw std::bad_alloc();
  SSL_set_accept_state(made.get());
  return made;
}

SSL_CTX* tls_server::find(std::string_view host) const {
  if (const auto found = exact_.find(std::string(host)); found != exact_.end())
    return found->second;
  const std::size_t dot = host.find('.');
  if (dot == host.npos) return nullptr;
  const auto found = wildcard_.find(std::string(host.substr(dot + 1)));
  return found == wildcard_.end() ? nullptr : found->second;
}

}  // namespace gateway::net

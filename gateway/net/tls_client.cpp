// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/tls_client.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <new>
#include <optional>
#include <utility>

#include "core/crypto/digest.hpp"
#include "core/crypto/x509_objects.hpp"
#include "gateway/net/tls_stream.hpp"

namespace gateway::net {

namespace {

constexpr std::array<unsigned char, 9> http_1_1{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/// As SSL_CTX_sess_set_new_cb(3) says: 1 keeps it.
int keep_session(SSL* connection, SSL_SESSION* handed_out) {
  tls_session* const kept = tls_stream::of(connection).kept();
  if (kept == nullptr) return 0;
  kept->keep(handed_out);
  return 1;
}

void trust(SSL_CTX* it, const std::optional<core::config::public_file>& authorities) {
  if (!authorities) {
    if (SSL_CTX_set_default_verify_paths(it) != 1) fail_tls("the system's authorities");
    return;
  }
  X509_STORE* const store = SSL_CTX_get_cert_store(it);
  for (const auto& one : core::crypto::certificates_from_pem(authorities->text))
    if (X509_STORE_add_cert(store, one.get()) != 1) fail_tls(authorities->path + " can't be used");
  // What the file names is trusted, whoever signed that.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
}

void show(SSL_CTX* it, const core::config::certificate& own) {
  const auto chain = core::crypto::certificates_from_pem(own.chain.text);
  const auto key = core::crypto::private_key_from_pem(own.key.text.reveal());
  bool good = !chain.empty() && key && SSL_CTX_use_certificate(it, chain.front().get()) == 1 &&
              SSL_CTX_use_PrivateKey(it, key.get()) == 1;
  for (std::size_t i = 1; good && i < chain.size(); ++i)
    good = SSL_CTX_add1_chain_cert(it, chain[i].get()) == 1;
  if (!good) fail_tls(own.chain.path + " can't be used");
}

std::string mark_of(const core::config::upstream_tls& settings) {
  const auto ca = settings.ca ? core::crypto::sha256({settings.ca->text})
                              : core::crypto::sha256({"the system's"});
  const auto own =
      settings.own
          ? core::crypto::sha256({settings.own->chain.text, "\n", settings.own->key.text.reveal()})
          : core::crypto::sha256({"none"});
  return std::string(core::crypto::view(core::crypto::sha256(
      {core::crypto::view(ca), core::crypto::view(own), settings.server_name})));
}

}  // namespace

void tls_session::keep(SSL_SESSION* handed_out) {
  SSL_SESSION_free(std::exchange(kept_, handed_out));
}

tls_session::~tls_session() { SSL_SESSION_free(kept_); }

tls_client::tls_client(const core::config::upstream_tls& settings)
    : context_(new_tls_context(false)),
      server_name_(settings.server_name),
      mark_(mark_of(settings)) {
  SSL_CTX* const it = context_.get();
  trust(it, settings.ca);
  if (settings.own) show(it, *settings.own);
  SSL_CTX_set_verify(it, SSL_VERIFY_PEER, nullptr);
  // This one function answers 0 where all is well.
  if (SSL_CTX_set_alpn_protos(it, http_1_1.data(), static_cast<unsigned>(http_1_1.size())) != 0)
    fail_tls("OpenSSL knows no ALPN");
  SSL_CTX_set_session_cache_mode(it, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(it, keep_session);
}

tls_object tls_client::begin(const std::string& host, const tls_session& kept) const {
  tls_object made(SSL_new(context_.get()));
  if (!made) throw std::bad_alloc();
  const std::string& name = server_name_.empty() ? host : server_name_;
  SSL_set_connect_state(made.get());
  X509_VERIFY_PARAM* const checked = SSL_get0_param(made.get());
  bool good = true;
  // What is no IP address is a name, which is said (SNI) and must be in the certificate. OpenSSL's
  // macro for saying it has a cast of C's.
  if (X509_VERIFY_PARAM_set1_ip_asc(checked, name.c_str()) != 1) {
    SSL_set_hostflags(made.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    good = SSL_set1_host(made.get(), name.c_str()) == 1 &&
           SSL_ctrl(made.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(name.c_str())) == 1;
  }
  if (kept.get() != nullptr) good = SSL_set_session(made.get(), kept.get()) == 1 && good;
  if (!good) throw std::bad_alloc();
  return made;
}

}  // namespace gateway::net

// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "core/base/ascii.hpp"
#include "core/crypto/signature.hpp"
#include "core/crypto/x509_objects.hpp"

namespace core::crypto {
namespace {

using general_names = owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using moment = owned<ASN1_TIME, ASN1_TIME_free>;

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> names;
  const general_names all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  const int count = all ? sk_GENERAL_NAME_num(all.get()) : 0;
  for (int i = 0; i < count; ++i) {
    int type = 0;
    const auto* text = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &type));
    if (type != GEN_DNS) continue;
    const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
    names.push_back(base::lower({bytes, static_cast<std::size_t>(ASN1_STRING_length(text))}));
  }
  return names;
}

std::int64_t unix_seconds(const ASN1_TIME* at) {
  const moment epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), at) != 1) return 0;
  return std::int64_t{days} * 86'400 + seconds;
}

std::string refused(const EVP_PKEY* key) {
  if (key == nullptr) return "holds a certificate whose key can't be read";
  const bool rsa = EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1;
  if (const int bits = EVP_PKEY_get_bits(key); rsa && bits < smallest_rsa_bits)
    return "holds a certificate for an RSA key of " + std::to_string(bits) + " bits; at least " +
           std::to_string(smallest_rsa_bits) + " are needed";
  return {};
}

}  // namespace

std::variant<certificate_facts, std::string> read_certificate(std::string_view pem) {
  const auto chain = certificates_from_pem(pem);
  if (chain.empty()) return "holds no certificate as PEM (BEGIN CERTIFICATE)";
  const X509* first = chain.front().get();
  std::string wrong = refused(X509_get0_pubkey(first));
  certificate_facts facts{names_of(first), unix_seconds(X509_get0_notBefore(first)),
                          unix_seconds(X509_get0_notAfter(first))};
  ERR_clear_error();
  if (!wrong.empty()) return wrong;
  return facts;
}

std::string why_key_misfits(std::string_view certificates, std::string_view key) {
  const auto chain = certificates_from_pem(certificates);
  const tls_key own = private_key_from_pem(key);
  if (!own) {
    if (key.find("ENCRYPTED") != key.npos)
      return "is encrypted, and the gateway has nobody to ask for the password";
    return "holds no private key as PEM (BEGIN PRIVATE KEY)";
  }
  const bool fits = !chain.empty() && X509_check_private_key(chain.front().get(), own.get()) == 1;
  ERR_clear_error();
  return fits ? std::string() : "is not the key of the certificate";
}

}  // namespace core::crypto

// SPDX-License-Identifier: Apache-2.0
#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <memory>

#include "core/base/encoding.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/json/check.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/new_secret.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/sys/entropy.hpp"

namespace gateway::cli {

namespace {

struct keygen_options {
  std::size_t bytes = 16;  // what the default cipher takes
  std::string format = "hex";
  bool ed25519 = false;
  bool json = false;
};

std::string as_json(const keygen_options& given, std::string_view secret) {
  std::string out = R"({"secret":)";
  core::json::append_string(out, secret);
  out.append(R"(,"format":)");
  core::json::append_string(out, given.format);
  return out.append(R"(,"bytes":)").append(std::to_string(given.bytes)).append("}\n");
}

int print_secret(const keygen_options& given) {
  if (given.format == "laravel" && given.bytes != 16 && given.bytes != 32)
    throw CLI::ValidationError("--format",
                               "an APP_KEY has 16 or 32 bytes, not " + std::to_string(given.bytes));
  sys::entropy source;
  std::string secret = make_secret(given.format, given.bytes, source);
  std::string out = given.json ? as_json(given, secret) : secret + "\n";
  print(out);
  explicit_bzero(secret.data(), secret.size());
  explicit_bzero(out.data(), out.size());
  return exit_fine;
}

// The text is a PEM file as it stands: readers of PEM pass over what follows the key.
int print_ed25519(const keygen_options& given) {
  sys::entropy source;
  std::array<char, core::crypto::ed25519_seed_size> seed;
  source.fill(seed);
  const core::crypto::ed25519_key key = core::crypto::make_ed25519_key({seed.data(), seed.size()});
  explicit_bzero(seed.data(), seed.size());
  const std::string public_key = core::base::base64(key.public_spki);
  std::string out;
  if (given.json) {
    core::json::append_string(out.append(R"({"private_key":)"), key.private_pem.reveal());
    core::json::append_string(out.append(R"(,"public_key":)"), public_key);
    out.append("}\n");
  } else {
    out.append(key.private_pem.reveal()).append("public_key: ").append(public_key).append("\n");
  }
  print(out);
  explicit_bzero(out.data(), out.size());
  return exit_fine;
}

}  // namespace

void add_keygen(CLI::App& app, int& status) {
  auto given = std::make_shared<keygen_options>();
  CLI::App* command =
      app.add_subcommand("keygen", "Make a new secret, as the configuration takes it");
  auto* bytes = command
                    ->add_option("--bytes", given->bytes,
                                 "Its size: 16 for AES-128, 32 for AES-256; any other signs, but "
                                 "seals nothing")
                    ->check(CLI::Range(16U, 1024U))
                    ->capture_default_str();
  auto* format = command
                     ->add_option("--format", given->format,
                                  "utf8 (letters and digits), hex, base64, or laravel (as APP_KEY)")
                     ->check(CLI::IsMember({"utf8", "hex", "base64", "laravel"}))
                     ->capture_default_str();
  command
      ->add_flag("--ed25519", given->ed25519,
                 "Make a key pair instead: the private key in PEM, then `public_key: ` as the "
                 "configuration takes it")
      ->excludes(bytes)
      ->excludes(format);
  command->add_flag("--json", given->json, "Print it as JSON");
  command->callback(
      [given, &status] { status = given->ed25519 ? print_ed25519(*given) : print_secret(*given); });
}

}  // namespace gateway::cli

// SPDX-License-Identifier: Apache-2.0
#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <memory>

#include "core/base/encoding.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/sys/entropy.hpp"

namespace gateway::cli {

namespace {

struct options {
  std::size_t bytes = 32;
  std::string format = "hex";
};

// Letters and digits, each equally likely: 62 values don't divide 256, so bytes beyond the last
// full round are drawn again.
std::string text_secret(std::size_t size, sys::entropy& source) {
  static constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string text;
  while (text.size() < size) {
    char drawn = 0;
    source.fill({&drawn, 1});
    const auto value = static_cast<unsigned char>(drawn);
    if (value < 4 * alphabet.size()) text.push_back(alphabet[value % alphabet.size()]);
  }
  return text;
}

int keygen(const options& given) {
  sys::entropy source;
  std::string secret;
  if (given.format == "utf8") {
    secret = text_secret(given.bytes, source);
  } else {
    std::string bytes(given.bytes, '\0');
    source.fill(bytes);
    secret = given.format == "hex" ? "hex:" + core::base::hex(bytes)
                                   : "base64:" + core::base::base64(bytes);
    explicit_bzero(bytes.data(), bytes.size());
  }
  std::printf("%s\n", secret.c_str());
  explicit_bzero(secret.data(), secret.size());
  return exit_fine;
}

}  // namespace

void add_keygen(CLI::App& app, int& status) {
  auto given = std::make_shared<options>();
  CLI::App* command =
      app.add_subcommand("keygen", "Make a new secret, as the configuration takes it");
  command->add_option("--bytes", given->bytes, "Its size: 16 for AES-128, 32 for AES-256")
      ->check(CLI::Range(16U, 1024U))
      ->capture_default_str();
  command
      ->add_option("--format", given->format,
                   "utf8 (letters and digits), hex, base64, or laravel (as APP_KEY)")
      ->check(CLI::IsMember({"utf8", "hex", "base64", "laravel"}))
      ->capture_default_str();
  command->callback([given, &status] { status = keygen(*given); });
}

}  // namespace gateway::cli

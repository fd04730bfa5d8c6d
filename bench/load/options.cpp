// SPDX-License-Identifier: Apache-2.0
#include "bench/load/options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>

#include "bench/load/composer.hpp"
#include "core/config/values.hpp"

namespace bench::load {

namespace {

constexpr std::uint64_t largest_message = 64u << 20;

std::string described() {
  return "Loads a gateway of this machine. Every request is sealed anew and signed with the "
         "current "
         "second.\nExits 0 only if every request was answered as expected.";
}

void add_speaker(CLI::App& app, options& o) {
  const std::string group = "Who speaks (a file's client, a client of your own, or --plain)";
  auto* config = app.add_option("-c,--config", o.config, "The gateway's configuration");
  auto* client = app.add_option("--client", o.client, "The id of a client in it")->needs(config);
  auto* route =
      app.add_option("--route", o.route, "The route's name; found by the path if left out")
          ->needs(config);
  auto* drawn =
      app.add_flag("--drawn", o.drawn, "Each message is a client's drawn from all of the file")
          ->needs(config)
          ->excludes(client);
  auto* token = app.add_option("--token", o.token, "The token of a client of your own");
  auto* secret = app.add_option("--secret", o.secret, "Its secret, written as in a configuration");
  auto* cipher = app.add_option("--cipher", o.cipher, "Its cipher")->capture_default_str();
  auto* construction = app.add_option("--construction", o.construction, "How it signs: A1, A2, A3")
                           ->capture_default_str();
  auto* payload = app.add_option("--payload", o.payload, "Where the sealed message stands")
                      ->check(CLI::IsMember({"form", "json", "raw"}));
  auto* plaintext = app.add_option("--plaintext", o.plaintext, "What is sealed")
                        ->check(CLI::IsMember({"serialized", "raw"}));
  auto* version =
      app.add_option("--version", o.version, "The client's version")->capture_default_str();
  auto* private_key =
      app.add_option("--private-key", o.private_key,
                     "File with the private key (PKCS#8, PEM) of a client that has a public key")
          ->needs(config);
  auto* plain = app.add_flag("--plain", o.plain, "Plain JSON, for a route with `scheme: none`");
  token->needs(secret);
  secret->needs(token);
  for (CLI::Option* own : {token, secret, cipher, construction}) config->excludes(own);
  for (CLI::Option* sealed : {config, token, payload, plaintext}) plain->excludes(sealed);
  for (CLI::Option* all : {config, client, drawn, route, token, secret, cipher, construction,
                           payload, plaintext, version, private_key, plain})
    all->group(group);
}

void add_amounts(CLI::App& app, options& o) {
  const std::string group = "How much (whichever end comes first)";
  app.add_option("--requests", o.requests, "Requests")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--seconds", o.seconds, "Seconds")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str()
      ->group(group);
  app.add_option("--connections", o.connections, "Connections, kept alive")
      ->check(CLI::Range(1, 20'000))
      ->capture_default_str()
      ->group(group);
  app.add_option("--threads", o.threads, "Threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->group(group);
  app.add_option("--rate", o.rate,
                 "Requests a second (open loop: latency counts from when a request was meant to be "
                 "sent); left out: as fast as answers come (closed loop)")
      ->check(CLI::Range(0.01, 10'000'000.0))
      ->group(group);
  app.add_flag("--reconnect", o.reconnect, "A connection, and a handshake, for each request")
      ->group(group);
  app.add_option("--timeout", o.timeout, "Seconds that an answer may take")
      ->check(CLI::Range(0.001, 600.0))
      ->capture_default_str()
      ->group(group);
}

/// @return a sentence if the options don't fit together.
std::string settle(options& o, const std::string& size) {
  auto target_or = parse_target(o.url);
  if (const auto* wrong = std::get_if<std::string>(&target_or)) return *wrong;
  o.to = std::get<target>(target_or);
  const auto bytes = core::config::parse_size(size);
  if (const auto* wrong = std::get_if<core::config::wrong>(&bytes)) return "--size: " + wrong->why;
  o.size = std::get<std::uint64_t>(bytes);
  if (o.size < composer::smallest || o.size > largest_message)
    return "--size: a message has " + std::to_string(composer::smallest) + "B to 64MiB";
  if (!o.plain && o.config.empty() && o.token.empty())
    return "say who speaks: -c FILE --client ID, --token and --secret, or --plain";
  if (o.spoil != spoiled::nothing && (o.plain || o.body == expected_body::echo))
    return "--spoil wants a sealed message, and no echo of it";
  if (!o.config.empty() && o.client.empty() && !o.drawn)
    return "-c wants --client ID or --drawn too";
  if (o.connections < o.threads) return "every thread needs a connection of its own";
  return {};
}

}  // namespace

std::optional<options> parse_options(int argc, const char* const* argv, int& status) {
  options o;
  std::string size = "1KiB";
  std::string body = "any";
  std::string spoil;
  CLI::App app{described(), "countersign_load"};
  app.add_option("url", o.url, "http(s)://ADDRESS:PORT/PATH, on loopback")->required();
  add_speaker(app, o);
  add_amounts(app, o);
  app.add_option("--spoil", spoil,
                 "What is wrong with every request: its signature, or its token, which nobody has; "
                 "401 is expected then")
      ->check(CLI::IsMember({"signature", "token"}));
  app.add_option("--size", size, "Bytes of each message, a JSON object, before it is sealed")
      ->capture_default_str();
  const auto* status_expected = app.add_option("--status", o.status, "The status expected")
                                    ->check(CLI::Range(200, 599))
                                    ->capture_default_str();
  app.add_option("--body", body, "The body expected: echo is the message that was sent")
      ->check(CLI::IsMember({"any", "echo"}))
      ->capture_default_str();
  app.add_flag("--allow-refused", o.allow_refused,
               "Count what is refused with 503 or 429 and Retry-After apart, and not as a failure");
  app.add_flag("--json", o.json, "Print the results as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    status = app.exit(e) == 0 ? exit_fine : exit_usage;
    return std::nullopt;
  }
  o.body = body == "echo" ? expected_body::echo : expected_body::any;
  if (!spoil.empty()) {
    o.spoil = spoil == "token" ? spoiled::token : spoiled::signature;
    if (status_expected->count() == 0) o.status = 401;
  }
  const std::string wrong = settle(o, size);
  if (!wrong.empty()) {
    std::fprintf(stderr, "countersign_load: %s\n", wrong.c_str());
    status = exit_usage;
    return std::nullopt;
  }
  return o;
}

}  // namespace bench::load

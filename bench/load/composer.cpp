// SPDX-License-Identifier: Apache-2.0
#include "bench/load/composer.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#include "core/base/encoding.hpp"
#include "core/envelope/laravel.hpp"
#include "core/envelope/laravel_members.hpp"
#include "core/envelope/php_serialized.hpp"
#include "core/json/check.hpp"
#include "gateway/sys/entropy.hpp"

namespace bench::load {

namespace {

using core::envelope::payload_form;

constexpr std::size_t serial_digits = 16;

std::string text_of(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

random_bytes from_the_kernel() {
  return [random = std::make_shared<gateway::sys::entropy>()](std::span<char> out) {
    random->fill(out);
  };
}

struct body {
  std::string text;
  std::string_view type;
};

body wrap(std::string payload, payload_form form, std::string_view field) {
  switch (form) {
    case payload_form::raw: return {std::move(payload), "text/plain"};
    case payload_form::json: {
      std::string text = "{";
      core::json::append_string(text, field);
      return {text.append(":\"").append(payload).append("\"}"), "application/json"};
    }
    case payload_form::form:
    case payload_form::by_content_type: break;
  }
  std::string text = core::base::form_encode(field).append("=");
  // Base64 of ASCII has neither '+' nor '/': only the padding is escaped, and looking at each
  // letter would cost more than sealing.
  const std::size_t plain = payload.find_last_not_of('=') + 1;
  text.reserve(text.size() + payload.size() + 4);
  text.append(payload, 0, plain);
  return {text.append(core::base::form_encode(std::string_view(payload).substr(plain))),
          "application/x-www-form-urlencoded"};
}

}  // namespace

composer::composer(const options& o, const subject& s) : composer(o, s, from_the_kernel()) {}

composer::composer(const options& o, const subject& s, random_bytes draw)
    : subject_(s),
      draw_(std::move(draw)),
      target_line_("POST " + o.to.path + " HTTP/1.1\r\nHost: " + o.to.authority + "\r\n"),
      version_(o.version),
      spoil_(o.spoil),
      drawn_(o.drawn),
      wants_mark_(!s.plain() && s.route->settings.reply.sign) {
  if (!s.plain() && s.route->signatures() != nullptr) signer_.emplace(o, s);
  // Who made it is drawn anew for each thread of each run, so that no message is anybody else's.
  std::array<char, 8> run;
  draw_(run);
  message_ = R"({"run":")" + core::base::hex({run.data(), run.size()}) + R"(","serial":")";
  serial_at_ = message_.size();
  message_.append(serial_digits, '0').append(R"(","pad":")");
  const std::string_view end = R"("})";
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789";
  while (message_.size() + end.size() < o.size)
    message_.push_back(letters[message_.size() % letters.size()]);
  message_.append(end);
}

std::string_view composer::message(std::uint64_t serial) {
  std::array<char, sizeof serial> big_endian;
  for (std::size_t i = 0; i < big_endian.size(); ++i)
    big_endian[i] = static_cast<char>(serial >> (8 * (big_endian.size() - 1 - i)));
  core::base::hex_to({big_endian.data(), big_endian.size()}, message_.data() + serial_at_);
  return message_;
}

void composer::compose(request& out, std::int64_t now) {
  out.serial = next_serial_++;
  const std::string_view text = message(out.serial);
  if (subject_.plain()) {
    write_head(out, "application/json", text.size(), now);
    out.bytes.append(text);
    return;
  }
  if (signer_) {
    std::array<char, signer::random_size> random;
    draw_(random);
    out.stamp = now;
    return signer_->write(out.bytes, text, now, random);
  }
  out.who = speaker();
  const core::crypto::cipher cipher = out.who->cipher;
  std::array<char, 16> iv;
  const std::span<char> fresh = std::span(iv).first(core::crypto::iv_size(cipher));
  draw_(fresh);
  const core::keys::generation& key = key_of(*out.who);
  std::string payload = core::envelope::seal_laravel(
      subject_.serialized ? core::envelope::php_serialize_string(text) : std::string(text),
      {cipher, key.encryption.reveal(), key.envelope_mac}, {fresh.data(), fresh.size()}, contexts_);
  if (wants_mark_) out.mark = mark_of(payload, cipher);
  const body b = wrap(std::move(payload), subject_.payload, subject_.route->preset.field);
  write_head(out, b.type, b.text.size(), now);
  out.bytes.append(b.text);
}

void composer::write_head(request& out, std::string_view type, std::size_t body_size,
                          std::int64_t now) {
  std::string& bytes = out.bytes;
  bytes.clear();
  bytes.append(target_line_).append("Content-Type: ").append(type);
  if (!subject_.plain()) {
    const auto names = subject_.route->laravel()->credential_fields();
    bytes.append("\r\n").append(names[0]).append(": ");
    out.stamp = now;
    out.stamp_at = bytes.size();
    bytes.append(std::to_string(now)).append("\r\n").append(names[1]).append(": ");
    bytes.append(version_).append("\r\n").append(names[2]).append(": ");
    bytes.append(token(*out.who)).append("\r\n").append(names[3]).append(": ");
    out.signature_at = bytes.size();
    bytes.append(signature(*out.who, now));
  }
  bytes.append("\r\nContent-Length: ").append(std::to_string(body_size)).append("\r\n\r\n");
}

void composer::restamp(request& r, std::int64_t now) {
  if (subject_.plain() || r.stamp == now) return;
  constexpr std::int64_t soon = 30;  // seconds, of the 300 that a message may be old
  if (signer_) {
    if (now - r.stamp > soon) compose(r, now);
    return;
  }
  const std::string stamp = std::to_string(now);
  // Ten digits until the year 2286.
  r.bytes.replace(r.stamp_at, stamp.size(), stamp);
  r.bytes.replace(r.signature_at, 64, signature(*r.who, now));
  r.stamp = now;
}

const core::keys::client* composer::speaker() {
  if (!drawn_) return subject_.client;
  std::array<char, 8> drawn;
  draw_(drawn);
  // The first is nobody.
  const auto& all = subject_.rules->keys.all();
  return &all[1 + std::bit_cast<std::uint64_t>(drawn) % (all.size() - 1)];
}

const core::keys::generation& composer::key_of(const core::keys::client& who) const {
  return &who == subject_.client ? *subject_.key : who.generations.front();
}

// The signature covers the second alone: within it, all messages of a client have the same.
const std::string& composer::signature(const core::keys::client& who, std::int64_t now) {
  if (signed_for_ != now || signed_by_ != &who) {
    signature_ = subject_.route->laravel()->sign(std::to_string(now), key_of(who));
    if (spoil_ == spoiled::signature) signature_.front() = signature_.front() == '0' ? '1' : '0';
    signed_for_ = now;
    signed_by_ = &who;
  }
  return signature_;
}

/// A spoiled one is as long as the client's own, and nobody's.
std::string composer::token(const core::keys::client& who) const {
  std::string name = who.token;
  if (spoil_ != spoiled::token) return name;
  for (name.front() = '0'; subject_.rules->keys.find(name) != nullptr; ++name.front())
    if (name.front() == 'z') throw std::runtime_error("every token like " + name + " is taken");
  return name;
}

std::string mark_of(std::string payload, core::crypto::cipher c) {
  const auto size = core::base::unbase64(payload, payload.data());
  if (!size) return {};
  const auto members = core::envelope::read_laravel_members(std::span(payload).first(*size));
  if (!members) return {};
  if (!core::crypto::is_gcm(c)) return text_of(members->mac);
  const auto iv = core::base::unbase64(text_of(members->iv));
  const auto tag = core::base::unbase64(text_of(members->tag.value_or(std::span<char>())));
  return iv && tag ? core::base::hex(*iv + *tag) : std::string();
}

}  // namespace bench::load

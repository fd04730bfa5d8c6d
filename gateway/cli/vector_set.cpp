// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/vector_set.hpp"

#include <array>

#include "core/admission/answer.hpp"
#include "core/admission/client_reply.hpp"
#include "core/base/ascii.hpp"
#include "core/base/date.hpp"
#include "core/base/encoding.hpp"

namespace gateway::cli {

namespace {

namespace admission = core::admission;
using admission::client_field;
using admission::client_message;
using admission::client_reply;
using admission::client_request;
using admission::findings;
using admission::snapshot;
using admission::workspace;

constexpr std::string_view reply_body = R"({"accepted":true})";
constexpr std::int64_t reply_time = example_time + 1;

// Nobody may use these for more than an example; what they are says the output itself.
std::string example_random() {
  std::string bytes;
  for (std::size_t i = 0; i < admission::client_random_size; ++i)
    bytes.push_back(static_cast<char>(i));
  return bytes;
}

// --- Changes to a message -------------------------------------------------------------------

/// Another digit of the same alphabet: one bit of what it stands for, and no padding's bit.
char other_digit(core::scheme::text_encoding how, char c) {
  if (how == core::scheme::text_encoding::hex) {
    const std::string_view digits = "0123456789abcdef";
    return digits[digits.find(c) ^ 8U];
  }
  const std::string_view digits =
      how == core::scheme::text_encoding::base64url
          ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
          : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return digits[digits.find(c) ^ 32U];
}

/// Where a signature stands: a field, how many bytes of it come before, and how it is written.
struct place {
  std::string field;
  std::size_t before = 0;
  core::scheme::text_encoding how = core::scheme::text_encoding::hex;
};

client_field* find(std::vector<client_field>& fields, std::string_view name) {
  for (client_field& f : fields)
    if (core::base::iequals(f.name, name)) return &f;
  return nullptr;
}

/// "sig=:" is what stands before the base64.
std::size_t after_colon(const client_field* f) { return f == nullptr ? 0 : f->value.find(':') + 1; }

place request_signature(client_request& r) {
  if (const auto* laravel = r.policy->laravel())
    return {std::string(laravel->credential_fields()[3]), 0, core::scheme::text_encoding::hex};
  if (r.policy->signatures() != nullptr)
    return {"Signature", after_colon(find(r.fields, "Signature")),
            core::scheme::text_encoding::base64};
  const core::scheme::template_signature& s = r.policy->templated()->settings().signature;
  const core::scheme::extraction_settings& where = s;
  place at{s.header, 0, s.encoding};
  const client_field* f = find(r.fields, s.header);
  const auto found =
      f == nullptr ? core::base::result<core::scheme::found_values>(core::base::errc::missing_field)
                   : core::scheme::extraction(where).values(f->value);
  if (found && found->size != 0)
    at.before = static_cast<std::size_t>(found->items[0].data() - f->value.data());
  return at;
}

place reply_signature(const client_request& asked, reply_vector& reply) {
  if (const auto* laravel = asked.policy->laravel())
    return {std::string(laravel->credential_fields()[3]), 0, core::scheme::text_encoding::hex};
  if (asked.policy->signatures() != nullptr)
    return {"Signature", after_colon(find(reply.fields, "Signature")),
            core::scheme::text_encoding::base64};
  const core::scheme::template_settings& s = asked.policy->templated()->settings();
  return {s.response->signature, s.response->prefix.size(), s.signature.encoding};
}

void spoil_signature(std::vector<client_field>& fields, const place& at) {
  client_field* f = find(fields, at.field);
  if (f != nullptr && at.before < f->value.size())
    f->value[at.before] = other_digit(at.how, f->value[at.before]);
}

void change_body(std::string& body) {
  if (body.empty()) return;
  char& c = body[body.size() / 2];
  c = c == 'A' ? 'B' : 'A';
}

/// The stamp wherever it is written, a second later. In milliseconds it begins with the seconds.
void change_stamp(std::vector<client_field>& fields, std::int64_t stamp) {
  const std::string from = std::to_string(stamp);
  const std::string to = std::to_string(stamp + 1);
  for (client_field& f : fields) {
    const std::size_t at = f.value.find(from);
    if (at != std::string::npos) f.value.replace(at, from.size(), to);
  }
}

// --- Requests -------------------------------------------------------------------------------

std::string read_signed_text(const client_request& r, const snapshot& rules) {
  std::string length;
  const core::http::request_head head = r.head(length);
  findings known;
  const auto arrived =
      admission::arrive(head, rules, core::base::from_unix_seconds(example_time), known);
  if (!arrived) return {};
  const auto found = admission::find_route(*arrived, rules);
  if (!found) return {};
  const auto claim = admission::inspect(*found);
  if (!claim) return {};
  return admission::signed_text(*claim, r.body.value_or(std::string()));
}

/// Values for the fields of its own that the scheme signs.
std::vector<client_field> signed_fields(const snapshot& rules) {
  std::vector<client_field> all;
  const admission::route_policy& policy = rules.policies.front();
  const auto add = [&](std::string_view name) {
    for (const std::string_view own : {"host", "content-type", "content-digest", "content-length"})
      if (core::base::iequals(name, own)) return;
    if (!core::base::iequals(name, policy.version_field))
      all.push_back({std::string(name), "example"});
  };
  if (const auto* signatures = policy.signatures())
    for (const std::string& name : signatures->settings().required)
      if (!name.starts_with('@')) add(name);
  if (const auto* templated = policy.templated()) {
    constexpr std::string_view before = "{header:";
    const std::string& text = templated->settings().string_to_sign;
    for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at)) {
      at += before.size();
      add(std::string_view(text).substr(at, text.find_first_of("?|}", at) - at));
    }
  }
  return all;
}

std::variant<client_request, std::string> make(const example& e, const snapshot& rules,
                                               const std::optional<core::crypto::private_key>& own,
                                               bool with_body, workspace& space) {
  client_message m;
  m.client = rules.model.clients.front().id;
  m.version = e.version;
  m.method = with_body ? "POST" : "GET";
  m.authority = example_authority;
  m.target = example_target;
  if (with_body) m.body = example_body;
  m.fields = signed_fields(rules);
  m.timestamp = example_time;
  m.now = example_time;
  m.private_key = own ? &*own : nullptr;
  return admission::make_client_request(m, example_random(), rules, space);
}

class request_maker {
 public:
  request_maker(const snapshot& rules, vector_set& out, workspace& space)
      : rules_(rules), out_(out), space_(space) {}

  void add(std::string_view what, client_request r, std::optional<std::string_view> plaintext) {
    request_vector v{what, std::move(r), plaintext, example_time, {}, {}};
    v.signed_text = read_signed_text(v.request, rules_);
    out_.requests.push_back(std::move(v));
  }

  /// If it is refused, and so shows something.
  void add_changed(std::string_view what, client_request r, std::int64_t at = example_time) {
    const auto refused = admission::foresee(r, rules_, core::base::from_unix_seconds(at), space_);
    if (!refused) return;
    out_.refused_requests.push_back({what, std::move(r), {}, at, {}, refused});
  }

 private:
  const snapshot& rules_;
  vector_set& out_;
  workspace& space_;
};

void add_changed_requests(request_maker& maker, const client_request& right) {
  client_request r = right;
  spoil_signature(r.fields, request_signature(r));
  maker.add_changed("one bit of the signature", r);
  r = right;
  change_body(*r.body);
  maker.add_changed("one byte of the body", r);
  r = right;
  change_stamp(r.fields, example_time);
  maker.add_changed("another timestamp", r);
  r = right;
  r.method = "PUT";
  maker.add_changed("another method", r);
  r = right;
  r.target.back() = r.target.back() == '1' ? '2' : '1';
  maker.add_changed("another query", r);
  r = right;
  r.authority = "other.example.com";
  maker.add_changed("another host", r);
  const core::replay::window& window = right.policy->window;
  maker.add_changed("sent too late", right, example_time + window.past + 1);
  maker.add_changed("sent too early", right, example_time - window.future - 1);
}

// --- Replies --------------------------------------------------------------------------------

/// The text of an answer taken apart again. We have written it: nothing in it is unexpected.
reply_vector take_apart(std::string_view text) {
  reply_vector reply;
  reply.status = 200;
  text.remove_prefix(text.find("\r\n") + 2);
  while (!text.starts_with("\r\n")) {
    const std::string_view line = text.substr(0, text.find("\r\n"));
    const std::size_t colon = line.find(": ");
    const std::string_view name = line.substr(0, colon);
    // Of the one exchange, and not of what proves it.
    if (name != "X-Request-Id")
      reply.fields.push_back({std::string(name), std::string(line.substr(colon + 2))});
    text.remove_prefix(line.size() + 2);
  }
  reply.body = text.substr(2);
  return reply;
}

/// The gateway's answer to a request that it accepts.
std::optional<reply_vector> answer(const client_request& asked, const snapshot& rules,
                                   workspace& space) {
  std::string length;
  const core::http::request_head head = asked.head(length);
  std::string body = asked.body.value_or(std::string());
  findings known;
  const auto now = core::base::from_unix_seconds(example_time);
  const auto arrived = admission::arrive(head, rules, now, known);
  if (!arrived) return std::nullopt;
  const auto found = admission::find_route(*arrived, rules);
  if (!found) return std::nullopt;
  const auto claim = admission::inspect(*found);
  if (!claim) return std::nullopt;
  const auto proof = admission::prove(*claim, rules, body);
  if (!proof.outcome) return std::nullopt;
  const auto message = admission::open(*proof.outcome, body, space);
  if (!message || !admission::gathers_reply(*message)) return std::nullopt;

  core::http::response_head said;
  said.status = 200;
  said.reason = "OK";
  said.fields.add("Content-Type", "application/json");
  core::http::response_framing framing;
  framing.body = core::http::body_kind::length;
  framing.length = reply_body.size();
  admission::envelope_facts facts;
  facts.request_id = "example";
  const std::string date =
      core::base::format_imf_fixdate(core::base::from_unix_seconds(reply_time));
  facts.date = date;
  facts.now = reply_time;
  facts.sender = &*message;
  std::string text;
  admission::write_gathered(text, {said, framing, found->policy()}, reply_body, facts,
                            example_random(), space);
  return take_apart(text);
}

class reply_maker {
 public:
  reply_maker(const client_request& asked, const snapshot& rules, vector_set& out, workspace& space)
      : asked_(asked), rules_(rules), out_(out), space_(space) {}

  void add(std::string_view what, reply_vector reply, std::int64_t at = reply_time) {
    reply.what = what;
    reply.at = at;
    core::http::response_head head;
    head.status = reply.status;
    for (const client_field& f : reply.fields) head.fields.add(f.name, f.value);
    auto checked = admission::open_client_reply(asked_, head, reply.body, at, rules_, space_);
    if (auto* why = std::get_if<std::string>(&checked)) {
      reply.fault = std::move(*why);
      out_.refused_replies.push_back(std::move(reply));
    } else if (out_.replies.empty()) {
      reply.plaintext = std::get<client_reply>(checked).body;
      out_.replies.push_back(std::move(reply));
    }
  }

 private:
  const client_request& asked_;
  const snapshot& rules_;
  vector_set& out_;
  workspace& space_;
};

void add_replies(const client_request& asked, const snapshot& rules, vector_set& out,
                 workspace& space) {
  const auto right = answer(asked, rules, space);
  if (!right) return;
  reply_maker maker(asked, rules, out, space);
  maker.add("the reply", *right);
  reply_vector r = *right;
  if (asked.policy->settings.reply.sign) {
    spoil_signature(r.fields, reply_signature(asked, r));
    maker.add("one bit of the signature", r);
    r = *right;
    change_stamp(r.fields, reply_time);
    maker.add("another timestamp", r);
    r = *right;
    r.status = 201;
    maker.add("another status", r);
    maker.add("received too late", *right, reply_time + asked.policy->window.past + 1);
  }
  r = *right;
  change_body(r.body);
  maker.add("one byte of the body", r);
}

}  // namespace

vector_set make_vectors(const example& e, const snapshot& rules, workspace& space) {
  vector_set out;
  out.left_out = e.left_out;
  if (!out.left_out.empty()) return out;
  out.nonce = core::base::hex(std::string_view(example_random()).substr(admission::random_size));
  std::optional<core::crypto::private_key> own;
  if (!e.private_key.empty())
    own = std::get<core::crypto::private_key>(core::crypto::private_key::parse(e.private_key));
  auto made = make(e, rules, own, true, space);
  if (auto* why = std::get_if<std::string>(&made)) {
    out.left_out = std::move(*why);
    return out;
  }
  request_maker maker(rules, out, space);
  const client_request right = std::get<client_request>(made);
  if (const auto refused =
          admission::foresee(right, rules, core::base::from_unix_seconds(example_time), space)) {
    out.left_out = "the gateway refuses it: " + std::string(core::base::name(*refused));
    return out;
  }
  maker.add("a message with a body", right, example_body);
  if (right.policy->client == nullptr) {
    const auto bodyless = make(e, rules, own, false, space);
    // What the route refuses is no way to send.
    if (const auto* r = std::get_if<client_request>(&bodyless);
        r != nullptr &&
        !admission::foresee(*r, rules, core::base::from_unix_seconds(example_time), space))
      maker.add("a message without a body", *r, std::nullopt);
  }
  add_changed_requests(maker, right);
  add_replies(right, rules, out, space);
  return out;
}

}  // namespace gateway::cli

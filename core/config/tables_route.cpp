// SPDX-License-Identifier: Apache-2.0
// The keys of a route.

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/config/codecs.hpp"
#include "core/config/tables.hpp"
#include "core/config/units.hpp"
#include "core/config/words.hpp"
#include "core/http/target.hpp"

namespace core::config {

namespace {

/// A clean path is one that a request can have: what the gateway would refuse in a request could
/// never match.
bool is_clean_path(std::string_view path) {
  const auto target = http::parse_target(path);
  return target && target->path == path && !target->encoded_slash;
}

struct path_codec {
  using value = route;
  static std::string type() { return "path"; }
  static bool read(reader& r, const spot& s, route& out) {
    const std::string* text = read_scalar(r, s, type());
    if (!text) return false;
    const bool exact = text->starts_with('=');
    const std::string path = text->substr(exact ? 1 : 0);
    if (!path.starts_with('/')) {
      r.problems.error(s, quoted(*text) + " must begin with / (a prefix) or =/ (this path alone)");
      return false;
    }
    if (!is_clean_path(path)) {
      r.problems.error(s,
                       quoted(*text) +
                           " is a path that no request can have: no query, no \"//\", no %2F, no "
                           "\"..\", visible ASCII only");
      return false;
    }
    out.exact = exact;
    out.path = path;
    return true;
  }
  static node print(const route& r) {
    return r.path.empty() ? node{} : text_node((r.exact ? "=" : "") + r.path);
  }
};

struct host_rule : text_rule {
  static constexpr std::string_view type = "host name";
  static parsed<std::string> parse(std::string_view text) {
    if (text.find('*') != std::string_view::npos)
      return wrong{quoted(text) + ": there are no wildcards; leave `host` out for any"};
    const bool bracketed = text.starts_with('[') && text.ends_with(']');
    if (!bracketed && text.find(':') != std::string_view::npos)
      return wrong{quoted(text) + " must stand without a port"};
    const bool fits = !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [&](char c) {
      return base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '-' || c == '_' ||
             (bracketed && (c == ':' || c == '[' || c == ']'));
    });
    if (!fits) return wrong{quoted(text) + " is not a host name"};
    return base::lower(text);
  }
};

struct method_rule : text_rule {
  static constexpr std::string_view type = "method";
  static parsed<std::string> parse(std::string_view text) {
    const std::vector<std::string_view> known{"GET",   "HEAD",   "POST",   "PUT",
                                              "PATCH", "DELETE", "OPTIONS"};
    if (std::ranges::find(known, text) != known.end()) return std::string(text);
    return wrong{quoted(text) + " is not a method that is served" + suggestion(text, known)};
  }
};

struct range_rule {
  using value = keys::version_range;
  static constexpr std::string_view type = "version condition";
  static parsed<value> parse(std::string_view text) {
    if (auto range = keys::version_range::parse(text)) return std::move(*range);
    return wrong{quoted(text) + " must be conditions like \">=2.0.0\" or \">=1.0.0 <2.0.0\""};
  }
  static node print(const value& v) { return text_node(v.text()); }
};

/// A name of something in the file; whether it is there is checked when all has been read.
struct reference_rule : text_rule {
  static constexpr std::string_view type = "name";
  static parsed<std::string> parse(std::string_view text) {
    if (text.empty()) return wrong{"is empty"};
    return std::string(text);
  }
};

struct scheme_rule : reference_rule {
  static constexpr std::string_view type = "laravel, a name under `schemes`, or none";
};

struct bodyless_words {
  static constexpr std::array<std::pair<std::string_view, bodyless>, 3> words{
      {{"refuse", bodyless::refuse}, {"safe", bodyless::safe}, {"all", bodyless::all}}};
};

struct replay_words {
  static constexpr std::array<std::pair<std::string_view, replay_rule>, 3> words{
      {{"strict", replay_rule::strict},
       {"per_request", replay_rule::per_request},
       {"off", replay_rule::off}}};
};

struct content_words {
  static constexpr std::array<std::pair<std::string_view, content>, 2> words{
      {{"json", content::json}, {"any", content::any}}};
};

struct mode_words {
  static constexpr std::array<std::pair<std::string_view, mode>, 2> words{
      {{"enforce", mode::enforce}, {"observe", mode::observe}}};
};

struct reply_plaintext_words {
  using form = reply_plaintext;
  static constexpr std::array<std::pair<std::string_view, form>, 3> words{
      {{"string", form::string}, {"array", form::array}, {"raw", form::raw}}};
};

struct reply_form_words {
  static constexpr std::array<std::pair<std::string_view, reply_form>, 2> words{
      {{"json", reply_form::json}, {"text", reply_form::text}}};
};

struct retry_words {
  static constexpr std::array<std::pair<std::string_view, retry_rule>, 2> words{
      {{"never", retry_rule::never}, {"idempotent", retry_rule::idempotent}}};
};

struct route_timeouts_table {
  using value = route;
  static std::span<const field<route>> fields() {
    static constexpr field<route> table[] = {
        row<route, &route::response_timeout, maybe<duration<milliseconds, 10, hour>>>(
            "response",
            "as the upstream's, for this route: until the head of the answer is there, and then "
            "between any two pieces of it",
            "the upstream's"),
        row<route, &route::body_timeout, maybe<duration<milliseconds, 10, hour>>>(
            "body", "until the body is whole; beyond it 408", "limits.body_timeout"),
        row<route, &route::websocket_idle, duration<milliseconds, 10, day>>(
            "websocket", "until a WebSocket on which neither side says anything is ended"),
    };
    return table;
  }
};

struct forward_codec {
  using value = route;
  static std::string type() { return "all, covered, or list of: field name"; }
  static bool read(reader& r, const spot& s, route& out) {
    if (s.at->what != node::kind::scalar)
      return maybe<list_of<field_name>>::read(r, s, out.forward);
    out.forward_covered = s.at->text == "covered";
    if (out.forward_covered || s.at->text == "all") return true;
    std::string why = quoted(s.at->text) + " is neither all nor covered nor a list of field names";
    if (nearest(s.at->text, {"covered"})) why += "; did you mean \"covered\"?";
    r.problems.error(s, why);
    return false;
  }
  static node print(const route& r) {
    if (r.forward) return list_of<field_name>::print(*r.forward);
    return scalar_node(r.forward_covered ? "covered" : "all");
  }
};

struct prefix_rule : text_rule {
  static constexpr std::string_view type = "path";
  static parsed<std::string> parse(std::string_view text) {
    if (!is_clean_path(text))
      return wrong{quoted(text) + " must be a clean path that begins with /"};
    // "/v1/" and "/v1" mean the same: prefixes end on a segment border.
    return std::string(text.ends_with('/') ? text.substr(0, text.size() - 1) : text);
  }
};

struct rewrite_table {
  using value = route_draft;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::strip_prefix, ruled<prefix_rule>>("strip_prefix",
                                                             "removed from the path's beginning"),
        row<value, &value::add_prefix, ruled<prefix_rule>>(
            "add_prefix", "put before the path, after the other was removed"),
    };
    return table;
  }
};

struct reply_table {
  using value = reply;
  static std::span<const field<reply>> fields() {
    static constexpr field<reply> table[] = {
        row<reply, &reply::sign, boolean>(
            "sign", "answers carry a signature with which the client can prove the gateway"),
        row<reply, &reply::seal, boolean>(
            "seal", "answers are sealed for the client, with a key of their own"),
        row<reply, &reply::plaintext, choice<reply_plaintext_words>>(
            "plaintext",
            "what is sealed: string: for decrypt(), giving JSON text; array: for decrypt(), giving "
            "a PHP array; "
            "raw: for decryptString()"),
        row<reply, &reply::form, choice<reply_form_words>>(
            "form", "json: {\"data\": \"…\"}; text: the payload alone"),
    };
    return table;
  }
};

}  // namespace

std::span<const field<route_draft>> route_table::fields() {
  static constexpr field<value> table[] = {
      row<value, &value::name, name_text>("name", "how log, metrics and clients' `routes` name it",
                                          "made from the path"),
      row<value, &value::host, ruled<host_rule>>(
          "host", "the host it is for, in any case and without a port", "any"),
      row<value, itself, path_codec>(
          "path", "a prefix that ends on a segment border, or =/… for one path alone", required),
      row<value, &value::methods, list_of<ruled<method_rule>>>(
          "methods", "the methods it takes; others get 405", "any"),
      row<value, &value::client_version, maybe<ruled<range_rule>>>(
          "client_version",
          "the client versions it takes, so that one path can serve old and new ones", "any"),
      row<value, &value::scheme_name, ruled<scheme_rule>>(
          "scheme", "how a message proves who sent it; none says that anyone may use this route",
          required),
      row<value, &value::client_name, ruled<reference_rule>>(
          "client", "whose messages these are, for schemes whose messages name no client", "none"),
      row<value, &value::own_envelope, maybe<choice<envelope_words>>>(
          "envelope",
          "how bodies are sealed: as Laravel's Encrypter does it; jwe: RFC 7516; aes128gcm: RFC "
          "8188",
          "laravel for the scheme laravel, else none"),
      row<value, &value::bodyless_rule, choice<bodyless_words>>(
          "bodyless",
          "requests without a sealed body: safe: GET and HEAD pass; all: those of every method but "
          "POST, PUT and PATCH"),
      row<value, &value::replay, choice<replay_words>>(
          "replay",
          "what makes a bodyless request the same as another: strict: client and second; "
          "per_request: method and target "
          "as well; off: nothing is remembered"),
      row<value, &value::allow_weak, boolean>("allow_weak", "must be true for `replay: off`"),
      row<value, &value::allow_encoded_slash, boolean>(
          "allow_encoded_slash",
          "paths may have %2F, which goes on as it is: for a service that takes it for a part of a "
          "name, and not for a border"),
      row<value, &value::upstream_name, ruled<reference_rule>>(
          "upstream", "the service behind it, a name under `upstreams`", required),
      row<value, itself, section<rewrite_table>>("rewrite", ""),
      row<value, itself, forward_codec>(
          "forward",
          "the header fields that go on; covered: those that the message's signature covers; what "
          "never goes on is removed from all"),
      row<value, &value::own_content, maybe<choice<content_words>>>(
          "content", "json: what was opened must be JSON; any: it goes on as it is",
          "json; any where `client` says whose messages these are"),
      row<value, &value::reply, section<reply_table>>("reply", ""),
      row<value, &value::own_body_bytes, maybe<size<1, gib>>>(
          "body_bytes", "largest request body on this route", "limits.body_bytes"),
      row<value, &value::retry, choice<retry_words>>(
          "retry",
          "idempotent: a GET, HEAD, PUT, DELETE or OPTIONS whose answer did not come is sent once "
          "more, at most `retries` of its upstream times"),
      row<value, itself, section<route_timeouts_table>>("timeouts", ""),
      row<value, &value::websocket, boolean>(
          "websocket",
          "a WebSocket's handshake, proven as any request is, becomes a connection to the service "
          "on which both sides may say what they like"),
      row<value, &value::mode, choice<mode_words>>("mode",
                                                   "observe: what would be refused for want of "
                                                   "proof goes on as it came, marked, counted and "
                                                   "logged"),
  };
  return table;
}

}  // namespace core::config

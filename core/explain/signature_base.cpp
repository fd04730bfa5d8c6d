// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/config/values.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/ecdsa_form.hpp"
#include "core/explain/mistakes.hpp"
#include "core/explain/rewriting.hpp"

namespace core::explain {

namespace {

constexpr std::string_view parameters_name = "\"@signature-params\"";

/// The lines of a signature base (RFC 9421, section 2.5), taken apart and put together again.
class base_lines {
 public:
  explicit base_lines(std::string_view base) {
    while (true) {
      const std::size_t end = base.find('\n');
      lines_.emplace_back(base.substr(0, end));
      if (end == std::string_view::npos) return;
      base.remove_prefix(end + 1);
    }
  }

  [[nodiscard]] std::string joined(std::string_view between = "\n") const {
    std::string out;
    for (std::size_t i = 0; i < lines_.size(); ++i)
      out.append(i == 0 ? "" : between).append(lines_[i]);
    return out;
  }
  /// Of the component that is called so, without parameters; nothing if it isn't covered.
  [[nodiscard]] std::optional<std::string> value(std::string_view component) const {
    const std::string begin = "\"" + std::string(component) + "\": ";
    for (const std::string& line : lines_)
      if (line.starts_with(begin)) return line.substr(begin.size());
    return std::nullopt;
  }
  [[nodiscard]] std::string with(std::string_view component, std::string_view value) const {
    base_lines copy = *this;
    const std::string begin = "\"" + std::string(component) + "\": ";
    for (std::string& line : copy.lines_)
      if (line.starts_with(begin)) line = begin + std::string(value);
    return copy.joined();
  }
  [[nodiscard]] std::string without(std::string_view component) const {
    base_lines copy = *this;
    const std::string begin = "\"" + std::string(component) + "\": ";
    std::erase_if(copy.lines_, [&](const std::string& line) { return line.starts_with(begin); });
    return copy.joined();
  }
  /// All but the last one sorted by name.
  [[nodiscard]] std::string sorted() const {
    base_lines copy = *this;
    std::sort(copy.lines_.begin(), copy.lines_.end() - 1);
    return copy.joined();
  }
  template <class Change>
  [[nodiscard]] std::string each(Change change) const {
    base_lines copy = *this;
    for (std::string& line : copy.lines_) line = change(line);
    return copy.joined();
  }
  [[nodiscard]] std::string last() const { return lines_.back(); }
  [[nodiscard]] std::string with_last(std::string line) const {
    base_lines copy = *this;
    copy.lines_.back() = std::move(line);
    return copy.joined();
  }

 private:
  std::vector<std::string> lines_;
};

bool try_line_ends(trials& t, const base_lines& lines) {
  const std::string base = lines.joined();
  const std::string crlf = lines.joined("\r\n");
  return t.try_text(
             "trailing-newline",
             "sign no line end after the last line, \"@signature-params\" (RFC 9421, section "
             "2.5)",
             base + "\n") ||
         t.try_text("crlf", "end the lines of what is signed with LF alone, not with CR LF",
                    crlf) ||
         t.try_text("crlf",
                    "end the lines of what is signed with LF alone, and the last one not at all",
                    crlf + "\r\n") ||
         t.try_text(
             "escaped-newline",
             "join the lines with a line feed, the byte 0x0a: the client signs a backslash and "
             "an n",
             lines.joined("\\n"));
}

bool try_query(trials& t, const base_lines& lines) {
  const auto query = lines.value("@query");
  if (!query) return false;
  const std::string plain = query->substr(1);
  const auto attempt = [&](std::string_view mistake, const std::string& advice,
                           const std::string& value) {
    return value != *query && t.try_text(mistake, advice, lines.with("@query", value));
  };
  if (attempt(
          "query-without-question-mark",
          "begin the value of \"@query\" with ?, also where there is no query (RFC 9421, section "
          "2.2.7)",
          plain))
    return true;
  if (plain.empty() &&
      t.try_text("query-left-out", "sign the line \"@query\": ? also where there is no query",
                 lines.without("@query")))
    return true;
  const auto decoded = percent_decoded(plain);
  if (!decoded) return false;
  const std::string as_sent = "sign the query as it goes over the wire: the client signs it ";
  if (attempt("query-decoded", as_sent + "percent-decoded", "?" + *decoded) ||
      attempt("query-decoded", as_sent + "percent-decoded", "?" + replaced(*decoded, "+", " ")))
    return true;
  return std::ranges::any_of(query_forms(plain), [&](const std::string& form) {
    return attempt("query-reencoded", as_sent + "encoded anew, as \"" + visible(form, 80) + "\"",
                   "?" + form);
  });
}

bool try_path(trials& t, const base_lines& lines) {
  const auto path = lines.value("@path");
  if (!path) return false;
  const auto attempt = [&](std::string_view mistake, const std::string& advice,
                           const std::string& value) {
    return value != *path && t.try_text(mistake, advice, lines.with("@path", value));
  };
  if (attempt("path-with-query", "sign \"@path\" without the query, which has a line of its own",
              t.request().target))
    return true;
  const std::string as_sent = "sign the path as it goes over the wire: the client signs it ";
  if (const auto decoded = percent_decoded(*path);
      decoded && attempt("path-decoded", as_sent + "percent-decoded", *decoded))
    return true;
  const std::string no_end = path->substr(0, path->size() - 1);
  return attempt("path-slash", as_sent + "with a / at its end", *path + "/") ||
         (path->ends_with('/') &&
          attempt("path-slash", as_sent + "without the / at its end", no_end)) ||
         attempt("path-without-prefix",
                 "sign the path that arrives here, \"" + visible(*path, 80) +
                     "\": something before the gateway puts its beginning there",
                 path->substr(std::min(path->find('/', 1), path->size()))) ||
         attempt("path-encoded-twice", as_sent + "encoded once more", percent_encoded(*path, "/"));
}

/// How the client may have called the gateway.
std::vector<std::string> authorities(const trials& t, const std::string& authority) {
  std::vector<std::string> out;
  if (const std::string* host = t.request().value("Host")) out.push_back(*host);
  const std::string name = authority.substr(0, authority.rfind(':'));
  out.insert(out.end(), {name, name + ":443", name + ":80", name + ":8080", name + ":8443"});
  for (const config::address& a : t.rules().model.listen) {
    if (a.is_path()) continue;
    out.push_back(name + ":" + std::to_string(a.port));
    out.push_back(config::print_address(a));
  }
  for (const std::string& listed : t.rules().model.external.authorities) out.push_back(listed);
  out.insert(out.end(), {"localhost", "127.0.0.1", ""});
  return out;
}

bool try_authority(trials& t, const base_lines& lines) {
  const auto authority = lines.value("@authority");
  if (!authority) return false;
  return std::ranges::any_of(authorities(t, *authority), [&](const std::string& other) {
    if (other == *authority) return false;
    return t.try_text("other-authority",
                      "sign as \"@authority\" what the client sends as Host, in lower case and "
                      "without the port that is the scheme's own: \"" +
                          *authority + "\", not \"" + visible(other) + "\"",
                      lines.with("@authority", other));
  });
}

bool try_target_uri(trials& t, const base_lines& lines) {
  for (const std::string_view name : {"@scheme", "@target-uri"}) {
    const auto value = lines.value(name);
    if (!value) continue;
    const bool tls = value->starts_with("https");
    const std::string other = (tls ? "http" : "https") + value->substr(tls ? 5 : 4);
    if (t.try_text("other-scheme",
                   std::string("say `external: {scheme: ") + (tls ? "http" : "https") +
                       "}` in the configuration if that is what clients address, or sign \"" +
                       std::string(name) + "\" with " + (tls ? "https" : "http"),
                   lines.with(name, other)))
      return true;
  }
  return false;
}

bool try_method_and_type(trials& t, const base_lines& lines) {
  if (const auto method = lines.value("@method");
      method && t.try_text("method-in-lower-case", "sign \"@method\" in upper case, as it is sent",
                           lines.with("@method", base::lower(*method))))
    return true;
  const auto type = lines.value("content-type");
  if (!type) return false;
  const std::string bare = type->substr(0, type->find(';'));
  std::vector<std::string> others{bare,
                                  bare + "; charset=utf-8",
                                  bare + ";charset=utf-8",
                                  bare + "; charset=UTF-8",
                                  "application/json",
                                  "application/x-www-form-urlencoded"};
  return std::ranges::any_of(others, [&](const std::string& other) {
    return other != *type && t.try_text("other-content-type",
                                        "sign the Content-Type that is sent, \"" +
                                            visible(*type, 80) + "\": the client signs \"" + other +
                                            "\", and its library may add to it or set another",
                                        lines.with("content-type", other));
  });
}

bool try_parameters(trials& t, const base_lines& lines) {
  const std::string last = lines.last();
  const std::string list = last.substr(std::min(last.size(), parameters_name.size() + 2));
  const std::string* input = t.request().value("Signature-Input");
  if (t.try_text("parameters-left-out",
                 "sign \"@signature-params\" as the last line, with the value of `Signature-Input` "
                 "after its label",
                 lines.joined().substr(0, lines.joined().size() - last.size())) ||
      t.try_text("parameters-left-out",
                 "sign \"@signature-params\" as the last line, with the value of `Signature-Input` "
                 "after its label",
                 lines.joined().substr(0, lines.joined().size() - last.size() - 1)))
    return true;
  if (input != nullptr &&
      t.try_text(
          "parameters-with-label",
          "sign in \"@signature-params\" what stands in `Signature-Input` after the label and "
          "its =, not the label too",
          lines.with_last(std::string(parameters_name) + ": " + *input)))
    return true;
  for (std::size_t at = list.find(';', list.find(')')); at < list.size();) {
    const std::size_t next = std::min(list.find(';', at + 1), list.size());
    const std::string one = list.substr(at, next - at);
    if (t.try_text(
            "parameter-not-signed",
            "sign in \"@signature-params\" all parameters that `Signature-Input` has, in its "
            "order: the client leaves out " +
                visible(one, 80),
            lines.with_last(std::string(parameters_name) + ": " + list.substr(0, at) +
                            list.substr(next))))
      return true;
    at = next;
  }
  return false;
}

bool try_layout(trials& t, const base_lines& lines) {
  const auto unquoted = [](const std::string& line) {
    const std::size_t end = line.find('"', 1);
    if (end == std::string::npos) return line;
    return line.substr(1, end - 1) + line.substr(end + 1);
  };
  const auto tight = [](const std::string& line) {
    const std::size_t at = line.find("\": ");
    return at == std::string::npos ? line : line.substr(0, at + 2) + line.substr(at + 3);
  };
  return t.try_text("names-without-quotes",
                    "write the component names in what is signed in double quotes, as in "
                    "`Signature-Input`",
                    lines.each(unquoted)) ||
         t.try_text("colon-without-blank",
                    "write a blank after the colon of each line that is signed",
                    lines.each(tight)) ||
         t.try_text("lines-in-other-order",
                    "sign the lines in the order in which `Signature-Input` lists them: the client "
                    "sorts them",
                    lines.sorted());
}

bool try_hashed(trials& t, const base_lines& lines) {
  const auto digest = crypto::sha256({lines.joined()});
  constexpr std::string_view advice =
      "sign the text itself: the client signs its SHA-256, and so hashes twice";
  return t.try_text("signed-the-hash", std::string(advice), crypto::view(digest)) ||
         t.try_text("signed-the-hash", std::string(advice), base::hex(crypto::view(digest)));
}

/// An ECDSA signature as most libraries give it.
bool try_der(trials& t) {
  const std::string* const value = t.request().value("Signature");
  if (value == nullptr || t.client() == nullptr || !t.client()->algorithm) return false;
  using crypto::signature_algorithm;
  const signature_algorithm by = *t.client()->algorithm;
  if (by != signature_algorithm::ecdsa_p256_sha256 && by != signature_algorithm::ecdsa_p384_sha384)
    return false;
  const std::size_t width = by == signature_algorithm::ecdsa_p256_sha256 ? 32 : 48;
  const auto changed = with_signature(*value, [&](std::string_view text) {
    const auto der = base::unbase64(text);
    const auto raw = der ? crypto::ecdsa_from_der(*der, width) : std::nullopt;
    return raw ? std::optional(base::base64(*raw)) : std::nullopt;
  });
  return changed &&
         t.try_request("ecdsa-in-der",
                       "send r and s side by side, " + std::to_string(2 * width) +
                           " bytes (RFC 9421, section 3.3.4): the client sends them as DER",
                       t.request().with("Signature", *changed));
}

}  // namespace

bool try_signature_base(trials& t) {
  if (t.policy().signatures() == nullptr) return false;
  const base_lines lines(t.first().signed_text);
  return try_line_ends(t, lines) || try_query(t, lines) || try_path(t, lines) ||
         try_authority(t, lines) || try_target_uri(t, lines) || try_method_and_type(t, lines) ||
         try_parameters(t, lines) || try_layout(t, lines) || try_hashed(t, lines) || try_der(t);
}

}  // namespace core::explain

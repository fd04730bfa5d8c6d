// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/captured.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/ascii.hpp"
#include "core/http/chunked.hpp"
#include "core/http/framing.hpp"
#include "core/observe/captured.hpp"
#include "gateway/net/head_parser.hpp"

namespace gateway::cli {

namespace {

namespace http = core::http;

struct halves {
  std::string head;  ///< with HTTP's line ends and the empty line
  std::string_view body;
};

/// Lines of `curl -v` begin with "> ".
std::string_view without_mark(std::string_view line, bool marked) {
  if (!marked) return line;
  if (line.starts_with("> ")) return line.substr(2);
  return line.starts_with(">") ? line.substr(1) : line;
}

halves split(std::string_view raw, std::vector<std::string>& notes) {
  halves out;
  const bool marked = raw.starts_with("> ");
  bool bare = false;
  std::size_t at = 0;
  while (at < raw.size()) {
    const std::size_t end = std::min(raw.find('\n', at), raw.size());
    std::string_view line = raw.substr(at, end - at);
    at = std::min(end + 1, raw.size());
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    else
      bare = true;
    line = without_mark(line, marked);
    // Empty lines before a request are passed over (RFC 9112, section 2.2).
    if (line.empty() && !out.head.empty()) break;
    if (!line.empty()) out.head.append(line).append("\r\n");
  }
  out.head += "\r\n";
  out.body = raw.substr(at);
  if (bare) notes.emplace_back("the head's lines end with LF alone: read as if with CR LF");
  return out;
}

std::optional<std::string> decoded(std::string_view body) {
  http::chunked_decoder decoder;
  std::string out;
  while (true) {
    const auto step = decoder.resume(body);
    out += step.data;
    if (step.what == http::chunked_decoder::status::done) return out;
    if (step.what != http::chunked_decoder::status::data) return std::nullopt;
    body.remove_prefix(step.consumed);
  }
}

std::string bytes(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

void take_length(captured& out, std::string_view body, std::size_t length) {
  out.message.body = body.substr(0, length);
  if (body.size() > length) {
    out.notes.push_back("the capture goes on after the body's end: " + bytes(body.size() - length) +
                        " left out");
  } else if (body.size() < length) {
    out.message.has_body = false;
    out.notes.push_back("the capture holds " +
                        (body.empty() ? std::string("none") : std::to_string(body.size())) +
                        " of the " + bytes(length) + " of the body");
  }
}

void take_body(captured& out, std::string_view body) {
  const http::request_head head = out.message.head();
  const auto framing = http::frame_request(head);
  if (!framing) return;
  switch (framing->body) {
    case http::body_kind::length: return take_length(out, body, framing->length);
    case http::body_kind::chunked:
      if (auto whole = decoded(body)) {
        out.message.body = std::move(*whole);
      } else {
        out.message.has_body = false;
        out.notes.emplace_back("the capture holds no whole body in the chunked coding");
      }
      return;
    case http::body_kind::none:
    case http::body_kind::until_close: break;
  }
  if (body.empty()) return;
  out.message.body = body;
  out.notes.emplace_back("there is no Content-Length: what follows the head is taken for the body");
}

/// What the gateway has written of the request: "at=1700000000; reason=bad_signature; body=whole".
void take_own_field(captured& out) {
  auto& fields = out.message.fields;
  const auto found = std::ranges::find_if(fields, [](const auto& f) {
    return core::base::iequals(f.first, core::observe::captured_field);
  });
  if (found == fields.end()) return;
  const std::string said = found->second;
  fields.erase(found);
  const auto member = [&](std::string_view name) {
    const std::size_t at = said.find(name);
    if (at == std::string::npos) return std::string();
    const std::size_t begin = at + name.size();
    return said.substr(begin, std::min(said.find(';', begin), said.size()) - begin);
  };
  const std::string at = member("at=");
  std::int64_t seconds = 0;
  const auto read = std::from_chars(at.data(), at.data() + at.size(), seconds);
  if (read.ec == std::errc() && seconds >= 0 && seconds <= latest_arrival) out.at = seconds;
  out.reason = member("reason=");
}

}  // namespace

std::variant<captured, std::string> read_captured(std::string_view raw, std::size_t header_limit) {
  captured out;
  const halves parts = split(raw, out.notes);
  if (parts.head.size() <= 2) return "is empty";
  http::request_head head;
  const auto parsed = net::parse_request_head(parts.head, header_limit, head);
  if (!parsed) {
    out.refused = parsed.error();
    return out;
  }
  if (!parsed->complete) return "holds no whole head of a request";
  out.message.method = head.method;
  out.message.target = head.target;
  out.message.minor_version = head.minor_version;
  for (const http::field& f : head.fields) out.message.fields.emplace_back(f.name, f.value);
  take_own_field(out);
  take_body(out, parts.body);
  return out;
}

}  // namespace gateway::cli

// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/head_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/optional.hpp>
#include <cstdint>
#include <functional>
#include <limits>

namespace gateway::net {

namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;
using core::base::errc;

std::string_view plain(string_view s) { return {s.data(), s.size()}; }

// Beast calls these while it parses; the views it hands out stand in the caller's buffer.
template <bool IsRequest, class Head>
class views final : public http::basic_parser<IsRequest> {
 public:
  views(Head& head, std::string_view bytes)
      : head_(head), begin_(bytes.data()), end_(begin_ + bytes.size()) {}

  [[nodiscard]] bool too_many_fields() const { return too_many_fields_; }

 private:
  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    if constexpr (IsRequest) {
      head_.method = plain(method);
      head_.target = plain(target);
      head_.minor_version = version - 10;
    }
  }
  void on_response_impl(int status, string_view reason, int version, error_code&) override {
    if constexpr (!IsRequest) {
      head_.status = static_cast<unsigned>(status);
      head_.reason = plain(reason);
      head_.minor_version = version - 10;
    }
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code& ec) override {
    if (folded(plain(name), plain(value))) {
      ec = http::error::bad_value;
    } else if (!head_.fields.add(plain(name), plain(value))) {
      too_many_fields_ = true;
      ec = http::error::header_limit;
    }
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  // Folding is obsolete (RFC 9112, section 5.2) and refused. Beast skips it before a value, and
  // unfolds what is within one into memory of its own.
  [[nodiscard]] bool folded(std::string_view name, std::string_view value) const {
    const std::less<> before;
    if (before(value.data(), begin_) || before(end_, value.data() + value.size())) return true;
    // A colon and a blank have no room for a line's end.
    const char* const name_end = name.data() + name.size();
    if (value.data() - name_end <= 2) return false;
    return std::find(name_end, value.data(), '\n') != value.data();
  }

  Head& head_;
  const char* begin_;
  const char* end_;
  bool too_many_fields_ = false;
};

// Beast says bad_version to whatever does not stand where it expects HTTP/1.0 or HTTP/1.1.
bool names_another_version(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find('\r'));
  const std::string_view last = line.substr(line.rfind(' ') + 1);
  const auto digit = [&](std::size_t at) { return last[at] >= '0' && last[at] <= '9'; };
  return last.size() == 8 && last.starts_with("HTTP/") && digit(5) && last[6] == '.' && digit(7) &&
         last != "HTTP/1.0" && last != "HTTP/1.1";
}

errc reason_of(const error_code& ec, std::string_view bytes) {
  if (ec == http::error::header_limit) return errc::headers_too_large;
  if (ec == http::error::bad_version)
    return names_another_version(bytes) ? errc::http_version : errc::bad_http;
  if (ec == http::error::bad_transfer_encoding || ec == http::error::bad_content_length ||
      ec == http::error::multiple_content_length)
    return errc::bad_framing;
  return errc::bad_http;
}

template <bool IsRequest, class Head>
core::base::result<parsed_head> parse(std::string_view bytes, std::size_t limit, Head& head) {
  head.fields.clear();
  views<IsRequest, Head> parser(head, bytes);
  parser.header_limit(static_cast<std::uint32_t>(
      std::min<std::size_t>(limit, std::numeric_limits<std::uint32_t>::max())));
  parser.body_limit(boost::none);
  error_code ec;
  const std::size_t used = parser.put(boost::asio::buffer(bytes), ec);
  if (ec == http::error::need_more) {
    if (bytes.size() >= limit) return errc::headers_too_large;
    return parsed_head{};
  }
  if (ec) return reason_of(ec, bytes);
  if (!parser.is_header_done()) return parsed_head{};
  // Beast allows as much for the first line and for the fields again.
  if (used > limit) return errc::headers_too_large;
  return parsed_head{true, used};
}

}  // namespace

core::base::result<parsed_head> parse_request_head(std::string_view bytes, std::size_t limit,
                                                   core::http::request_head& head) {
  return parse<true>(bytes, limit, head);
}

core::base::result<parsed_head> parse_response_head(std::string_view bytes, std::size_t limit,
                                                    core::http::response_head& head) {
  auto parsed = parse<false>(bytes, limit, head);
  if (!parsed) return errc::upstream_invalid;
  return parsed;
}

}  // namespace gateway::net

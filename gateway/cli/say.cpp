// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/say.hpp"

#include <algorithm>
#include <cstdio>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/base/utf8.hpp"
#include "core/json/check.hpp"

namespace gateway::cli {

namespace {

bool is_plain(char c) {
  static constexpr std::string_view others = "@%+=:,./_-";
  return core::base::is_alpha(c) || core::base::is_digit(c) ||
         others.find(c) != std::string_view::npos;
}

// A sentence may quote a peer: its control characters must not reach the terminal.
std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (control)
      out.append("\\x").append(core::base::hex({&c, 1}));
    else
      out += c;
  }
  return out;
}

void to_stderr(std::string_view kind, std::string_view sentence) {
  const std::string line =
      std::string("countersign: ").append(kind).append(visible(sentence)).append("\n");
  std::fputs(line.c_str(), stderr);
}

}  // namespace

int fail(int status, std::string_view sentence) {
  to_stderr("", sentence);
  return status;
}

void warn(std::string_view sentence) { to_stderr("warning: ", sentence); }

void note(std::string_view sentence) { to_stderr("", sentence); }

void print(std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stdout); }

void append_bytes(std::string& json, std::string_view name, std::string_view bytes) {
  const bool text = core::base::is_utf8(bytes);
  json.append(",\"").append(name).append(text ? "\":" : "_base64\":");
  core::json::append_string(json, text ? std::string(bytes) : core::base::base64(bytes));
}

std::string shell_word(std::string_view bytes) {
  if (!bytes.empty() && std::ranges::all_of(bytes, is_plain)) return std::string(bytes);
  std::string word = "'";
  for (const char c : bytes) {
    if (c == '\'')
      word += R"('\'')";  // ends the quotes, a quote of its own, begins them again
    else
      word += c;
  }
  return word += "'";
}

}  // namespace gateway::cli

// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/environment.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "gateway/sys/last_error.hpp"

namespace gateway::sys {

namespace {

constexpr std::size_t largest_secret = 64 * 1024;
constexpr std::size_t largest_document = 64U << 20U;
/// The certificates of all authorities there are take a quarter of it.
constexpr std::size_t largest_public = 1024 * 1024;

std::variant<core::base::secret, std::string> whole_file(const std::string& path, std::size_t limit,
                                                         bool drop_newline) {
  auto read = read_file(path, limit);
  if (const auto* problem = std::get_if<file_problem>(&read)) return path + " " + problem->sentence;
  std::string& text = std::get<file_text>(read).text;
  std::string_view bytes = text;
  if (drop_newline && bytes.ends_with('\n')) bytes.remove_suffix(1);
  core::base::secret value(bytes);
  explicit_bzero(text.data(), text.size());
  return value;
}

std::variant<core::base::secret, std::string> secret_file(const std::string& path) {
  return whole_file(path, largest_secret, true);
}

}  // namespace

std::string environment(const std::string& name) {
  const char* value =
      std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing of ours sets variables
  return value == nullptr ? std::string() : value;
}

std::optional<std::int64_t> environment_number(const std::string& name) {
  const std::string text = environment(name);
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::variant<file_text, file_problem> read_file(const std::string& path, std::size_t limit) {
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec)) return file_problem{"is a directory"};
  std::ifstream in(path, std::ios::binary);
  if (!in) return file_problem{"can't be read: " + last_error()};
  const auto size = std::filesystem::file_size(path, ec);
  if (!ec && size > limit)
    return file_problem{"is larger than " + std::to_string(limit) + " bytes"};
  file_text read;
  char piece[16 * 1024];
  while (in.read(piece, sizeof piece) || in.gcount() > 0) {
    read.text.append(piece, static_cast<std::size_t>(in.gcount()));
    if (read.text.size() > limit)
      return file_problem{"is larger than " + std::to_string(limit) + " bytes"};
  }
  return read;
}

std::string secret_path(const std::string& folder, std::string_view name) {
  const std::filesystem::path given(name);
  if (folder == ".") return given.string();
  return given.is_absolute() ? given.string() : (std::filesystem::path(folder) / given).string();
}

std::variant<core::base::secret, std::string> resolve_secret(const std::string& folder,
                                                             std::string_view kind,
                                                             std::string_view name) {
  if (kind == "file") return secret_file(secret_path(folder, name));
  if (kind == "document") return whole_file(secret_path(folder, name), largest_document, false);
  if (kind == "public") return whole_file(secret_path(folder, name), largest_public, false);
  if (kind == "credential") {
    const std::string credentials = environment("CREDENTIALS_DIRECTORY");
    if (credentials.empty())
      return "CREDENTIALS_DIRECTORY is not set: systemd sets it for LoadCredential=, and while "
             "the service runs its credentials are in /run/credentials/countersign.service";
    if (name.find('/') != std::string_view::npos) return "a credential's name holds no '/'";
    return secret_file((std::filesystem::path(credentials) / std::filesystem::path(name)).string());
  }
  const std::string value = environment(std::string(name));
  if (value.empty()) return "the environment variable " + std::string(name) + " is not set";
  return core::base::secret(value);
}

}  // namespace gateway::sys

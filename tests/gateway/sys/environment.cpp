// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/environment.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "tests/gateway/log/folder.hpp"
#include "tests/gateway/sys/variable.hpp"

namespace tests {

namespace {

namespace env = gateway::sys;
using core::base::secret;

void put(const folder& f, const char* name, const std::string& bytes) {
  std::ofstream(f.path(name), std::ios::binary) << bytes;
}

std::string problem(const std::variant<env::file_text, env::file_problem>& read) {
  const auto* p = std::get_if<env::file_problem>(&read);
  return p == nullptr ? std::string() : p->sentence;
}

/// The secret, or "! " and why not.
std::string told(const std::variant<secret, std::string>& resolved) {
  if (const auto* why = std::get_if<std::string>(&resolved)) return "! " + *why;
  return std::string(std::get<secret>(resolved).reveal());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(sys)
BOOST_AUTO_TEST_SUITE(environment)

BOOST_AUTO_TEST_CASE(a_variable_is_its_value_or_nothing) {
  const variable set("COUNTERSIGN_TEST_A", "value");
  const variable not_set("COUNTERSIGN_TEST_B", nullptr);
  BOOST_TEST(env::environment("COUNTERSIGN_TEST_A") == "value");
  BOOST_TEST(env::environment("COUNTERSIGN_TEST_B").empty());
}

BOOST_AUTO_TEST_CASE(a_variable_is_a_number_or_none) {
  for (const auto& [text, expected] : {std::pair<const char*, std::optional<std::int64_t>>{"0", 0},
                                       {"30000000", 30'000'000},
                                       {"-1", -1},
                                       {"", std::nullopt},
                                       {" 1", std::nullopt},
                                       {"1s", std::nullopt},
                                       {"99999999999999999999", std::nullopt}}) {
    const variable set("COUNTERSIGN_TEST_A", text);
    BOOST_TEST((env::environment_number("COUNTERSIGN_TEST_A") == expected), text);
  }
}

BOOST_AUTO_TEST_CASE(a_file_is_read_whole_up_to_the_limit) {
  const folder f;
  std::string bytes(40'005, 'x');
  bytes.replace(0, 5, std::string_view("a\0b\r\n", 5));
  put(f, "file", bytes);
  const auto read = env::read_file(f.path("file"), bytes.size());
  BOOST_REQUIRE(std::holds_alternative<env::file_text>(read));
  BOOST_TEST((std::get<env::file_text>(read).text == bytes));
  BOOST_TEST(problem(env::read_file(f.path("file"), bytes.size() - 1)) ==
             "is larger than 40004 bytes");
  put(f, "empty", "");
  BOOST_TEST(std::get<env::file_text>(env::read_file(f.path("empty"), 0)).text.empty());
}

BOOST_AUTO_TEST_CASE(what_can_not_be_read_has_a_sentence) {
  const folder f;
  BOOST_TEST(problem(env::read_file(f.path("missing"), 10)) ==
             "can't be read: No such file or directory");
  BOOST_TEST(problem(env::read_file(f.at.string(), 10)) == "is a directory");
  put(f, "file", "x");
  BOOST_TEST(problem(env::read_file(f.path("file/below"), 10)) == "can't be read: Not a directory");
}

BOOST_AUTO_TEST_CASE(what_has_no_size_is_bounded_all_the_same) {
  BOOST_TEST(problem(env::read_file("/dev/zero", 100'000)) == "is larger than 100000 bytes");
}

BOOST_AUTO_TEST_CASE(a_secret_file_loses_one_newline_at_its_end) {
  const folder f;
  put(f, "plain", "secret");
  put(f, "line", "secret\n");
  put(f, "two", "secret\n\n");
  put(f, "blank", " secret \r\n");
  for (const auto& [name, expected] : {std::pair<const char*, const char*>{"plain", "secret"},
                                       {"line", "secret"},
                                       {"two", "secret\n"},
                                       {"blank", " secret \r"}}) {
    BOOST_TEST(told(env::resolve_secret("/nowhere", "file", f.path(name))) == expected);
    BOOST_TEST(told(env::resolve_secret(f.at.string(), "file", name)) == expected);
  }
  BOOST_TEST(told(env::resolve_secret(f.at.string(), "file", "missing")) ==
             "! " + f.path("missing") + " can't be read: No such file or directory");
  put(f, "large", std::string(64 * 1024 + 1, 'x'));
  BOOST_TEST(told(env::resolve_secret(f.at.string(), "file", "large")) ==
             "! " + f.path("large") + " is larger than 65536 bytes");
}

BOOST_AUTO_TEST_CASE(a_credential_is_a_file_of_systemds) {
  const folder f;
  put(f, "key", "secret\n");
  {
    const variable folder_of_credentials("CREDENTIALS_DIRECTORY", f.at.c_str());
    BOOST_TEST(told(env::resolve_secret("/nowhere", "credential", "key")) == "secret");
    BOOST_TEST(told(env::resolve_secret("/nowhere", "credential", "../key")) ==
               "! a credential's name holds no '/'");
    BOOST_TEST(told(env::resolve_secret("/nowhere", "credential", "missing"))
                   .starts_with("! " + f.path("missing") + " can't be read"));
    BOOST_TEST(told(env::resolve_secret("/nowhere", "credential", "..")).starts_with("! "));
  }
  const variable none("CREDENTIALS_DIRECTORY", nullptr);
  BOOST_TEST(told(env::resolve_secret("/nowhere", "credential", "key"))
                 .starts_with("! CREDENTIALS_DIRECTORY is not set"));
}

BOOST_AUTO_TEST_CASE(a_document_is_taken_whole) {
  const folder f;
  put(f, "clients.yaml", "a: {secret: file:a}\n");
  BOOST_TEST(told(env::resolve_secret(f.at.string(), "document", "clients.yaml")) ==
             "a: {secret: file:a}\n");
  BOOST_TEST(told(env::resolve_secret(f.at.string(), "document", "missing")) ==
             "! " + f.path("missing") + " can't be read: No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_path_is_called_as_it_can_be_found_from_here) {
  BOOST_TEST(env::secret_path(".", "a/b.yaml") == "a/b.yaml");
  BOOST_TEST(env::secret_path("etc", "a.yaml") == "etc/a.yaml");
  BOOST_TEST(env::secret_path("etc", "/a.yaml") == "/a.yaml");
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_not_set_or_empty_is_no_secret) {
  const variable set("COUNTERSIGN_TEST_A", "secret\n");
  const variable empty("COUNTERSIGN_TEST_B", "");
  BOOST_TEST(told(env::resolve_secret("/nowhere", "env", "COUNTERSIGN_TEST_A")) == "secret\n");
  BOOST_TEST(told(env::resolve_secret("/nowhere", "env", "COUNTERSIGN_TEST_B")) ==
             "! the environment variable COUNTERSIGN_TEST_B is not set");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests

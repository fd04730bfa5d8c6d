// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/build.hpp"

#include <openssl/crypto.h>

#include <boost/version.hpp>

namespace gateway::sys {

namespace {

#if defined(__clang__)
constexpr const char* compiler = "Clang " __clang_version__;
#else
constexpr const char* compiler = "GCC " __VERSION__;
#endif

}  // namespace

std::vector<std::pair<std::string, std::string>> build_facts() {
  // BOOST_LIB_VERSION is "1_81", and "1_81_1" where there is a patch level.
  std::string boost = BOOST_LIB_VERSION;
  for (char& c : boost)
    if (c == '_') c = '.';
  return {{"version", COUNTERSIGN_VERSION},
          {"compiler", compiler},
          {"openssl", ::OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"boost", boost}};
}

}  // namespace gateway::sys

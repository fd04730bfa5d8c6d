// SPDX-License-Identifier: Apache-2.0
#pragma once

// While it lives this process gets no descriptor; those that it has stay.

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>

namespace tests {

class no_descriptors {
 public:
  no_descriptors() {
    BOOST_REQUIRE_EQUAL(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none{0, before_.rlim_max};
    BOOST_REQUIRE_EQUAL(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace tests

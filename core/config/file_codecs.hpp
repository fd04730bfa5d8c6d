// SPDX-License-Identifier: Apache-2.0
#pragma once

// Certificates and keys in files: what the configuration has is a path, and what it reads is what
// the file holds. PATH is relative to the configuration's folder; `credential:NAME` is one of
// systemd's.

#include <span>
#include <string>

#include "core/config/codecs.hpp"
#include "core/config/model.hpp"

namespace core::config {

/// Certificates, PEM.
struct certificate_file {
  using value = public_file;
  static std::string type() { return "path"; }
  /// False, and reported, as well if it holds none.
  static bool read(reader& r, const spot& s, public_file& out);
  static node print(const public_file& f) { return f.path.empty() ? node{} : text_node(f.path); }
};

/// A private key, PEM. Only its path is ever printed.
struct private_key_file {
  using value = key_file;
  static std::string type() { return "path"; }
  static bool read(reader& r, const spot& s, key_file& out);
  static node print(const key_file& f) { return f.path.empty() ? node{} : text_node(f.path); }
};

/// Reports a key that is not the certificate's. `s` is the map that holds both as `certificate` and
/// `key`; what could not be read was reported before.
void check_pair(reader& r, const spot& s, const certificate& pair);

}  // namespace core::config

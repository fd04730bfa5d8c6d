// SPDX-License-Identifier: Apache-2.0
#pragma once

// A reply sealed and signed for the client that sent the request, with keys that no request is
// sealed or signed with. Decides neither whether that is to be done nor what else the head says.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/admission/stages.hpp"
#include "core/http/head_writer.hpp"

namespace core::admission {

/// Random bytes that sealing may need: an initialisation vector or a salt, and a key of 64 bytes.
inline constexpr std::size_t random_size = 96;

struct reply_content {
  unsigned status = 0;
  std::string_view body;
  std::string_view type;    ///< Content-Type
  std::string_view coding;  ///< Content-Encoding
  bool described = false;   ///< do the fields that pass say the type and the coding already?
};

/// `random` is random_size bytes; the sealed text is put into `storage`. The sender's key must be
/// one that seals: where the body is opened, open() has seen to that.
reply_content seal_reply(const reply_content& plain, const proven& sender, std::string_view random,
                         std::string& storage, workspace& space);

/// The fields that prove the reply; `sent` is what goes over the wire.
void add_reply_signature(http::head_writer& out, const reply_content& sent, const proven& sender,
                         std::int64_t now);

}  // namespace core::admission

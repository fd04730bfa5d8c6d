// SPDX-License-Identifier: Apache-2.0
#pragma once

// Opening bodies that are sealed by a public standard: each once, because what is opened is
// overwritten.

#include <cstddef>
#include <memory>

#include "bench/micro/operation.hpp"
#include "core/envelope/jwe_settings.hpp"

namespace bench::micro {

std::unique_ptr<operation> opening_jwe_of(core::envelope::jwe_settings how, std::size_t message);
std::unique_ptr<operation> opening_aes128gcm_of(std::size_t message);

template <core::envelope::jwe_alg Alg, core::envelope::jwe_enc Enc, std::size_t Message>
std::unique_ptr<operation> opening_jwe() {
  return opening_jwe_of({Alg, Enc}, Message);
}
template <std::size_t Message>
std::unique_ptr<operation> opening_aes128gcm() {
  return opening_aes128gcm_of(Message);
}

}  // namespace bench::micro

// SPDX-License-Identifier: Apache-2.0
#include "core/http/head_writer.hpp"

namespace core::http {

void head_writer::grow(std::size_t size) { out_.resize(used_ + size + 256); }

}  // namespace core::http

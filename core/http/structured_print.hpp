// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes values of structured fields as RFC 8941, section 4.1 says: the one text for each value.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/http/structured.hpp"

namespace core::http::structured {

// Each appends.

/// With its parameters.
void print_item(std::string& out, const field& f, const item& what);
/// The member's value without its key: item or inner list, with the parameters.
void print_member_value(std::string& out, const field& f, const member& what);
/// All of a dictionary or list.
void print_dictionary(std::string& out, const field& f);
void print_list(std::string& out, const field& f);

/// A String. False, and nothing is written, for what a String can't hold: bytes outside 0x20 to
/// 0x7E.
[[nodiscard]] bool print_string(std::string& out, std::string_view text);
void print_byte_sequence(std::string& out, std::string_view bytes);

/// The text that a String stands for; `inside` is what is between the quotes.
std::string unescaped(std::string_view inside);

}  // namespace core::http::structured

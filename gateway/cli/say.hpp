// SPDX-License-Identifier: Apache-2.0
#pragma once

// How commands talk: diagnostics on stderr in one form, command lines that a shell takes as they
// stand.

#include <string>
#include <string_view>

namespace gateway::cli {

/// "countersign: SENTENCE" on stderr. @return `status`.
int fail(int status, std::string_view sentence);
/// "countersign: warning: SENTENCE" on stderr.
void warn(std::string_view sentence);
/// "countersign: SENTENCE" on stderr, of what is no trouble.
void note(std::string_view sentence);

/// What an operator called something, inside a sentence.
inline std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// The bytes as they are, on stdout.
void print(std::string_view bytes);

/// `,"NAME":"TEXT"` at the end of a JSON object, or `,"NAME_base64":"…"` of bytes that are no text.
void append_bytes(std::string& json, std::string_view name, std::string_view bytes);

/// One word of a POSIX shell's command line. The bytes hold no NUL.
std::string shell_word(std::string_view bytes);

}  // namespace gateway::cli

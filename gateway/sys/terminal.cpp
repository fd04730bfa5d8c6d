// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/terminal.hpp"

#include <unistd.h>

#include "gateway/sys/environment.hpp"

namespace gateway::sys {

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

bool takes_colour(int descriptor) {
  return is_terminal(descriptor) && environment("NO_COLOR").empty() &&
         environment("TERM") != "dumb";
}

}  // namespace gateway::sys

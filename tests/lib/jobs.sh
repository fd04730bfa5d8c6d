#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints how many compilers fit this machine: one a processor, but no more than there are 1.5 GiB of memory for.
set -eu
processors=$(nproc)
memory=$(awk '/^MemTotal:/ {print int($2 / 1572864)}' /proc/meminfo)
jobs=$processors
[ "$memory" -ge "$jobs" ] || jobs=$memory
[ "$jobs" -ge 1 ] || jobs=1
echo "$jobs"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a fresh clone on Debian 12 to a running demonstration: installs what the build needs, builds the preset
# `release`, runs `countersign demo` with the arguments given.
set -eu
cd "$(dirname "$0")/.."
tests/lib/packages.sh build
cmake --preset release >&2
cmake --build build/release --parallel "$(tests/lib/jobs.sh)" --target countersign >&2
exec build/release/countersign demo "$@"

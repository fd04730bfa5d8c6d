#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares the gateway with nginx, HAProxy and nginx + Lua, which it installs if they are missing: compare.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/shipped.sh
export COUNTERSIGN="$PWD/build/release/countersign" COUNTERSIGN_BENCH="$PWD/build/bench"
exec /usr/bin/python3 -B bench/compare "$@"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where a request's CPU goes, in the gateway and in nginx, sampled by perf and drawn to one scale: profile.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/shipped.sh
export COUNTERSIGN="$PWD/build/release/countersign" COUNTERSIGN_BENCH="$PWD/build/bench"
exec /usr/bin/python3 -B bench/profile "$@"

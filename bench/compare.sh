#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares the gateway with nginx, HAProxy and nginx + Lua, which it installs if they are missing: compare.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign countersign_load countersign_upstream
case " $* " in *" --trained "*)
  bench/trained.sh
  export COUNTERSIGN="$PWD/build/trained/countersign" COUNTERSIGN_BENCH="$PWD/build/bench"
  ;;
esac
exec /usr/bin/python3 -B bench/compare "$@"

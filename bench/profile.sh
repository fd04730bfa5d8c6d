#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where a request's CPU goes, in the gateway and in nginx, sampled by perf and drawn to one scale: profile.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/profile "$@"

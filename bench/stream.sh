#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An answer of 10 GiB through a client that reads slowly, for some 100 s: stream.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign
exec /usr/bin/python3 -B bench/stream.py "$@"

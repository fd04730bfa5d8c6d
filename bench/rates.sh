#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A client at three times its rate, for 15 s, beside one that keeps to its own: rates.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/rates.py "$@"

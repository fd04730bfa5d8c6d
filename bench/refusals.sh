#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The gateway's CPU for a wrong signature and an unknown token beside an accepted request: refusals.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/refusals.py "$@"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Counts the instructions of each operation on the request's path under valgrind, beside the stored baseline; or times
# the path beside one hash: micro.sh [NAME…] [--update] [--path] [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign_micro
exec /usr/bin/python3 -B bench/micro.py "$@"

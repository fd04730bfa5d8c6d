#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Counts the instructions of each operation on the request's path under valgrind, beside the stored baseline; or times
# the path, as what is shipped was built, beside one hash: micro.sh [NAME…] [--update] [--path] [--help]
set -eu
cd "$(dirname "$0")/.."
case " $* " in
  *" --path "*) bench/shipped.sh countersign_micro ;;
  *) bench/ready.sh countersign_micro ;;
esac
exec /usr/bin/python3 -B bench/micro.py "$@"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a compiler in build/NAME that is told ../.. for the sources and nothing for what the build made, so that what it
# calls after a file is the same wherever they stand: relative.sh SOURCES COMPILER ARGUMENT…
set -eu
sources=$1
shift
for argument; do
  shift
  case $argument in
    "$PWD"/*) argument=${argument#"$PWD"/} ;;
    "$sources" | "$sources"/*) argument=../..${argument#"$sources"} ;;
    -I"$PWD"/*) argument=-I${argument#-I"$PWD"/} ;;
    -I"$sources" | -I"$sources"/*) argument=-I../..${argument#-I"$sources"} ;;
  esac
  set -- "$@" "$argument"
done
exec "$@"

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what a binary shows of its hardening with a stored expectation: hardening.py BINARY EXPECTATION."""

import json
import os
import re
import subprocess
import sys


def readelf(binary, *options):
    return subprocess.run(["readelf", "--wide", *options, binary], check=True, capture_output=True, text=True).stdout


def facts(binary):
    header = readelf(binary, "--file-header")
    segments = readelf(binary, "--program-headers")
    dynamic = readelf(binary, "--dynamic")
    names = readelf(binary, "--dyn-syms")
    code = subprocess.run(["objdump", "--disassemble=main", "--no-show-raw-insn", binary], check=True,
                          capture_output=True, text=True).stdout
    stack = re.search(r"GNU_STACK.*\s(R\S*)\s", segments)
    yield "position independent executable", "DYN" in header and "PIE" in dynamic
    yield "read-only relocations", "GNU_RELRO" in segments
    yield "bound at start", bool(re.search(r"FLAGS.*\bNOW\b", dynamic))
    yield "stack not executable", bool(stack) and "E" not in stack.group(1)
    yield "no writable code", not re.search(r"LOAD.*\sRWE\s", segments)
    yield "no relocations in code", "TEXTREL" not in dynamic
    yield "no search path for libraries", not re.search(r"\((?:RPATH|RUNPATH)\)", dynamic)
    yield "stack protector", "__stack_chk_fail" in names
    yield "fortified library calls", bool(re.search(r"\b__\w+_chk@", names))
    yield "library assertions", "__glibcxx_assert_fail" in names
    yield "indirect branches land on markers", "endbr64" in code
    yield "large stack frames are probed", "-fstack-clash-protection" in flags_of_all(binary)


def flags_of_all(binary):
    """What each of the binary's sources was compiled with; some options leave no mark in the binary."""
    with open(os.path.join(os.path.dirname(binary), "compile_commands.json"), encoding="utf-8") as stream:
        commands = [entry["command"].split() for entry in json.load(stream)]
    return set.intersection(*map(set, commands))


def main():
    binary, expectation = sys.argv[1:3]
    found = [f"{name}: {'yes' if there else 'NO'}" for name, there in facts(binary)]
    with open(expectation, encoding="utf-8") as stream:
        wanted = [line for line in stream.read().splitlines() if line and not line.startswith("#")]
    print("\n".join(found))
    for line in sorted(set(wanted) ^ set(found)):
        print(("missing: " if line in wanted else "unexpected: ") + line)
    return 0 if found == wanted else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Takes out one check at a time and demands that a test fails: a check that no test misses is no check.

    tests/mutation/mutate.py                        every check of the rooms that decide about security (the long form)
    tests/mutation/mutate.py --rooms core/route     those of other rooms
    tests/mutation/mutate.py --sample 40 --seed x   so many of them, chosen by the seed (the short form, for CI)
    tests/mutation/mutate.py --list                 what would be taken out

All checks are compiled into one build of core_tests, in a copy of the tree, each with a switch that the environment
sets; so a mutant costs a run of the tests and not a build. The build has the standard library's assertions, as what
ships has: reading past the end is noticed. Exits 1 if a mutant survives, and names it.
"""

import argparse
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from checks import Source

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
ROOMS = ["core/scheme", "core/envelope", "core/admission", "core/replay", "core/json", "core/http", "core/keys/version",
         "core/crypto", "core/base/encoding", "core/base/utf8"]
DEADLINE = 60  # seconds: a mutant that runs on for ever is one that was noticed

SWITCH_HEADER = """#pragma once
namespace mutation {
extern int active;
constexpr bool on(int number) {
  if (__builtin_is_constant_evaluated()) return true;
  return number != active;
}
}
"""
SWITCH_SOURCE = """#include "core/mutation.hpp"
#include <cstdlib>
namespace mutation {
int active = std::getenv("COUNTERSIGN_MUTANT") ? std::atoi(std::getenv("COUNTERSIGN_MUTANT")) : 0;
}
"""

# Checks whose absence changes nothing that can be seen: file, pattern of the check's whole text, reason.
EQUIVALENT = [
    ("core/envelope/php_to_json.cpp", r"size == std::string_view::npos",
     "without it nothing is taken off, and the digits that are left begin no token"),
    ("core/envelope/php_to_json.cpp", r"\*value < 0",
     "as an unsigned number it is larger than any text, which is refused"),
    ("core/envelope/jwe.cpp", r"!json\.decode\(p->header\)",
     "a text that isn't base64 decodes to nothing, and nothing is no header"),
    ("core/envelope/aes128gcm.cpp", r"!contexts\.open_gcm\(.*\)",
     "a record that isn't proven is wiped, and zeros have no delimiter"),
    ("core/http/head.hpp", r"key == wanted_key", "equal names have equal keys: it saves comparing most others"),
    ("core/scheme/components.hpp", r"!req", "asked of what it has been taken off, once it was compared"),
    ("core/crypto/key_object.cpp", r"in|info", "OpenSSL reads nothing from nothing, and makes no key of it"),
    ("core/crypto/signature.cpp", r"copy", "without a context OpenSSL verifies nothing"),
    ("core/admission/stages.cpp", r"policy\.version_field\.empty\(\)",
     "a shortcut: no field has an empty name"),
    ("core/http/connection.hpp", r"!names_\.empty\(\)", "a shortcut: an empty list lists nothing"),
    ("core/http/name_set.cpp", r"\(prefix_letters_ .*\) == 0", "a shortcut: no beginning has that letter"),
    ("core/http/target.cpp", r"!segment\.starts_with\('\.'\)", "a shortcut: without a dot in front there are none"),
    ("core/http/chunked.cpp", r"go\(.*\)", "the next state, which is always true"),
]


def sources(rooms):
    for room in rooms:
        folder = os.path.join(ROOT, room)
        names = [os.path.join(room, name) for name in sorted(os.listdir(folder))] if os.path.isdir(folder) \
            else [room + ".cpp", room + ".hpp"]
        for name in names:
            if name.endswith((".cpp", ".hpp")) and os.path.exists(os.path.join(ROOT, name)):
                with open(os.path.join(ROOT, name), encoding="utf-8") as stream:
                    yield Source(name, stream.read())


def numbered(rooms):
    """The sources, and their checks, each with a number of its own."""
    files = list(sources(rooms))
    checks = [check for file in files for check in file.checks]
    for number, check in enumerate(checks, 1):
        check.number = number
    return files, checks


def copy_tree(to):
    """The tree without what is built; the tests go on reading their data where it is."""
    for name in ("CMakeLists.txt", "CMakePresets.json"):
        shutil.copy2(os.path.join(ROOT, name), to)
    for name in ("conf", "core", "gateway", "tests"):
        shutil.copytree(os.path.join(ROOT, name), os.path.join(to, name), symlinks=True)
    lists = os.path.join(to, "tests", "CMakeLists.txt")
    with open(lists, encoding="utf-8") as stream:
        text = stream.read()
    # With the original's path the compiler's cache knows the tests already.
    text = text.replace('COUNTERSIGN_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}"',
                        f'COUNTERSIGN_TEST_DATA="{ROOT}/tests"')
    with open(lists, "w", encoding="utf-8") as stream:
        stream.write(text)


def write(path, text):
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)


def build(tree, files, jobs):
    for file in files:
        if file.checks:
            include = "#pragma once\n" if file.path.endswith(".hpp") else ""
            write(os.path.join(tree, file.path), f'{include}#include "core/mutation.hpp"\n{file.instrumented()}')
    write(os.path.join(tree, "core", "mutation.hpp"), SWITCH_HEADER)
    write(os.path.join(tree, "core", "mutation.cpp"), SWITCH_SOURCE)
    for command in (["cmake", "--preset", "dev", "-DCOUNTERSIGN_BENCH=OFF", "-DCOUNTERSIGN_HOUSE=OFF",
                     "-DCOUNTERSIGN_UNITY=ON"],
                    ["cmake", "--build", "build/dev", "--target", "core_tests", "-j", str(jobs)]):
        done = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit("the instrumented tree doesn't build:\n" + done.stdout[-4000:])
    return os.path.join(tree, "build", "dev", "tests", "core_tests")


def fails(binary, suites, mutant):
    """Does a test of these suites fail with this mutant? Stops at the first failure."""
    command = [binary, "--run_test=" + suites, "--log_level=error", "--report_level=no", "--color_output=no"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               env={**os.environ, "COUNTERSIGN_MUTANT": str(mutant)})
    timer = threading.Timer(DEADLINE, process.kill)
    timer.start()
    try:
        for line in process.stdout:
            if re.search(r"error: in |fatal error|Assertion .* failed|terminate called", line):
                process.kill()
                process.wait()
                return True
        process.wait()
        if process.returncode == 200:  # Boost.Test: there is no such suite
            return False
        return process.returncode != 0
    finally:
        timer.cancel()
        process.stdout.close()


def suites_for(path):
    """Where a check of this file is most likely to be missed, the cheapest first."""
    name = re.sub(r"\.[ch]pp$", "", path)
    room = "/".join(name.split("/")[:2])
    return list(dict.fromkeys([name, "core/admission", room, "core"]))


def killed_by(binary, check):
    for suites in suites_for(check.path):
        if fails(binary, suites, check.number):
            return suites
    return None


def examine(binary, chosen, jobs, verbose):
    survivors = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for check, suites in zip(chosen, pool.map(lambda check: killed_by(binary, check), chosen)):
            if suites is None:
                survivors.append(check)
                print(f"survived: {check}", flush=True)
            elif verbose:
                print(f"killed by {suites}: {check}", flush=True)
    return survivors


def stands_for(entry, check):
    path, pattern, _ = entry
    return path == check.path and re.fullmatch(pattern, check.text) is not None


def without_equivalents(files, checks, everything):
    """The checks whose absence must be noticed. An entry of the table that fits none any more is an error."""
    read = {file.path for file in files}
    stale = [entry for entry in EQUIVALENT if (everything or entry[0] in read)
             and not any(stands_for(entry, check) for check in checks)]
    if stale:
        sys.exit("equivalents that stand nowhere: " + ", ".join(f"{path}: {pattern}" for path, pattern, _ in stale))
    return [check for check in checks if not any(stands_for(entry, check) for entry in EQUIVALENT)]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", nargs="+", default=ROOMS, help="folders, or files without their ending")
    parser.add_argument("--sample", type=int, help="how many checks to take out; all if left out")
    parser.add_argument("--seed", default="0", help="any text; chooses the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--list", action="store_true", help="print the checks and end")
    parser.add_argument("--verbose", action="store_true", help="say of each mutant what killed it")
    return parser.parse_args()


def main():
    asked = arguments()
    files, checks = numbered(asked.rooms)
    chosen = without_equivalents(files, checks, asked.rooms == ROOMS)
    equivalent = len(checks) - len(chosen)
    if asked.sample is not None:
        chosen = random.Random(asked.seed).sample(chosen, min(asked.sample, len(chosen)))
    if asked.list:
        print("\n".join(map(str, chosen)))
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="countersign-mutation-") as tree:
        copy_tree(tree)
        binary = build(tree, files, asked.jobs)
        print(f"{len(checks)} checks, {len(chosen)} to be taken out (seed {asked.seed}); "
              f"built in {time.monotonic() - began:.0f} s", flush=True)
        if fails(binary, "core", 0):
            sys.exit("the tests fail with every check in place")
        survivors = examine(binary, chosen, asked.jobs, asked.verbose)
    print(f"{len(chosen) - len(survivors)} killed, {len(survivors)} survived, "
          f"{equivalent} known as equivalent; {time.monotonic() - began:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())

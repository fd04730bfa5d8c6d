# SPDX-License-Identifier: Apache-2.0
"""Instructions that each operation on the request's path takes, beside those of the stored baseline."""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
BASELINE = os.path.join(ROOT, "bench", "micro", "baseline.json")
ALLOWED = 0.03  # what an operation may cost beyond its baseline

# A forger must not learn from the gateway's work whether a token exists.
WRONG, UNKNOWN, ACCEPTED = "path/wrong_signature_1KiB", "path/unknown_token_1KiB", "path/accepted_1KiB"
ALIKE = 0.01
# The path without its sockets, beside one SHA-256 of as many bytes as its message has: by the clock.
HASH = "openssl/sha256_2027B"
PATH_LIMIT = 2.6

# Whose code is counted, beside ours. The C library picks its functions by the processor, which valgrind describes the
# same on every x86-64 with AVX2; `rep movsb`, which it counts as one instruction a byte, is kept out of it here.
PACKAGES = ("g++-12", "libboost1.81-dev", "libboost-json1.81.0", "libc6", "libssl3", "libstdc++6", "valgrind")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "LD_BIND_NOW": "1",
               "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-ERMS,-FSRM"}


def toolchain():
    versions = {}
    for package in PACKAGES:
        asked = subprocess.run(["dpkg-query", "--show", "--showformat=${Version}", package], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, check=False)
        versions[package] = asked.stdout or "none"
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        flags = next((line.split() for line in stream if line.startswith("flags")), ())
    versions["processor"] = "AVX2" if "avx2" in flags else "no AVX2"
    return versions


def operations(binary):
    """{name: runs that tell its cost}"""
    listed = subprocess.run([binary, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name: int(runs) for name, runs in map(str.split, listed.splitlines())}


def collected(binary, name, runs, prepared, options=()):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary, name, str(runs),
               "--prepared", str(prepared), *map(str, options)]
    ran = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                         check=False)
    found = re.search(r"Collected : (\d+)", ran.stderr)
    if ran.returncode or not found:
        raise SystemExit(f"{name}: {ran.stderr}")
    return int(found.group(1))


def cost(binary, name, runs, options=()):
    """Instructions of one run: twice as many take so much more, whatever the start takes."""
    once, twice = (collected(binary, name, count, 2 * runs, options) for count in (runs, 2 * runs))
    return round((twice - once) / runs, 1)


def measure(binary, wanted):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        costs = {name: pool.submit(cost, binary, name, runs) for name, runs in wanted.items()}
        return {name: future.result() for name, future in costs.items()}


def judge(baseline, measured):
    """(sentences on what got worse, sentences on what got better)"""
    worse, better = [], []
    for name in sorted(baseline.keys() - measured.keys()):
        worse.append(f"{name}: in the baseline, and no operation any more")
    for name in sorted(measured.keys() - baseline.keys()):
        worse.append(f"{name}: {measured[name]:.0f} instructions, and not in the baseline")
    for name in sorted(baseline.keys() & measured.keys()):
        change = measured[name] / baseline[name] - 1
        sentence = f"{name}: {measured[name]:.0f} instructions, {baseline[name]:.0f} in the baseline ({change:+.1%})"
        if change > ALLOWED:
            worse.append(sentence)
        elif change < -ALLOWED:
            better.append(sentence)
    return worse, better


def unlike(measured):
    """A sentence if a forger could tell a wrong signature from an unknown token by what they cost."""
    if not {WRONG, UNKNOWN} <= measured.keys():
        return []
    change = measured[UNKNOWN] / measured[WRONG] - 1
    return [] if abs(change) <= ALIKE else [f"an unknown token costs {change:+.1%} beside a wrong signature; "
                                            f"±{ALIKE:.0%} is allowed"]


def differences(then, now):
    return [f"{name} {then.get(name, 'none')} then, {now.get(name, 'none')} now"
            for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)]


def tell(measured, baseline):
    for name, instructions in measured.items():
        change = f"{instructions / baseline[name] - 1:+7.1%}" if name in baseline else "    new"
        print(f"{name:34} {instructions:12,.0f}  {change}")


def compare(binary, names):
    known = operations(binary)
    wanted = {name: known[name] for name in names or known}
    measured = measure(binary, wanted)
    with open(BASELINE, encoding="utf-8") as stream:
        stored = json.load(stream)
    baseline = {name: count for name, count in stored["instructions"].items() if not names or name in names}
    tell(measured, baseline)
    worse, better = judge(baseline, measured)
    wrong = worse + unlike(measured)
    other = differences(stored["toolchain"], toolchain())
    if {WRONG, UNKNOWN, ACCEPTED} <= measured.keys():
        print(f"a wrong signature: {measured[WRONG] / measured[ACCEPTED]:.2f} of an accepted request; an unknown "
              f"token: {measured[UNKNOWN] / measured[WRONG]:.3f} of a wrong signature (limit 1 ± {ALIKE})")
    for sentence in other:
        print(f"the baseline was taken with other tools: {sentence}")
    for sentence in better:
        print(f"CHEAPER: {sentence}: keep it with bench/micro.sh --update")
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    if worse and other:
        print("If that comes of the other tools and not of this change, take the baseline anew: "
              "bench/micro.sh --update")
    elif worse:
        print("If it has to cost that much, say why in the commit that takes the baseline anew: "
              "bench/micro.sh --update")
    return 1 if wrong else 0


def update(binary):
    measured = measure(binary, operations(binary))
    wrong = unlike(measured)
    with open(BASELINE, "w", encoding="utf-8") as stream:
        json.dump({"toolchain": toolchain(), "instructions": measured}, stream, indent=1)
        stream.write("\n")
    tell(measured, {})
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    return 1 if wrong else 0


def path(binary, rounds):
    """How much longer than one hash the path takes, in this process and at this hour."""
    ran = subprocess.run([binary, ACCEPTED, "--beside", HASH, "--rounds", str(rounds)], stdout=subprocess.PIPE,
                         text=True, check=True)
    seen = json.loads(ran.stdout)
    ratio = seen["ratio"]
    print(f"the path at 1 KiB {seen[ACCEPTED]:.0f} ns, SHA-256 of 2,027 bytes {seen[HASH]:.0f} ns: ratio {ratio:.2f}, "
          f"limit {PATH_LIMIT} (medians of {rounds} rounds in turn)")
    return 0 if ratio <= PATH_LIMIT else 1


def main():
    parser = argparse.ArgumentParser(prog="micro.sh", description=__doc__, allow_abbrev=False)  # micro.sh reads --path
    parser.add_argument("names", nargs="*", help="operations; all if left out")
    parser.add_argument("--update", action="store_true", help="measure all, and take that as the baseline")
    parser.add_argument("--path", action="store_true", help="time the path beside one hash instead")
    parser.add_argument("--rounds", type=int, default=1001, help="of --path")
    parser.add_argument("--binary", help="countersign_micro of another build")
    given = parser.parse_args()
    # Instructions are those of the text alone; the time is that of what ships, which is optimised by counts as well.
    built = "release" if given.path else "bench"
    given.binary = given.binary or os.path.join(ROOT, "build", built, "countersign_micro")
    if given.path:
        return path(given.binary, given.rounds)
    if not shutil.which("valgrind"):
        raise SystemExit("valgrind is not installed: tests/lib/packages.sh bench")
    if given.update:
        return update(given.binary)
    unknown = set(given.names) - operations(given.binary).keys()
    if unknown:
        parser.error(f"there is no operation {', '.join(sorted(unknown))}; countersign_micro --list tells them")
    return compare(given.binary, given.names)


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""System calls of the whole gateway for a request at saturation, by name, as strace counts them."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

from rig import BINARY, ROOT, Gateway, Load, Service, machine

LIMIT = 4.2       # a receive and a send on either side; the rest is asked once for many requests
CANNOT = 77       # exit status: nothing was counted. ctest calls it skipped
LEAST_SHOWN = 0.001

# It starts the gateway: to attach to one that runs is forbidden on more systems. -D lets the gateway, not strace, be
# the process that was started and that is told to end. -f: all of its threads.
STRACE = ("strace", "-q", "-D", "-f", "-c", "-U", "calls,name", "-o")

CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
access_log: {{path: {log}}}
clients: {{load: {{secret: 0123456789abcdef}}}}
upstreams: {{service: {url}}}
routes: [{{path: /, scheme: laravel, upstream: service}}]
"""


def parse(summary):
    """{name: calls} of what strace wrote; ValueError unless that is whole and adds up."""
    lines = summary.splitlines()
    rules = [at for at, line in enumerate(lines) if set(line) == {"-", " "}]
    if not lines or lines[0].split() != ["calls", "syscall"] or rules != [1, len(lines) - 2]:
        raise ValueError(f"not a summary of strace: {summary!r}")
    calls = {}
    for row in [*lines[2:-2], lines[-1]]:
        found = re.fullmatch(r" *(\d+) (\w+)", row)
        if not found or found.group(2) in calls:
            raise ValueError(f"strace wrote {row!r}")
        calls[found.group(2)] = int(found.group(1))
    if calls.pop("total", None) != sum(calls.values()):
        raise ValueError(f"the total is not that of the rows: {summary!r}")
    return calls


def obstacle():
    """Why nothing can be counted here; None if it can."""
    if not shutil.which(STRACE[0]):
        return "strace is not installed"
    with tempfile.TemporaryDirectory() as folder:
        summary = os.path.join(folder, "calls")
        ran = subprocess.run([*STRACE, summary, "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True, check=False)
        try:  # its exit status is that of `true` even if it may not look on
            with open(summary, encoding="ascii") as stream:
                parse(stream.read())
        except (OSError, ValueError):
            return "strace can't count here: " + "; ".join(ran.stderr.split("\n")[:-1])
    return None


def served(given, requests):
    """({name: calls}, requests a second) of a gateway that answers so many, from its start to its end."""
    with tempfile.TemporaryDirectory() as folder:
        summary = os.path.join(folder, "calls")
        with Service() as service:
            config = CONFIGURATION.format(url=service.url, log=os.path.join(folder, "access.log"))
            with Gateway(config, under=(*STRACE, summary)) as gateway:
                load = Load(gateway.url + "/", "-c", gateway.config, "--client", "load", "--requests", str(requests),
                            "--seconds", "600", "--connections", str(given.connections), "--size", given.size)
                status, found = load.result()
        if status or found["statuses"] != {"200": requests} or service.counts["requests"] != requests:
            raise SystemExit(f"{requests} requests were to be answered: {found}, the service had {service.counts}")
        with open(summary, encoding="ascii") as stream:
            return parse(stream.read()), found["rate"]


def measure(given):
    """({name: calls a request}, requests a second): what so many more requests cost, once all connections are open.
    Start-up and end are in both runs, and so in neither."""
    opening = 10 * given.connections
    before, _ = served(given, opening)
    after, rate = served(given, opening + given.requests)
    return {name: (after.get(name, 0) - before.get(name, 0)) / given.requests for name in {*before, *after}}, rate


def table(calls):
    """[(name, calls a request)], what is least at the end, the smallest in one row."""
    shown = {name: each for name, each in calls.items() if each >= LEAST_SHOWN}
    rows = sorted(shown.items(), key=lambda row: -row[1])
    return [*rows, ("others", sum(calls.values()) - sum(shown.values())), ("all", sum(calls.values()))]


def over(calls, limit):
    return sum(calls.values()) > limit


def arguments(given=None):
    parser = argparse.ArgumentParser(prog="calls.sh", description=__doc__ + f" Exits {CANNOT} where it can't count.")
    parser.add_argument("--limit", type=float, default=LIMIT, help="calls for a request; more is exit status 1")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--size", default="1KiB", help="of each message, before it is sealed")
    return parser.parse_args(given)


def main(given=None):
    given = arguments(given)
    if why := obstacle():
        print("skipped:", why)
        return CANNOT
    print(machine())
    calls, rate = measure(given)
    print(f"{os.path.relpath(BINARY, ROOT)}, {given.connections} connections, {given.size}; {given.requests} "
          f"requests, {rate:.0f} a second while counted")
    for name, each in table(calls):
        print(f"  {name:20} {round(each, 3) + 0.0:7.3f}")  # no -0.000
    beyond = over(calls, given.limit)
    print(f"limit: {given.limit} calls for a request" + (": over it" if beyond else ""))
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""CPU for a request of several builds of the gateway, and of nginx, loaded all at once on one processor. What else the
machine does meets all of them in the same moment, so that a per cent can be told from noise, which it can't where they
take turns; but each has the caches for a part of the time only, as beside loud neighbours."""

import argparse
import contextlib
import copy
import functools
import os
import statistics
import sys
import threading

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path[:0] = [os.path.join(ROOT, "bench", "compare"), os.path.join(ROOT, "bench")]

from rig import Service  # noqa: E402: the line above finds it

import measure  # noqa: E402
from peers import KINDS, Peer, countersign  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(prog="at_once.sh", description=__doc__.partition(". ")[0] + ".")
    parser.add_argument("builds", nargs="+", metavar="NAME=BINARY", help="others are compared with the first")
    parser.add_argument("--rounds", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each round")
    parser.add_argument("--connections", type=int, default=32, help="to each of them")
    parser.add_argument("--sizes", nargs="+", default=["200B", "1KiB"])
    parser.add_argument("--without-nginx", action="store_true")
    given = parser.parse_args()
    for build in given.builds:
        if "=" not in build or not os.access(build.partition("=")[2], os.X_OK):
            parser.error(f"{build}: should be NAME=BINARY, of a gateway that can be run")
    return given


def kind(binary):
    found = copy.copy(KINDS["gateway"])
    found.command = functools.partial(countersign, binary=binary)
    return found


def once(peers, row, given):
    """{name: µs for a request} of one round."""
    sealer = next(iter(peers.values()))
    seen = {}

    def take(name, peer):
        seen[name] = measure.cpu(peer, sealer, row, given.seconds, given.connections)["us"]

    threads = [threading.Thread(target=take, args=each) for each in peers.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(seen) != len(peers):
        raise SystemExit("a load failed")
    return seen


def compare(row, given):
    with contextlib.ExitStack() as ends:
        service = ends.enter_context(Service())
        kinds = {name: ("gateway", kind(binary)) for name, _, binary in (b.partition("=") for b in given.builds)}
        if not given.without_nginx:
            kinds["nginx"] = ("nginx", None)
        peers = {name: ends.enter_context(Peer(what, service.port, how)) for name, (what, how) in kinds.items()}
        once(peers, row, given)  # pools fill
        taken = [once(peers, row, given) for _ in range(given.rounds)]
    first = next(iter(peers))
    for name in peers:
        ratios = sorted(seen[name] / seen[first] for seen in taken)
        quarter = len(ratios) // 4
        print(f"{measure.name_of(row):12} {name:12} {statistics.median(seen[name] for seen in taken):8.2f} µs"
              f"  {statistics.median(ratios):.3f} of {first} ({ratios[quarter]:.3f} to {ratios[-1 - quarter]:.3f})")
        sys.stdout.flush()


def main():
    given = arguments()
    for row in measure.rows(given.sizes):
        compare(row, given)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Compares the gateway with the proxies one would otherwise take: CPU for a request, latency, memory, start-up."""

import argparse
import datetime
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from rig import ROOT  # noqa: E402: the line above finds it, and it finds the tests' harness

import about  # noqa: E402
import figures  # noqa: E402
import footprint  # noqa: E402
import latency  # noqa: E402
import measure  # noqa: E402
import picture  # noqa: E402
import report  # noqa: E402
import schemes  # noqa: E402
import secured  # noqa: E402
from peers import KINDS, PROCESSORS  # noqa: E402
from proof import prove  # noqa: E402

# A client may have half of the replay store: two million marks, which a fast machine makes in no less than this.
LONGEST = 60
SMOKE = {"rounds": 1, "seconds": 0.3, "sizes": ["1KiB"], "connections": 8, "rate": 100.0, "latency_rounds": 1,
         "latency_seconds": 0.5, "idle": [20, 40], "burst": 20, "starts": 1,
         "results": os.path.join(ROOT, "build", "compare")}
# What a reader of a result has to know of how it was asked for.
ASKED = ("rounds", "seconds", "connections", "sizes", "rate", "latency_size", "latency_rounds", "latency_seconds",
         "idle", "burst", "starts")


def tell(sentence):
    print(sentence, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="compare.sh", description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=0.9, help="of each peer's part of a round")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--sizes", nargs="+", default=list(measure.SIZES), help="of messages before sealing")
    parser.add_argument("--rate", type=float, default=4000, help="requests a second, for the latency")
    parser.add_argument("--idle", type=int, nargs="+", default=[1000, 10000], help="idle connections, for the memory")
    parser.add_argument("--burst", type=int, default=1000, help="requests in flight at once, for the memory after it")
    parser.add_argument("--starts", type=int, default=9, help="of each peer, for the start-up time")
    parser.add_argument("--results", default=os.path.join(ROOT, "bench", "results"), help="folder for what is written")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a limit is not kept or a peer is missing")
    parser.add_argument("--smoke", action="store_true", help="a few seconds of everything: does it work?")
    parser.add_argument("--schemes", action="store_true", help="only the gateway's schemes beside each other")
    parser.add_argument("--tls", action="store_true", help="only TLS, the gateway beside nginx")
    parser.add_argument("--draw", metavar="RESULT", help="only draw this result again")
    parser.set_defaults(latency_size="1KiB", latency_rounds=3, latency_seconds=3.0)
    if "--smoke" in sys.argv:
        parser.set_defaults(**SMOKE)
    given = parser.parse_args()
    if given.rounds < 1 or given.seconds <= 0 or given.rounds * given.seconds > LONGEST:
        parser.error(f"--rounds, --seconds: at least one round, at most {LONGEST} s of all together")
    return given


def at_hand():
    """Names of the peers that are installed and do what they should."""
    names = [name for name, kind in KINDS.items() if kind.installed()]
    for name in KINDS:
        if name not in names:
            print(f"{KINDS[name].title} is not installed, and is left out: tests/lib/packages.sh bench")
    if "gateway" not in names or "nginx" not in names:
        raise SystemExit("neither the gateway nor nginx, to which all is compared, can be left out")
    for name in names:
        tell(f"proof: {name}")
        if wrong := list(prove(name)):
            raise SystemExit("\n".join(f"{KINDS[name].title}: {sentence}" for sentence in wrong))
    print("proven: " + "; ".join(
        f"{KINDS[name].title} {'opens messages, refuses forgeries and replays' if KINDS[name].opens else 'passes on'}"
        for name in names))
    return names


def by_scheme(given):
    tell("proof: schemes")
    if wrong := list(schemes.prove()):
        raise SystemExit("\n".join(wrong))
    taken = schemes.rounds(given, tell)
    return {"rounds": taken, "figures": figures.schemes(taken)}


def only_schemes(given, today):
    result = {"date": today, **about.describe(), "asked": {name: vars(given)[name] for name in
                                                           ("rounds", "seconds", "connections")},
              "schemes": by_scheme(given)}
    print("\n".join(report.scheme_lines(result["schemes"]["figures"])).lstrip())
    wrong = list(figures.over_schemes(result))
    print("\n".join("OVER its limit: " + sentence for sentence in wrong) or "every limit is kept")
    report.write(os.path.join(given.results, f"schemes_{today}.json"), report.as_json(result))
    return 1 if given.strict and wrong else 0


def only_tls(given, today):
    taken = secured.rounds(given, tell)
    found = figures.secured(taken)
    result = {"date": today, **about.describe(), "asked": {name: vars(given)[name] for name in
                                                           ("rounds", "seconds", "connections")},
              "tls": {"rounds": taken, "figures": found}}
    for what, cell in found.items():
        ratio = cell["ratio"]
        print(f"{secured.TITLES[what]}: {cell['gateway']['median']:.1f} µs, nginx {cell['nginx']['median']:.1f} µs; "
              f"ratio {ratio['median']:.3f} ({ratio['low']:.3f} to {ratio['high']:.3f}), at most {cell['limit']:.2f}"
              f"{', OVER' if cell['over'] else ''}")
    report.write(os.path.join(given.results, f"tls_{today}.json"), report.as_json(result))
    return 1 if given.strict and any(cell["over"] for cell in found.values()) else 0


def run(given):
    counts = [count for count in given.idle if footprint.may_open(count)]
    for count in set(given.idle) - set(counts):
        print(f"{count} idle connections are left out: this process may not have so many descriptors (ulimit -n)")
    if not footprint.may_open(2 * given.burst):
        raise SystemExit(f"--burst {given.burst}: this process may not have twice as many descriptors (ulimit -n)")
    taken_with, names = about.describe(), at_hand()
    cpu = []
    for row in measure.rows(given.sizes):
        taken = measure.rounds(names, row, given, tell)
        name = measure.name_of(row)
        cpu.append({"row": name, **row._asdict(), "rounds": taken, "figures": figures.compare(name, taken)})
    of_schemes = by_scheme(given)
    delays = latency.rounds(names, given, tell)
    return {**taken_with, "asked": {name: value for name, value in vars(given).items() if name in ASKED},
            "peers": names, "cpu": cpu,
            "schemes": of_schemes, "latency": {"rounds": delays, "medians": latency.medians(delays)},
            "memory": footprint.memory(names, counts, given.burst, tell),
            "start": footprint.starts(names, given.starts, tell)}


def main():
    given = arguments()
    drawn = os.path.join(given.results, "compare.svg")
    if given.draw:
        with open(given.draw, encoding="utf-8") as stream:
            report.write(drawn, picture.draw(json.load(stream)))
        return 0
    # So that whoever ends this ends the peers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if PROCESSORS:
        os.sched_setaffinity(0, PROCESSORS[1])
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    if given.tls:
        return only_tls(given, today)
    if given.schemes:
        return only_schemes(given, today)
    result = {"date": today, **run(given)}
    print("\n".join(report.lines(result)))
    text = report.as_json(result)
    report.write(os.path.join(given.results, f"compare_{today}.json"), text)
    report.write(drawn, picture.draw(json.loads(text)))  # from what was written, so that --draw gives the same
    fine = len(result["peers"]) == len(KINDS) and not any(figures.over(result))
    return 1 if given.strict and not fine else 0


if __name__ == "__main__":
    sys.exit(main())

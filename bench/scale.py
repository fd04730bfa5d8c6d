# SPDX-License-Identifier: Apache-2.0
"""What a request costs with many clients, routes and marks beside one with few, and with a second worker."""

import argparse
import datetime
import json
import os
import re
import statistics
import subprocess
import sys

from micro import ACCEPTED, ENVIRONMENT, cost
from rig import BINARY, ROOT, Gateway, Load, Service, cpu_seconds, machine, pin, started_on

LIMIT, DRAWN_LIMIT = 1.10, 1.25  # of the cost with one client, one route and no marks
WORKERS_LIMIT = 1.02             # instructions with two workers beside one
MARK_LIMIT = 32                  # bytes
MICRO = os.path.join(os.path.dirname(BINARY), "countersign_micro")

CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: {workers}
access_log: {{path: /dev/null}}
upstreams: {{service: {url}}}
clients:
{clients}
routes:
{routes}
"""


def configuration(url, clients=1, routes=1, workers=1):
    """The path /r0/ is the last route's, so that a search through all of them would show."""
    return CONFIGURATION.format(
        url=url, workers=workers,
        clients="\n".join(f"  c{i}: {{secret: 'hex:{i:032x}'}}" for i in range(1, clients + 1)),
        routes="\n".join(f"  - {{path: /r{i}/, scheme: laravel, upstream: service}}" for i in reversed(range(routes))))


def sizes_of(given):
    """{what: options of countersign_micro}"""
    return {f"{given.clients} clients": ("--clients", given.clients),
            f"{given.routes} routes": ("--routes", given.routes),
            f"{given.marks} marks": ("--marks", given.marks)}


def micro(*options):
    ran = subprocess.run([MICRO, *map(str, options)], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ran.stdout)


def instructions(given):
    """Of the path without its sockets: {what: beside one client, one route and no marks}"""
    base = cost(MICRO, ACCEPTED, given.runs)
    return {what: round(cost(MICRO, "path/scaled", given.runs, options) / base, 4)
            for what, options in sizes_of(given).items()}


def times(given):
    """The same by the clock, the caches emptied before each few dozen requests."""
    return {what: micro("path/scaled", *options, "--beside", ACCEPTED, "--cold", "--rounds", given.rounds)["ratio"]
            for what, options in sizes_of(given).items()}


def drawn(given):
    """Gateway CPU a request when each is another client's, beside the same with one client: both gateways are there,
    loaded in turn, on a processor that neither load nor service has. What counts is the ratio within a round."""
    taken = {"one": [], "many": []}
    with started_on({max(os.sched_getaffinity(0))}), Service() as service, Gateway(configuration(service.url)) as one, \
            Gateway(configuration(service.url, clients=given.clients)) as many:
        for _ in range(given.loads):
            for name, gateway in (("one", one), ("many", many)):
                pin(gateway.process.pid, 0)
                before = cpu_seconds(gateway.process.pid)
                load = Load(gateway.url + "/r0/", "-c", gateway.config, "--drawn", "--requests", "1000000000",
                            "--seconds", str(given.seconds), "--connections", "64")
                status, found = load.result()
                if status:
                    raise SystemExit(f"{name}: {found}")
                taken[name].append((cpu_seconds(gateway.process.pid) - before) / found["requests"] * 1e6)
    ratio = statistics.median(many / one for one, many in zip(taken["one"], taken["many"]))
    return {**{name: round(statistics.median(all_of), 2) for name, all_of in taken.items()}, "ratio": round(ratio, 4)}


def served_instructions(workers, requests):
    """Of a whole gateway that answers so many requests, from its start to its end."""
    valgrind = ("env", "-i", *(f"{name}={value}" for name, value in ENVIRONMENT.items()),
                "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    with Service() as service:
        with Gateway(configuration(service.url, workers=workers), under=valgrind) as gateway:
            load = Load(gateway.url + "/r0/", "-c", gateway.config, "--client", "c1", "--requests", str(requests),
                        "--seconds", "600", "--connections", "16")
            status, found = load.result()
            if status:
                raise SystemExit(f"under valgrind: {found}")
        said = "\n".join(gateway.diagnostics)
    return int(re.search(r"Collected : (\d+)", said).group(1))


def workers(given):
    """Instructions a request of a whole gateway, by its number of workers."""
    return {str(count): round((served_instructions(count, 2 * given.served) - served_instructions(count, given.served))
                              / given.served) for count in (1, 2)}


def judge(seen):
    """Sentences on what is over its limit."""
    for kind in ("instructions", "times"):
        for what, ratio in seen[kind].items():
            if ratio > LIMIT:
                yield f"{kind}, {what}: {ratio:.3f} of the cost with one and none, {LIMIT} allowed"
    ratio = seen["drawn"]["ratio"]
    if ratio > DRAWN_LIMIT:
        yield f"clients drawn: {ratio:.3f} of the CPU with one, {DRAWN_LIMIT} allowed"
    ratio = seen["workers"]["2"] / seen["workers"]["1"]
    if ratio > WORKERS_LIMIT:
        yield f"two workers: {ratio:.3f} of the instructions with one, {WORKERS_LIMIT} allowed"
    for kind in ("bytes", "resident"):
        each = seen["store"][kind] / seen["store"]["marks"]
        if each > MARK_LIMIT:
            yield f"a mark: {each:.1f} bytes ({kind}), {MARK_LIMIT} allowed"


def tell(seen):
    print(f"{'':18} instructions    time (limit {LIMIT})")
    for what, ratio in seen["instructions"].items():
        print(f"{what:18} {ratio:12.3f}  {seen['times'][what]:6.3f}")
    one, many, ratio = (seen["drawn"][name] for name in ("one", "many", "ratio"))
    print(f"clients drawn: {many} µs of gateway CPU a request, {one} with one client: {ratio:.3f} "
          f"(limit {DRAWN_LIMIT})")
    one, two = seen["workers"]["1"], seen["workers"]["2"]
    print(f"two workers: {two} instructions a request, {one} with one: {two / one:.3f} (limit {WORKERS_LIMIT})")
    store = seen["store"]
    print(f"a mark of {store['marks']}: {store['bytes'] / store['marks']:.1f} bytes, "
          f"{store['resident'] / store['marks']:.1f} resident (limit {MARK_LIMIT})")
    for sentence in seen["wrong"]:
        print(f"WRONG: {sentence}")


def arguments():
    today = datetime.date.today().isoformat()
    parser = argparse.ArgumentParser(prog="scale.sh", description=__doc__)
    parser.add_argument("--clients", type=int, default=100_000)
    parser.add_argument("--routes", type=int, default=10_000)
    parser.add_argument("--marks", type=int, default=4_000_000)
    parser.add_argument("--runs", type=int, default=200, help="of the path, counted under valgrind")
    parser.add_argument("--rounds", type=int, default=61, help="of the path, timed")
    parser.add_argument("--loads", type=int, default=15, help="on each of the two gateways")
    parser.add_argument("--seconds", type=float, default=1, help="of each load")
    parser.add_argument("--served", type=int, default=1000, help="requests to a gateway under valgrind")
    parser.add_argument("--out", default=os.path.join(ROOT, "bench", "results", f"scale_{today}.json"))
    return parser.parse_args()


def main():
    given = arguments()
    seen = {"machine": machine(), "asked": {name: value for name, value in vars(given).items() if name != "out"},
            "instructions": instructions(given), "times": times(given), "drawn": drawn(given),
            "workers": workers(given), "store": micro("--full-store", given.marks)}
    seen["wrong"] = list(judge(seen))
    tell(seen)
    with open(given.out, "w", encoding="utf-8") as stream:
        json.dump(seen, stream, indent=1)
        stream.write("\n")
    return 1 if seen["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())

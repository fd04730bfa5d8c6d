# SPDX-License-Identifier: Apache-2.0
"""The gateway's CPU for a refused request beside an accepted one's: a flood of forgeries must be the cheaper one."""

import argparse
import statistics
import sys

from rig import Gateway, Load, Service, cpu_seconds, machine, pin

LIMIT = 0.60  # of an accepted request
KINDS = {"accepted": (), "wrong signature": ("--spoil", "signature"), "unknown token": ("--spoil", "token")}

CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
access_log: {{path: /dev/null}}
clients: {{load: {{secret: 0123456789abcdef}}}}
upstreams: {{service: {url}}}
routes: [{{path: /, scheme: laravel, upstream: service}}]
"""


def measure(gateway, given, options):
    """CPU microseconds a request, connections kept alive."""
    before = cpu_seconds(gateway.process.pid)
    load = Load(gateway.url + "/", "-c", gateway.config, "--client", "load", "--requests", "1000000000", "--seconds",
                str(given.seconds), "--connections", str(given.connections), "--size", given.size, *options)
    pin(load.process.pid, 1)
    status, found = load.result()
    if status or found["reconnects"]:
        raise SystemExit(f"{options}: {found}")
    return (cpu_seconds(gateway.process.pid) - before) / found["requests"] * 1e6


def main():
    parser = argparse.ArgumentParser(prog="refusals.sh", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--size", default="1KiB")
    given = parser.parse_args()
    print(machine())
    taken = {kind: [] for kind in KINDS}
    with Service() as service, Gateway(CONFIGURATION.format(url=service.url)) as gateway:
        pin(gateway.process.pid, 0)
        for _ in range(given.rounds):  # in turn, so that what else the machine does meets all
            for kind, options in KINDS.items():
                taken[kind].append(measure(gateway, given, options))
    accepted = statistics.median(taken["accepted"])
    over = False
    for kind, all_of in taken.items():
        ratio = statistics.median(all_of) / accepted
        over = over or (kind != "accepted" and ratio > LIMIT)
        print(f"{kind:16} {statistics.median(all_of):6.1f} µs  {ratio:.2f}  ({min(all_of):.1f} to {max(all_of):.1f})")
    print(f"limit: {LIMIT} of an accepted request" + (": over it" if over else ""))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())

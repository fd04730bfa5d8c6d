# SPDX-License-Identifier: Apache-2.0
"""A client at three times its rate, on two workers, beside one within its own: the first gets its rate and its burst
once, the second loses nothing."""

import argparse
import os
import sys

from rig import BINARY, ROOT, Gateway, Load, Service, arguments_of, conclude, machine

CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: {workers}
access_log: {{path: /dev/null}}
clients:
  greedy: {{secret: 0123456789abcdef, rate: {{requests: {rate}, per: 1s, burst: {burst}}}}}
  modest: {{secret: fedcba9876543210, rate: {{requests: {rate}, per: 1s, burst: {burst}}}}}
upstreams: {{service: {url}}}
routes: [{{path: /, scheme: laravel, upstream: service}}]
"""
TOLERANCE = 0.02  # of what the rate alone allows


def load(gateway, client, rate, given, *more):
    return Load(gateway.url + "/", "-c", gateway.config, "--client", client, "--rate", str(rate), "--seconds",
                str(given.seconds), "--requests", "1000000000", "--connections", "16", *more)


def run(given):
    with Service() as service, Gateway(CONFIGURATION.format(
            url=service.url, workers=given.workers, rate=given.rate, burst=given.burst)) as gateway:
        greedy = load(gateway, "greedy", 3 * given.rate, given, "--allow-refused")
        modest = load(gateway, "modest", given.rate * 2 // 3, given)
        found = {"greedy": greedy.result(), "modest": modest.result()}
        metrics = gateway.metrics()
    refused = metrics.get('countersign_refusals_total{route="root",client="greedy",reason="rate_limited"}', 0)
    return {"machine": machine(), "asked": vars(given), "refused": int(refused),
            **{name: {"status": status, "load": seen} for name, (status, seen) in found.items()}}


def by_rate(seen):
    """What the rate alone allows in the time that it took."""
    return seen["asked"]["rate"] * seen["greedy"]["load"]["seconds"]


def differences(seen):
    """Sentences on what was counted otherwise by another, or passed beyond the limit: however slow anything is."""
    asked, greedy = seen["asked"], seen["greedy"]["load"]
    for name in ("greedy", "modest"):
        if seen[name]["status"]:
            yield f"{name}: {seen[name]['load']['errors']}"
    if greedy["answers"] + greedy["refused"]["count"] != greedy["requests"]:
        yield f"{greedy['requests']} requests, {greedy['answers']} answered, {greedy['refused']['count']} refused"
    if greedy["refused"]["count"] != seen["refused"]:
        yield f"the load was refused {greedy['refused']['count']}, the gateway counts {seen['refused']}"
    if greedy["answers"] > asked["burst"] + by_rate(seen) + 1:
        yield (f"{greedy['answers']} passed in {greedy['seconds']:.2f} s, {asked['burst']} at once and "
               f"{by_rate(seen):.0f} may")


def shortfalls(seen):
    """Sentences on who got less than it may."""
    asked, greedy, modest = seen["asked"], seen["greedy"]["load"], seen["modest"]["load"]
    if modest["answers"] != modest["requests"]:
        yield f"the client within its rate: {modest['answers']} of {modest['requests']} answered"
    passed = greedy["answers"] - asked["burst"]
    if passed < (1 - TOLERANCE) * by_rate(seen):
        yield f"{passed} beyond the burst in {greedy['seconds']:.2f} s, {by_rate(seen):.0f} is its rate"


def tell(seen):
    asked, greedy, modest = seen["asked"], seen["greedy"]["load"], seen["modest"]["load"]
    print(f"offered {greedy['requests']} in {greedy['seconds']:.2f} s, {greedy['answers']} passed: {asked['burst']} at "
          f"once and {(greedy['answers'] - asked['burst']) / by_rate(seen):.2%} of the rate; {seen['refused']} refused")
    print(f"beside it {modest['answers']} of {modest['requests']} answered")
    for sentence in seen["wrong"]:
        print("WRONG: " + sentence)


def arguments(given=None):
    parser = argparse.ArgumentParser(prog="rates.sh", description=__doc__)
    parser.add_argument("--rate", type=int, default=500, help="requests a second that each client may send")
    parser.add_argument("--burst", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    return arguments_of(parser, given, seconds=15)


def main():
    given = arguments()
    out = vars(given).pop("out")
    print(f"{os.path.relpath(BINARY, ROOT)}, {given.seconds} s, {given.rate}/s and {given.burst} at once, "
          f"{given.workers} workers")
    seen = run(given)
    return conclude(seen, [*differences(seen), *shortfalls(seen)], tell, out)


if __name__ == "__main__":
    sys.exit(main())

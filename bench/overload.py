# SPDX-License-Identifier: Apache-2.0
"""Offers a service more than it can do, and sees what the gateway makes of it: the service is kept busy and never gets
more than `max_requests` at once, whoever has no place is told so at once, and none of that changes with time."""

import argparse
import os
import sys

from rig import BINARY, ROOT, Gateway, Load, Service, arguments_of, conclude, cpu_seconds, machine

CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: {workers}
access_log: {{path: /dev/null}}
clients: {{load: {{secret: 0123456789abcdef0123456789abcdef, cipher: AES-256-CBC}}}}
upstreams: {{service: {{endpoints: {url}, max_requests: {slots}, max_pending: {pending}}}}}
routes: [{{path: /, scheme: laravel, upstream: service}}]
"""
REASONS = ("upstream_busy", "upstream_queue_timeout")

LEAST_GOODPUT = 0.95      # of what the service can do
LATEST_REFUSAL_MS = 5.0   # p99, from when the request was due
LEAST_STEADINESS = 0.95   # the last third's answers beside the first's


def capacity(given):
    """Answers a second that the service can give at most."""
    return given.slots * 1000 / given.delay


def run(given):
    with Service("--slots", str(given.slots), "--delay", f"{given.delay}ms", "--distinct") as service:
        config = CONFIGURATION.format(url=service.url, workers=given.workers, slots=given.slots, pending=given.pending)
        with Gateway(config) as gateway:
            before = cpu_seconds(gateway.process.pid)
            load = Load(gateway.url + "/", "-c", gateway.config, "--client", "load", "--allow-refused", "--rate",
                        str(given.factor * capacity(given)), "--seconds", str(given.seconds), "--requests",
                        "1000000000", "--connections", str(given.connections), "--size", given.size)
            status, found = load.result()
            used = cpu_seconds(gateway.process.pid) - before
            metrics = gateway.metrics()
    if not isinstance(found, dict):
        raise SystemExit(f"the load ended at once: {found}")
    refused = {reason: int(metrics['countersign_upstream_refusals_total{upstream="service",reason="%s"}' % reason])
               for reason in REASONS}
    left = {what: int(metrics['countersign_upstream_requests_%s{upstream="service"}' % what])
            for what in ("in_flight", "pending")}
    return {"machine": machine(), "asked": vars(given), "capacity": capacity(given), "status": status, "load": found,
            "upstream": service.counts, "refused": refused, "left": left,
            "cpu_us_per_request": round(used / max(1, found["requests"]) * 1e6, 2)}


def differences(seen):
    """Sentences on what was lost, or counted otherwise by another: nothing of it depends on how fast anything is."""
    load, service = seen["load"], seen["upstream"]
    answers, refused = load["answers"], load["refused"]["count"]
    if seen["status"] or load["errors"]["total"]:
        yield f"errors: {load['errors']}"
    if answers + refused != load["requests"]:
        yield f"{load['requests']} requests, {answers} answered and {refused} refused"
    if load["statuses"].get("200", 0) != answers or load["statuses"].get("503", 0) != refused:
        yield f"statuses {load['statuses']} for {answers} answered and {refused} refused"
    if sum(load["answers_by_second"]) != answers:
        yield f"{sum(load['answers_by_second'])} answers in all seconds together, {answers} in all"
    if service["requests"] != answers or service["repeated"] or service["malformed"]:
        yield f"the service had {service}, the load {answers} answers"
    if service["most_at_once"] > seen["asked"]["slots"]:
        yield f"the service had {service['most_at_once']} requests at once, {seen['asked']['slots']} allowed"
    if sum(seen["refused"].values()) != refused:
        yield f"the gateway refused {seen['refused']}, the load was refused {refused}"
    if any(seen["left"].values()):
        yield f"places that were not given back: {seen['left']}"


def thirds(load, seconds):
    """Answers of the first and the last third of the seconds that are whole."""
    whole = load["answers_by_second"][:seconds]
    cut = max(1, len(whole) // 3)
    return sum(whole[:cut]), sum(whole[-cut:])


def shortfalls(seen):
    """Sentences on what was slower than it should be."""
    load = seen["load"]
    share = load["rate"] / seen["capacity"]
    if share < LEAST_GOODPUT:
        yield f"goodput {share:.1%} of what the service can do, {LEAST_GOODPUT:.0%} wanted"
    late = load["refused"]["latency_us"]["p99"] / 1000
    if late > LATEST_REFUSAL_MS:
        yield f"p99 of refusals {late:.2f} ms, {LATEST_REFUSAL_MS:.0f} ms wanted"
    first, last = thirds(load, seen["asked"]["seconds"])
    if last < LEAST_STEADINESS * first:
        yield f"{first} answers in the first third, {last} in the last"


def milliseconds(latency):
    return "  ".join(f"{label} {latency[label] / 1000:.2f}" for label in ("p50", "p90", "p99", "p99.9", "max"))


def tell(seen):
    load, asked = seen["load"], seen["asked"]
    print(f"offered {load['requests'] / asked['seconds']:.0f}/s, the service can do {seen['capacity']:.0f}/s")
    print(f"answered {load['answers']}: {load['rate']:.0f}/s, {load['rate'] / seen['capacity']:.1%} of that; "
          f"ms {milliseconds(load['latency_us'])}")
    print(f"refused  {load['refused']['count']}; ms {milliseconds(load['refused']['latency_us'])}")
    first, last = thirds(load, asked["seconds"])
    print(f"answers in the first third {first}, in the last {last}; at most {seen['upstream']['most_at_once']} at "
          f"once; gateway CPU {seen['cpu_us_per_request']} µs a request")
    for sentence in seen["wrong"]:
        print("WRONG: " + sentence)
    print("failed" if seen["wrong"] else "fine: kept busy, no more than its limit, refusals at once, steady")


def arguments(given=None):
    parser = argparse.ArgumentParser(prog="overload.sh", description=__doc__)
    parser.add_argument("--factor", type=float, default=2, help="how many times what the service can do is offered")
    parser.add_argument("--slots", type=int, default=16, help="what the service works on at once, and max_requests")
    parser.add_argument("--delay", type=int, default=10, help="milliseconds that it works on each")
    parser.add_argument("--pending", type=int, default=64, help="max_pending")
    parser.add_argument("--connections", type=int, default=256, help="enough: what is due must find one to leave on")
    parser.add_argument("--size", default="1KiB", help="of each message, before it is sealed")
    parser.add_argument("--workers", type=int, default=2)
    return arguments_of(parser, given, seconds=15)


def main():
    given = arguments()
    out = vars(given).pop("out")
    print(f"{os.path.relpath(BINARY, ROOT)}, {given.seconds} s, {given.slots} places, {given.pending} wait, "
          f"{given.connections} connections, {given.workers} workers")
    seen = run(given)
    return conclude(seen, [*differences(seen), *shortfalls(seen)], tell, out)


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Three endpoints under signed load, of which one after the other is killed and comes back. No request may fail but
those that a service had when it was killed: these are counted, and named by their ids."""

import argparse
import collections
import json
import os
import sys
import tempfile
from time import monotonic

from rig import BINARY, PATIENCE, ROOT, Gateway, Load, Service

CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: {workers}
access_log: {{path: {log}}}
clients: {{billing: {{token: my_key, secret: 0123456789abcdef}}}}
upstreams:
  service:
    endpoints: [{endpoints}]
    balance: {balance}
    health: {{path: /healthz, interval: 100ms, timeout: 5s, rise: 1, fall: 1}}
    eject: {{failures: 3, for: 1s}}
    slow_start: 500ms
routes: [{{path: /, scheme: laravel, upstream: service}}]
"""
ENDPOINTS = 3
# What a request may come to whose service was killed while it had it. It is no GET, so nothing is sent twice.
BROKEN = "upstream_invalid"


def is_up(gateway, service):
    return gateway.metrics()['countersign_upstream_up{upstream="service",endpoint="%s"}' % service.url]


def wait_for(gateway, service, up):
    end = monotonic() + PATIENCE
    while is_up(gateway, service) != up:
        if monotonic() > end:
            raise RuntimeError(f"{service.url} should be {'up' if up else 'down'}")


def kill_and_revive(gateway, services, number):
    """One after the other, and only while all are up."""
    at = number % len(services)
    services[at].kill()
    wait_for(gateway, services[at], 0)
    services[at] = Service("--port", str(services[at].port))
    wait_for(gateway, services[at], 1)


def refused(path):
    """{reason: [request's id and endpoint]} of an access log."""
    found = collections.defaultdict(list)
    with open(path, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if "reason" in line:
                found[line["reason"]].append((line["request_id"], line.get("endpoint", "-")))
    return dict(found)


def run(given):
    services = [Service() for _ in range(ENDPOINTS)]
    statuses, done = collections.Counter(), 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "access.log")
            config = CONFIGURATION.format(workers=given.workers, balance=given.balance, log=log,
                                          endpoints=", ".join(one.url for one in services))
            with Gateway(config) as gateway:
                while done < given.times:
                    load = Load(gateway.url + "/", "-c", gateway.config, "--client", "billing", "--seconds", "600",
                                "--requests", str(given.requests), "--connections", str(given.connections))
                    while load.running(0) and done < given.times:
                        kill_and_revive(gateway, services, done)
                        done += 1
                    status, found = load.result()
                    if isinstance(found, str):
                        raise RuntimeError(f"the load ended with {status}: {found}")
                    statuses.update(found["statuses"])
                    statuses.update({name: count for name, count in found["errors"].items()
                                     if count and name not in ("total", "status")})
                metrics = gateway.metrics()
            reasons = refused(log)
    finally:
        for one in services:
            one.kill()
    retried = metrics['countersign_upstream_retries_total{upstream="service",reason="not_sent"}']
    return {"times": done, "statuses": dict(statuses), "refused": reasons, "elsewhere": int(retried)}


def wrong(seen):
    """Sentences on what failed and should not have."""
    for reason, requests in seen["refused"].items():
        if reason != BROKEN:
            yield f"{len(requests)} requests ended as {reason}: {requests[:5]}"
    broken = len(seen["refused"].get(BROKEN, []))
    for status, count in seen["statuses"].items():
        if status not in ("200", "502", "closed"):
            yield f"{count} requests: {status}"
    # Whose answer had begun could only be cut.
    failed = seen["statuses"].get("502", 0) + seen["statuses"].get("closed", 0)
    if failed != broken:
        yield f"the load counts {failed} that failed, the log {broken} that broke off"
    if not seen["statuses"].get("200"):
        yield "nothing was served"


def tell(seen):
    broken = seen["refused"].get(BROKEN, [])
    print(f"{seen['times']} times killed and revived: {sum(seen['statuses'].values())} requests, "
          f"{seen['statuses'].get('200', 0)} served, {seen['elsewhere']} times at another endpoint; {len(broken)} were "
          "with a service that was killed:")
    for request, endpoint in broken:
        print(f"  {request} {endpoint}")
    for sentence in wrong(seen):
        print("WRONG: " + sentence)


def arguments(given=None):
    parser = argparse.ArgumentParser(prog="endpoints.sh", description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--requests", type=int, default=20000, help="of each run of the load; as many runs as it takes")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--balance", choices=("round_robin", "least_busy"), default="least_busy")
    return parser.parse_args(given)


def main():
    given = arguments()
    print(f"{os.path.relpath(BINARY, ROOT)}, {given.workers} workers, {given.connections} connections")
    seen = run(given)
    tell(seen)
    return 1 if list(wrong(seen)) else 0


if __name__ == "__main__":
    sys.exit(main())

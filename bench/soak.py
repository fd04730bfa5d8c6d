# SPDX-License-Identifier: Apache-2.0
"""Loads the gateway for a while and watches it: no error, everything counted alike, memory and descriptors flat."""

import argparse
import json
import os
import statistics
import sys

from rig import BINARY, ROOT, Gateway, Load, Service, cpu_seconds, machine, memory

# What a mark costs: 24 bytes, and in the index 4 bytes for each of its slots, of which at least a third is taken.
MARK_BYTES = 24 + 3 * 4
# What memory may differ by without anything having grown: allocator and kernel round up, and of the buffers that a
# connection borrows (64 KiB) more pages come into use with every stage at which many happen to meet.
SLACK_BYTES = 1 << 20
CONNECTION_BYTES = 8 << 10

# Marks live for window and retention, 10 s together: within the warm-up their number settles.
CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: {workers}
access_log: {{path: /dev/null}}
replay: {{window: 5s, future: 5s, retention: 5s, capacity: 4000000}}
clients:
  load: {{secret: 0123456789abcdef0123456789abcdef, cipher: {cipher}}}
upstreams:
  service: {{endpoints: {url}, max_requests: 20000}}
routes:
  - {{path: /, scheme: laravel, upstream: service, reply: {{sign: {sealed}, seal: {sealed}}}}}
"""


def total(metrics, name):
    return sum(value for series, value in metrics.items() if series.split("{")[0] == name)


def sample(gateway, second):
    metrics = gateway.metrics()
    held, kind = memory(gateway.process.pid)
    return {"second": second, "memory": held, "kind": kind, "descriptors": gateway.descriptors(),
            "clients": int(total(metrics, "countersign_connections")),
            "upstreams": int(total(metrics, "countersign_upstream_connections")),
            "marks": int(total(metrics, "countersign_replay_marks"))}


def watch(gateway, load):
    """A sample a second, until the load has ended."""
    samples = []
    while load.running(1):
        samples.append(sample(gateway, len(samples) + 1))
    return samples


def growth(samples, connections):
    """Sentences on what grew after the warm-up, which is the first third.

    Memory goes up and down with how many exchanges happen to be at the same stage, so that what must not be above the
    warm-up's highest is the median of the last third. What marks there are beyond the warm-up's is allowed for: memory
    that the store once had it keeps. Descriptors are those beside the connections to clients and upstreams, which the
    gateway counts itself; a client's connection needs one upstream at most.
    """
    cut = max(1, len(samples) // 3)
    warm, last = samples[:cut], samples[-cut:]
    marks = max(s["marks"] for s in samples) - max(s["marks"] for s in warm)
    allowed = max(s["memory"] for s in warm) + marks * MARK_BYTES + SLACK_BYTES + connections * CONNECTION_BYTES
    median = statistics.median(s["memory"] for s in last)
    if median > allowed:
        yield f"{median:.0f} bytes of memory in the last third, {allowed} allowed after the warm-up"
    own = [s["descriptors"] - s["clients"] - s["upstreams"] for s in samples]
    if statistics.median(own[-cut:]) > max(own[:cut]):
        yield f"descriptors of its own: {own}"
    for s in samples:
        if s["upstreams"] > s["clients"]:
            yield f"second {s['second']}: {s['upstreams']} connections to the upstream, {s['clients']} to clients"


def differences(found, metrics, counts):
    """Sentences on what the three that counted don't agree in."""
    answers = found["answers"]
    for who, count in (("upstream: requests", counts["requests"]),
                       ("gateway: countersign_requests_total", total(metrics, "countersign_requests_total")),
                       ("gateway: countersign_upstream_requests_total",
                        total(metrics, "countersign_upstream_requests_total"))):
        if count != answers:
            yield f"{who} {count:.0f}, and the load had {answers} answers"
    for who, count in (("upstream: malformed", counts["malformed"]),
                       ("gateway: refusals", total(metrics, "countersign_refusals_total"))):
        if count:
            yield f"{who} {count:.0f}"


def run(given):
    options = ["--requests", "1000000000", "--seconds", str(given.seconds), "--connections", str(given.connections),
               "--size", given.size, "--client", "load"]
    if given.rate:
        options += ["--rate", str(given.rate)]
    if given.echo:
        options += ["--body", "echo"]
    with Service(*(["--echo"] if given.echo else [])) as service:
        config = CONFIGURATION.format(workers=given.workers, url=service.url, cipher=given.cipher,
                                      sealed=str(given.sealed).lower())
        with Gateway(config, ["--dumpable"]) as gateway:
            before = cpu_seconds(gateway.process.pid)
            load = Load(gateway.url + "/", "-c", gateway.config, *options)
            samples = watch(gateway, load)
            used = cpu_seconds(gateway.process.pid) - before
            status, found = load.result()
            while total(gateway.metrics(), "countersign_connections"):
                pass
            metrics = gateway.metrics()
    if not isinstance(found, dict) or not samples:
        raise SystemExit(f"the load ended at once: {found}")
    wrong = [f"errors: {found['errors']}"] if status else []
    wrong += [*growth(samples, given.connections), *differences(found, metrics, service.counts)]
    cpu = round(used / max(1, found["requests"]) * 1e6, 2)
    return {"machine": machine(), "asked": vars(given), "cpu_us_per_request": cpu,
            "load": found, "upstream": service.counts, "samples": samples, "wrong": wrong}


def tell(seen):
    load, samples = seen["load"], seen["samples"]
    print(f"{load['requests']} requests in {load['seconds']:.1f} s: {load['rate']:.0f}/s, {load['errors']['total']} "
          f"errors; µs p50 {load['latency_us']['p50']:.0f} p99 {load['latency_us']['p99']:.0f} max "
          f"{load['latency_us']['max']:.0f}; gateway CPU {seen['cpu_us_per_request']} µs a request")
    print("second  memory KiB  descriptors  marks")
    step = max(1, len(samples) // 12)
    for s in samples[::step] + ([samples[-1]] if (len(samples) - 1) % step else []):
        print(f"{s['second']:6}  {s['memory'] // 1024:10}  {s['descriptors']:11}  {s['marks']}")
    for sentence in seen["wrong"]:
        print("WRONG: " + sentence)
    print("failed" if seen["wrong"] else f"fine: no error, all counts agree, {samples[0]['kind']} and descriptors flat")


def arguments():
    parser = argparse.ArgumentParser(prog="soak.sh", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="at least 9, so that there is something to compare")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--size", default="1KiB", help="of each message, before it is sealed")
    parser.add_argument("--rate", type=float, default=0, help="requests a second; left out: as fast as it goes")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--cipher", default="AES-256-CBC", choices=["AES-256-CBC", "AES-256-GCM"])
    parser.add_argument("--sealed", action="store_true", help="replies are signed and sealed, and opened by the load")
    parser.add_argument("--echo", action="store_true", help="the service answers with the message; the load compares")
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "soak.json"), help="where all of it is written")
    given = parser.parse_args()
    if not 9 <= given.seconds <= 3600:
        parser.error("--seconds: 9 to 3600")
    return given


def main():
    given = arguments()
    print(f"{os.path.relpath(BINARY, ROOT)}, {given.seconds} s, {given.connections} connections, {given.size}")
    seen = run(given)
    tell(seen)
    with open(seen["asked"].pop("out"), "w", encoding="utf-8") as stream:
        json.dump(seen, stream, indent=1)
        stream.write("\n")
    return 1 if seen["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())

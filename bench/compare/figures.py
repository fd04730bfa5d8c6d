# SPDX-License-Identifier: Apache-2.0
"""From rounds to figures, and the limits that the gateway is held to. Knows no process and no file."""

import statistics

# The gateway's CPU for a request divided by the peer's, at most.
LIMITS = {
    "200B sealed": {"nginx": 0.92, "haproxy": 0.95, "nginx_lua": 0.45},
    "1KiB sealed": {"nginx": 0.88, "haproxy": 0.98, "nginx_lua": 0.35},
    "64KiB sealed": {"nginx": 2.3, "haproxy": 1.7, "nginx_lua": 0.18},
    "1KiB plain": {"nginx": 0.78, "haproxy": 0.85},
}
# Of the gateway alone, in bytes.
AT_REST = 16 << 20
PER_IDLE_CONNECTION = 8 << 10


def summary(values):
    """Median and spread."""
    low, _, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return {"median": statistics.median(values), "low": low, "high": high, "min": min(values), "max": max(values)}


def compare(name, rounds):
    """Of one row: for each peer µs, the ratio gateway / peer within each round, what it may be, and how the peer
    stands to nginx."""
    found = {}
    for peer in rounds[0]:
        of_peer = [each[peer]["us"] for each in rounds]
        found[peer] = {"us": summary(of_peer)}
        if "nginx" in rounds[0]:
            found[peer]["to_nginx"] = statistics.median(each[peer]["us"] / each["nginx"]["us"] for each in rounds)
        if peer != "gateway":
            ratio = summary([each["gateway"]["us"] / each[peer]["us"] for each in rounds])
            limit = LIMITS.get(name, {}).get(peer)
            found[peer] |= {"ratio": ratio, "limit": limit, "over": limit is not None and ratio["median"] > limit}
    return found


def over(result):
    """Sentences on each limit that is not kept."""
    for row in result["cpu"]:
        for peer, cell in row["figures"].items():
            if cell.get("over"):
                yield f"CPU, {row['row']}, gateway / {peer}: {cell['ratio']['median']:.3f}, at most {cell['limit']}"
    memory = result["memory"]["gateway"]
    if memory["at_rest"] > AT_REST:
        yield f"memory at rest: {memory['at_rest']} bytes, at most {AT_REST}"
    for count, size in memory["per_idle_connection"].items():
        if size > PER_IDLE_CONNECTION:
            yield f"memory of each of {count} idle connections: {size} bytes, at most {PER_IDLE_CONNECTION}"

# SPDX-License-Identifier: Apache-2.0
"""Latency at a moderate rate, open loop: counted from when a request was due, so that no pause hides."""

import statistics

from measure import WARM_UP, Row, load, started

PERCENTILES = ("p50", "p99")


def rounds(names, given, tell):
    """[{name: {"p50": µs, "p99": µs}}], all peers in turn."""
    row, taken = Row(given.latency_size, True), []
    with started(names, row) as peers:
        for peer in peers.values():
            load(peer, peers["gateway"], row, WARM_UP, given.connections, "--rate", str(given.rate))
        for number in range(given.latency_rounds):
            tell(f"latency: round {number + 1} of {given.latency_rounds}")
            taken.append({})
            for name, peer in peers.items():
                peer.forget_log()
                found = load(peer, peers["gateway"], row, given.latency_seconds, given.connections, "--rate",
                             str(given.rate))
                taken[-1][name] = {percentile: found["latency_us"][percentile] for percentile in PERCENTILES}
    return taken


def medians(taken):
    """{name: {"p50": …, "p99": …}} of the rounds."""
    return {name: {percentile: statistics.median(each[name][percentile] for each in taken)
                   for percentile in PERCENTILES} for name in taken[0]}

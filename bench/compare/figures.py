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
# CPU for a request with 1 KiB, signed by RFC 9421 with hmac-sha256 and sealed as JWE with A256GCM, divided by that of
# the Laravel scheme: who moves to the better scheme need not pay for it.
JWE_TO_LARAVEL = 1.15
# The gateway's CPU divided by nginx's, both with TLS. With a handshake for each request: 0.9 of nginx's handshakes.
TLS = {"kept": 1.0, "handshakes": 1 / 0.9}
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


def schemes(rounds):
    """For each scheme µs and its ratio to the Laravel scheme within each round. Of Ed25519 also `of_verification`: what
    a signature costs more than an HMAC, divided by what OpenSSL alone takes to verify one. 1 is all that it must cost;
    the HMAC that it saves is too little to show."""
    found = {}
    for name in rounds[0]:
        found[name] = {"us": summary([each[name]["us"] for each in rounds])}
        if name not in ("laravel", "openssl_verify"):
            found[name]["to_laravel"] = summary([each[name]["us"] / each["laravel"]["us"] for each in rounds])
    cell = found["rfc9421_jwe"]
    cell |= {"limit": JWE_TO_LARAVEL, "over": cell["to_laravel"]["median"] > JWE_TO_LARAVEL}
    found["rfc9421_ed25519"]["of_verification"] = summary(
        [(each["rfc9421_ed25519"]["us"] - each["rfc9421"]["us"]) / each["openssl_verify"]["us"] for each in rounds])
    return found


def secured(taken):
    """For each of what was asked with TLS: µs of both, and their ratio within each round."""
    found = {}
    for what, rounds in taken.items():
        ratio = summary([each["gateway"]["us"] / each["nginx"]["us"] for each in rounds])
        found[what] = {**{name: summary([each[name]["us"] for each in rounds]) for name in rounds[0]},
                       "ratio": ratio, "limit": TLS[what], "over": ratio["median"] > TLS[what]}
    return found


def over_schemes(result):
    cell = result["schemes"]["figures"]["rfc9421_jwe"]
    if cell["over"]:
        yield f"CPU, rfc9421 and JWE / Laravel: {cell['to_laravel']['median']:.3f}, at most {cell['limit']}"


def over(result):
    """Sentences on each limit that is not kept."""
    yield from over_schemes(result)
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

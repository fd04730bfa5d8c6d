# SPDX-License-Identifier: Apache-2.0
"""The result as text for whoever ran it, and as a file for everybody else."""

import json
import os

import figures
from peers import KINDS
from rig import ROOT
from schemes import SIZE, TITLES

WORDS = {True: "OVER", False: "", None: ""}


def kib(size):
    return f"{size / 1024:.1f}"


def cpu_lines(row):
    yield f"\nCPU a request, {row['row']}"
    yield f"{'':14}{'µs':>8}{'gateway/peer':>15}{'quartiles':>16}{'min to max':>16}{'limit':>8}"
    for name, cell in row["figures"].items():
        line = f"  {KINDS[name].title:12}{cell['us']['median']:8.1f}"
        if ratio := cell.get("ratio"):
            quartiles, spread = (f"{ratio[a]:.2f} to {ratio[b]:.2f}" for a, b in (("low", "high"), ("min", "max")))
            limit = "none" if cell["limit"] is None else f"{cell['limit']:.2f}"
            line += f"{ratio['median']:15.2f}{quartiles:>16}{spread:>16}{limit:>8}  {WORDS[cell['over']]}"
        yield line.rstrip()


def scheme_lines(figures_of):
    yield f"\nCPU a request of the gateway, {SIZE}, by scheme"
    yield f"{'':36}{'µs':>8}{'/ Laravel':>12}{'quartiles':>16}{'min to max':>16}{'limit':>8}"
    for name, title in TITLES.items():
        cell = figures_of[name]
        line = f"  {title:34}{cell['us']['median']:8.1f}"
        if ratio := cell.get("to_laravel"):
            quartiles, spread = (f"{ratio[a]:.2f} to {ratio[b]:.2f}" for a, b in (("low", "high"), ("min", "max")))
            limit = f"{cell['limit']:.2f}" if "limit" in cell else "none"
            line += f"{ratio['median']:12.2f}{quartiles:>16}{spread:>16}{limit:>8}  {WORDS[cell.get('over')]}"
        yield line.rstrip()
    alone = figures_of["openssl_verify"]["us"]["median"]
    more = figures_of["rfc9421_ed25519"]["of_verification"]
    yield (f"  one Ed25519 verification by OpenSSL alone {alone:.1f} µs; what ed25519 costs more than hmac-sha256 is "
           f"{more['median']:.2f} of it ({more['low']:.2f} to {more['high']:.2f})")


def other_lines(result):
    counts = list(result["memory"]["gateway"]["per_idle_connection"])
    burst = f"{result['asked']['burst']:,}"
    yield f"\n{'':14}{'latency, µs':>16}{'start':>10}{'memory, KiB, at rest and for each connection':>50}"
    yield (f"{'':14}{'p50':>8}{'p99':>8}{'ms':>10}{'at rest':>13}"
           + "".join(f"{f'{int(count):,} idle':>14}" for count in counts) + f"{'after ' + burst + ' at once':>23}")
    for name, latency in result["latency"]["medians"].items():
        memory = result["memory"][name]
        yield (f"  {KINDS[name].title:12}{latency['p50']:8.0f}{latency['p99']:8.0f}{result['start'][name]['ms']:10.1f}"
               f"{kib(memory['at_rest']):>13}"
               + "".join(f"{kib(memory['per_idle_connection'][count]):>14}" for count in counts)
               + f"{kib(memory['per_connection_after_burst']):>23}")
    yield (f"  limits of the gateway: {kib(figures.AT_REST)} KiB at rest, {kib(figures.PER_IDLE_CONNECTION)} KiB for "
           f"each idle connection; latency at {result['asked']['rate']:.0f} requests a second")


def lines(result):
    for row in result["cpu"]:
        yield from cpu_lines(row)
    yield from scheme_lines(result["schemes"]["figures"])
    yield from other_lines(result)
    yield ""
    wrong = list(figures.over(result))
    for sentence in wrong:
        yield "OVER its limit: " + sentence
    if not wrong:
        yield "every limit is kept"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    print(f"written: {os.path.relpath(path, ROOT)}")


def as_json(result):
    """Indented, with each round in a line of its own, and no more digits than mean something."""
    return json.dumps(rounded(result), indent=1, ensure_ascii=False) + "\n"


def rounded(value):
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: rounded(member) for name, member in value.items()}
    return [rounded(member) for member in value] if isinstance(value, list) else value

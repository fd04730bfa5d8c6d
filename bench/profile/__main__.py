# SPDX-License-Identifier: Apache-2.0
"""Samples the gateway and its peers under the loads of the comparison and draws where their time goes."""

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(FOLDER, "..", "compare"), os.path.join(FOLDER, "..")]

from rig import ROOT, machine  # noqa: E402: the line above finds it

import about  # noqa: E402
import flame  # noqa: E402
import measure  # noqa: E402
import report  # noqa: E402
import stacks  # noqa: E402
from peers import KINDS, PROCESSORS  # noqa: E402

ROWS = {row.size if row.sealed else "plain": row for row in measure.rows()}


def arguments():
    parser = argparse.ArgumentParser(prog="profile.sh", description=__doc__)
    parser.add_argument("--rows", nargs="+", choices=list(ROWS), default=list(ROWS), help="of the comparison")
    parser.add_argument("--seconds", type=float, default=8, help="for each proxy in each of them")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--peers", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--results", default=os.path.join(ROOT, "bench", "results"), help="folder for what is written")
    parser.add_argument("--draw", metavar="RESULT", help="only draw this result again")
    given = parser.parse_args()
    if not 1 <= given.seconds <= 60:
        parser.error("--seconds: 1 to 60")
    return given


def sample(peer, sealer, row, given):
    """What a load of the peer cost, and perf's samples of it."""
    data = os.path.join(peer.folder, "perf.data")
    perf = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "4000", "-g", "-o", data, "-p",
                             ",".join(map(str, peer.pids()))], stdin=subprocess.DEVNULL)
    try:
        seen = measure.cpu(peer, sealer, row, given.seconds, given.connections)
    finally:
        perf.terminate()
        perf.wait()
    script = subprocess.run(["perf", "script", "-i", data, "-F", "ip,sym,dso"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True, errors="replace", check=True).stdout
    os.remove(data)
    return seen["us"], stacks.tree(script)


def profiled(name, given):
    """A row's profiles, one a proxy, under one load after the other."""
    row, found = ROWS[name], machine()
    sealed = "sealed" if row.sealed else "as it is"
    result = {"title": f"A message of {row.size}, {sealed}: where the processor's time goes",
              "quiet": f"{found['model']}, Linux {found['kernel']}, {given.connections} connections; grey: the kernel, "
                       "blue: own code, yellow: libraries", "profiles": []}
    with measure.started(given.peers, row) as peers:
        for peer in peers.values():
            measure.load(peer, peers["gateway"], row, measure.WARM_UP, given.connections)
            us, tree = sample(peer, peers["gateway"], row, given)
            if not tree.weight:
                raise SystemExit("perf saw nothing: is it permitted here (kernel.perf_event_paranoid)?")
            result["profiles"].append({"name": peer.kind.title, "us": round(us, 2),
                                       "tree": stacks.pruned(tree, tree.weight)})
    return result


def draw(result, folder):
    for name, row in result["rows"].items():
        report.write(os.path.join(folder, f"profile_{name}.svg"), flame.draw(row))


def show(result):
    """The first two levels, as a table."""
    print(result["title"])
    for one in result["profiles"]:
        print(f"{one['name']}: {one['us']:.1f} µs for a request")
        for name, _, share, children in one["tree"][3]:
            inside = ", ".join(f"{child[0]} {child[2] * one['us']:.2f}" for child in children[:4])
            print(f"  {share * one['us']:6.2f} µs {share:6.1%}  {name}" + (f"  ({inside})" if inside else ""))


def main():
    given = arguments()
    if given.draw:
        with open(given.draw, encoding="utf-8") as stream:
            draw(json.load(stream), given.results)
        return 0
    if not shutil.which("perf"):
        raise SystemExit("perf is not installed: tests/lib/packages.sh bench")
    if "gateway" not in given.peers:
        given.peers.insert(0, "gateway")  # whose configuration names the client that the load is
    if PROCESSORS:
        os.sched_setaffinity(0, PROCESSORS[1])
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    result = {"date": today, **about.describe(), "rows": {}}
    for name in given.rows:
        result["rows"][name] = profiled(name, given)
        show(result["rows"][name])
    report.write(os.path.join(given.results, f"profile_{today}.json"), json.dumps(result, separators=(",", ":")) + "\n")
    draw(result, given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""When a comparison ends because of how one of its peers ended."""

import contextlib
import io
import os
import sys
import unittest

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench")
sys.path[:0] = [os.path.join(BENCH, "compare"), BENCH]

from peers import KINDS, Kind, Peer  # noqa: E402: the line above finds it

# Logs a line, listens where its configuration says, and once it is told to end does this.
PROGRAM = """
import os, re, signal, socket, sys
def end(*_):
    {end}
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGUSR1, end)
print("a line", flush=True)
with open(sys.argv[1], encoding="utf-8") as configuration:
    port = int(re.search(r"127.0.0.1:(\\d+)", configuration.read()).group(1))
with socket.create_server(("127.0.0.1", port)) as listening:
    {then}
    while True:
        listening.accept()[0].close()
"""
CRASH = "signal.signal(signal.SIGSEGV, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGSEGV)"


def ending(end, of="haproxy", then="pass"):
    """What is said while such a peer is used and left."""
    program = PROGRAM.format(end=end, then=then)
    kind = Kind("Peer", KINDS[of].template, lambda config: [sys.executable, "-c", program, config], False, [])
    said = io.StringIO()
    with contextlib.redirect_stderr(said), Peer(of, 1, kind) as peer:
        if then != "pass":
            peer.process.wait()
    return said.getvalue()


class Ending(unittest.TestCase):
    def test_nothing_is_said_of_one_that_ended_well(self):
        self.assertEqual(ending("os._exit(0)"), "")

    def test_a_peer_that_crashed_when_it_was_told_to_end_is_named(self):
        self.assertIn("Peer ended with -11", ending(CRASH))

    def test_a_peer_that_says_it_failed_ends_the_comparison(self):
        with self.assertRaisesRegex(SystemExit, "Peer ended with 1:"):
            ending("os._exit(1)")

    def test_a_peer_that_crashed_before_it_was_told_to_end_ends_the_comparison(self):
        with self.assertRaisesRegex(SystemExit, "Peer ended with -11"):
            ending("pass", then="listening.accept()[0].close(); " + CRASH)

    def test_the_gateway_may_not_crash_at_all(self):
        with self.assertRaisesRegex(SystemExit, "Peer ended with -11"):
            ending(CRASH, of="gateway")


if __name__ == "__main__":
    unittest.main()

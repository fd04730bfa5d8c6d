#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A comparison of a few seconds runs through, with whatever peers are installed, and its proofs prove something. What
it measures is nobody's business here."""

import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest
from xml.etree import ElementTree

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench")
COMPARE = os.path.join(BENCH, "compare")
sys.path[:0] = [COMPARE, BENCH]

import peers  # noqa: E402: the line above finds it
import proof  # noqa: E402
import schemes  # noqa: E402
from upstream import Upstream  # noqa: E402

INSTALLED = [name for name, kind in peers.KINDS.items() if kind.installed()]
ROUND = {"us": float, "requests": int, "rate": int, "busy": float}
SPREAD = {"median", "low", "high", "min", "max"}


class Smoke(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        done = subprocess.run([sys.executable, "-B", COMPARE, "--smoke", "--results", cls.folder.name],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        cls.said = done.stdout
        path, = glob.glob(os.path.join(cls.folder.name, "compare_20??-??-??.json"))
        with open(path, encoding="utf-8") as stream:
            cls.result = json.load(stream)

    def test_all_that_is_installed_took_part_and_what_is_missing_is_named(self):
        print("took part:", *INSTALLED, file=sys.stderr)
        self.assertEqual(self.result["peers"], INSTALLED)
        for name, kind in peers.KINDS.items():
            missing = f"{kind.title} is not installed, and is left out"
            self.assertEqual(missing in self.said, name not in INSTALLED, self.said)
        self.assertIn("proven: Countersign opens messages, refuses forgeries and replays; nginx passes on", self.said)

    def test_the_result_says_on_what_it_was_measured(self):
        self.assertTrue({"model", "processors", "kernel", "memory", "pinned"} <= self.result["machine"].keys())
        self.assertTrue({"nginx", "openssl"} <= self.result["versions"].keys())
        self.assertTrue({"compiler", "type", "flags"} <= self.result["build"].keys())
        self.assertEqual(self.result["asked"]["rounds"], 1)
        for path in self.result["configurations"].values():
            self.assertTrue(os.path.exists(os.path.join(BENCH, "..", path)), path)

    def test_each_row_has_every_round_of_every_peer(self):
        self.assertEqual([row["row"] for row in self.result["cpu"]], ["1KiB sealed", "1KiB plain"])
        for row in self.result["cpu"]:
            expected = [name for name in INSTALLED if row["sealed"] or name != "nginx_lua"]
            self.assertEqual([list(taken) for taken in row["rounds"]], [expected])
            self.assertEqual(list(row["figures"]), expected)
            for taken in row["rounds"][0].values():
                self.assertEqual({key: type(value) for key, value in taken.items()}, ROUND)
                self.assertGreater(taken["us"], 0)
                self.assertGreater(taken["requests"], 0)
            for name in expected[1:]:
                self.assertEqual(row["figures"][name]["ratio"].keys(), SPREAD)
                self.assertIn(f"{row['figures'][name]['limit']:.2f}", self.said)

    def test_each_scheme_of_the_gateway_has_its_rounds(self):
        taken, = self.result["schemes"]["rounds"]
        self.assertEqual(list(taken), [*schemes.SCHEMES, "openssl_verify"])
        for name in schemes.SCHEMES:
            self.assertEqual({key: type(value) for key, value in taken[name].items()}, ROUND)
            self.assertGreater(taken[name]["requests"], 0)
            self.assertIn(schemes.TITLES[name], self.said)
        self.assertGreater(taken["openssl_verify"]["us"], 0)
        found = self.result["schemes"]["figures"]
        self.assertEqual(found["rfc9421_jwe"]["limit"], 1.15)
        self.assertEqual(found["rfc9421_ed25519"]["of_verification"].keys(), SPREAD)
        self.assertIn("one Ed25519 verification by OpenSSL alone", self.said)

    def test_each_peer_has_latency_memory_and_a_start(self):
        for name in INSTALLED:
            self.assertEqual(self.result["latency"]["medians"][name].keys(), {"p50", "p99"})
            memory = self.result["memory"][name]
            self.assertGreater(memory["at_rest"], 100_000)
            self.assertEqual(list(memory["per_idle_connection"]), ["20", "40"])
            self.assertIn("per_connection_after_burst", memory)
            self.assertEqual(len(self.result["start"][name]["all"]), 1)

    def test_the_picture_is_well_formed(self):
        tree = ElementTree.parse(os.path.join(self.folder.name, "compare.svg"))
        self.assertEqual(tree.getroot().tag, "{http://www.w3.org/2000/svg}svg")


class Proof(unittest.TestCase):
    """Who does less than it should is found out."""

    def complaints(self, name, check):
        with Upstream() as service, peers.Peer(name, service.port) as peer:
            return "\n".join(check(peer, service))

    def test_one_that_only_passes_on_is_not_taken_for_one_that_opens(self):
        said = self.complaints("nginx", proof.check_opening)
        for what in ("forwards something else", "not told what it gets", "forwards credentials", "takes a replay",
                     "takes a wrong signature", "takes another MAC", "takes a stale message"):
            self.assertIn(what, said)

    def test_a_scheme_that_is_asked_for_otherwise_is_found_out(self):
        # Signed by the one and said to be the other's: nothing passes.
        path, _, with_what = schemes.SCHEMES["rfc9421_ed25519"]
        schemes.SCHEMES["mixed"] = ("/open/", "sealer", with_what)
        schemes.TITLES["mixed"] = "mixed"
        self.addCleanup(schemes.SCHEMES.pop, "mixed")
        self.addCleanup(schemes.TITLES.pop, "mixed")
        self.assertEqual(list(schemes.prove()), ["mixed: forwards something else", "mixed: takes a wrong signature"])
        self.assertEqual(path, "/signed/")

    def test_one_that_opens_is_not_taken_for_one_that_passes_on(self):
        self.assertIn("does not arrive as it was sent", self.complaints("gateway", proof.check_passing))
        self.assertIn("does not arrive (401)", self.complaints("gateway", proof.check_plain))


if __name__ == "__main__":
    unittest.main()

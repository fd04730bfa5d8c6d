#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the comparison of sizes calls too dear, and that each of its measurements works: how fast anything is, is none
of its business."""

import copy
import os
import sys
import types
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import scale  # noqa: E402: the line above finds it

FINE = {"instructions": {"2 clients": 1.0}, "times": {"2 clients": 1.0},
        "drawn": {"one": 20.0, "many": 20.0, "ratio": 1.0}, "workers": {"1": 1000, "2": 1000},
        "store": {"marks": 100, "bytes": 3100, "resident": 3200}}
SMALL = types.SimpleNamespace(clients=3, routes=4, marks=50, rounds=1, loads=1, seconds=0.1)


class Judge(unittest.TestCase):
    def judge(self, kind, name, value):
        seen = copy.deepcopy(FINE)
        seen[kind][name] = value
        return list(scale.judge(seen))

    def test_what_costs_the_same_is_fine(self):
        self.assertEqual(list(scale.judge(FINE)), [])

    def test_each_limit_is_one(self):
        for kind, name, fine, wrong in (("instructions", "2 clients", 1.099, 1.101),
                                        ("times", "2 clients", 1.099, 1.101),
                                        ("drawn", "ratio", 1.249, 1.251), ("workers", "2", 1019, 1021),
                                        ("store", "bytes", 3200, 3210), ("store", "resident", 3200, 3210)):
            self.assertEqual(self.judge(kind, name, fine), [], kind)
            self.assertEqual(len(self.judge(kind, name, wrong)), 1, kind)


class Measurements(unittest.TestCase):
    def test_the_path_is_timed_in_every_size(self):
        found = scale.times(SMALL)
        self.assertEqual(list(found), ["3 clients", "4 routes", "50 marks"])
        self.assertTrue(all(ratio > 0 for ratio in found.values()))

    def test_clients_that_are_drawn_are_served(self):
        found = scale.drawn(SMALL)
        self.assertEqual(list(found), ["one", "many", "ratio"])

    def test_a_full_store_tells_its_memory(self):
        found = scale.micro("--full-store", 5000)
        self.assertGreater(found["marks"], 2500)
        self.assertGreaterEqual(found["bytes"], found["marks"] * 24)


if __name__ == "__main__":
    unittest.main()

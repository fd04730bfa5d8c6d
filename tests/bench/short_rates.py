#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of rates, short: nobody gets more than its rate, and all counts agree."""

import copy
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import rates  # noqa: E402: the line above finds it


class ShortRates(unittest.TestCase):
    def test_nobody_gets_more_than_its_rate_and_all_counts_agree(self):
        seen = rates.run(rates.arguments(["--seconds", "1", "--rate", "100", "--burst", "20"]))
        self.assertEqual(list(rates.differences(seen)), [])
        load = seen["greedy"]["load"]
        self.assertEqual(set(load["statuses"]), {"200", "429"})
        self.assertGreaterEqual(load["answers"], 20)
        rates.tell({**seen, "wrong": []})
        for path, by in ((("greedy", "load", "answers"), 1), (("greedy", "load", "requests"), 1), (("refused",), 1),
                         (("greedy", "status"), 1), (("modest", "status"), 1)):
            changed = copy.deepcopy(seen)
            inner = changed
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] += by
            self.assertTrue(list(rates.differences(changed)), path)

    def test_more_than_the_rate_and_less_than_it_are_seen(self):
        good = {"asked": {"rate": 100, "burst": 10}, "refused": 190,
                "greedy": {"status": 0, "load": {"requests": 300, "answers": 110, "refused": {"count": 190},
                                                 "seconds": 1.0}},
                "modest": {"status": 0, "load": {"requests": 60, "answers": 60}}}
        self.assertEqual([*rates.differences(good), *rates.shortfalls(good)], [])
        greedy = good["greedy"]["load"]
        more = {**good, "refused": 188, "greedy": {"status": 0, "load": {**greedy, "answers": 112,
                                                                         "refused": {"count": 188}}}}
        self.assertEqual(len(list(rates.differences(more))), 1)
        less = {**good, "greedy": {"status": 0, "load": {**greedy, "answers": 107}}}
        self.assertEqual(len(list(rates.shortfalls(less))), 1)
        lost = {**good, "modest": {"status": 0, "load": {"requests": 60, "answers": 59}}}
        self.assertEqual(len(list(rates.shortfalls(lost))), 1)


if __name__ == "__main__":
    unittest.main()

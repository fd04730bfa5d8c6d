#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The overload benchmark, short: everything is answered or refused, and all counts agree. How fast, it doesn't ask."""

import copy
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import overload  # noqa: E402: the line above finds it


class ShortOverload(unittest.TestCase):
    def test_everything_is_answered_or_refused_and_all_counts_agree(self):
        small = ["--seconds", "1", "--connections", "64", "--slots", "4", "--pending", "8"]
        seen = overload.run(overload.arguments(small))
        self.assertEqual(list(overload.differences(seen)), [])
        load = seen["load"]
        self.assertEqual(set(load["statuses"]), {"200", "503"})
        self.assertEqual(load["requests"], 800)
        self.assertGreaterEqual(load["answers"], 12)
        self.assertEqual(seen["upstream"]["most_at_once"], 4)
        overload.tell({**seen, "wrong": []})
        self.check_that_disagreements_are_seen(seen)

    def check_that_disagreements_are_seen(self, seen):
        wrongs = ((("load", "answers"), -1), (("load", "requests"), 1), (("upstream", "requests"), 1),
                  (("upstream", "repeated"), 1), (("upstream", "most_at_once"), 1), (("left", "pending"), 1),
                  (("refused", "upstream_busy"), 1), (("load", "refused", "count"), 1),
                  (("load", "errors", "total"), 1))
        for path, by in wrongs:
            changed = copy.deepcopy(seen)
            inner = changed
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] += by
            self.assertTrue(list(overload.differences(changed)), path)

    def test_a_service_left_idle_late_refusals_and_a_collapse_fall_short(self):
        good = {"capacity": 100, "asked": {"seconds": 9},
                "load": {"rate": 99, "answers_by_second": [99] * 9, "refused": {"latency_us": {"p99": 900.0}}}}
        self.assertEqual(list(overload.shortfalls(good)), [])
        for change in ({"rate": 94}, {"answers_by_second": [99] * 6 + [90] * 3},
                       {"refused": {"latency_us": {"p99": 5001}}}):
            self.assertEqual(len(list(overload.shortfalls({**good, "load": {**good["load"], **change}}))), 1, change)


if __name__ == "__main__":
    unittest.main()

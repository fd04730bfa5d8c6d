#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of endpoints, short: killed and revived under load, and only what they had at that moment fails."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import endpoints  # noqa: E402: the line above finds it


class ShortEndpoints(unittest.TestCase):
    def test_only_what_a_killed_service_had_fails(self):
        for balance in ("round_robin", "least_busy"):
            with self.subTest(balance):
                seen = endpoints.run(endpoints.arguments(["--times", "4", "--requests", "2000", "--balance", balance]))
                endpoints.tell(seen)
                self.assertEqual(list(endpoints.wrong(seen)), [])
                self.assertEqual(seen["times"], 4)

    def test_what_should_not_fail_is_seen(self):
        good = {"times": 1, "statuses": {"200": 90, "502": 1}, "refused": {"upstream_invalid": [("a", "b")]},
                "elsewhere": 1}
        self.assertEqual(list(endpoints.wrong(good)), [])
        for change in ({"refused": {**good["refused"], "upstream_unreachable": [("c", "-")]}}, {"refused": {}},
                       {"statuses": {"200": 90, "502": 2}}, {"statuses": {"502": 1}},
                       {"statuses": {**good["statuses"], "503": 1}}, {"statuses": {**good["statuses"], "timeout": 1}}):
            self.assertTrue(list(endpoints.wrong({**good, **change})), change)


if __name__ == "__main__":
    unittest.main()

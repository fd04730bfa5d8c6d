#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a soak calls growth and disagreement: a leak is one, and what the store needs for its marks is none."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import soak  # noqa: E402: the line above finds it

CONNECTIONS = 64


def samples(memory=lambda second: 10 << 20, marks=lambda second: 0, own=lambda second: 15, upstreams=lambda second: 60):
    return [{"second": n, "memory": memory(n), "marks": marks(n), "clients": CONNECTIONS, "upstreams": upstreams(n),
             "descriptors": own(n) + CONNECTIONS + upstreams(n)} for n in range(1, 61)]


def complaints(**changed):
    return list(soak.growth(samples(**changed), CONNECTIONS))


class Growth(unittest.TestCase):
    def test_what_is_flat_is_fine(self):
        self.assertEqual(complaints(), [])

    def test_a_leak_of_four_bytes_a_request_is_seen(self):
        self.assertEqual(len(complaints(memory=lambda second: (10 << 20) + second * 15_000 * 4)), 1)

    def test_what_grows_while_it_warms_up_is_fine(self):
        self.assertEqual(complaints(memory=lambda second: (10 + min(second, 20)) << 20), [])

    def test_a_peak_is_no_growth(self):
        self.assertEqual(complaints(memory=lambda second: (30 if second == 45 else 10) << 20), [])

    def test_marks_may_take_what_marks_take_and_no_more(self):
        marks = lambda second: second * 15_000
        self.assertEqual(complaints(marks=marks, memory=lambda second: (10 << 20) + marks(second) * 36), [])
        self.assertEqual(len(complaints(marks=marks, memory=lambda second: (10 << 20) + marks(second) * 70)), 1)

    def test_a_descriptor_lost_now_and_then_is_seen(self):
        self.assertEqual(len(complaints(own=lambda second: 15 + second // 20)), 1)

    def test_more_upstreams_as_more_requests_meet_are_fine(self):
        self.assertEqual(complaints(upstreams=lambda second: min(CONNECTIONS, 20 + second)), [])

    def test_more_upstreams_than_clients_are_not(self):
        self.assertEqual(len(complaints(upstreams=lambda second: CONNECTIONS + (second == 50))), 1)


class Differences(unittest.TestCase):
    def differences(self, **changed):
        metrics = {'countersign_requests_total{status="200"}': 5, "countersign_upstream_requests_total": 5,
                   "countersign_refusals_total": 0}
        counts = {"requests": 5, "malformed": 0}
        for name, value in changed.items():
            (counts if name in counts else metrics)[name] = value
        return list(soak.differences({"answers": 5}, metrics, counts))

    def test_all_alike_is_fine(self):
        self.assertEqual(self.differences(), [])

    def test_each_that_differs_is_named(self):
        for changed in ({"requests": 6}, {"malformed": 1}, {"countersign_upstream_requests_total": 4},
                        {'countersign_requests_total{status="401"}': 1}, {"countersign_refusals_total": 1}):
            self.assertEqual(len(self.differences(**changed)), 1, changed)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the gate on instructions lets pass, and that the stored baseline is one of all operations."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import micro  # noqa: E402: the line above finds it

BASELINE = {"a": 1000.0, "b": 2000.0}
FOLDER = os.path.dirname(os.environ["COUNTERSIGN"])


class Judge(unittest.TestCase):
    def judge(self, **changed):
        return micro.judge(BASELINE, {**BASELINE, **changed})

    def test_the_same_is_fine(self):
        self.assertEqual(self.judge(), ([], []))

    def test_more_than_three_per_cent_dearer_fails_and_is_named(self):
        worse, better = self.judge(b=2062.0)
        self.assertEqual((len(worse), better), (1, []))
        self.assertIn("b: 2062 instructions, 2000 in the baseline (+3.1%)", worse[0])

    def test_less_than_three_per_cent_passes(self):
        self.assertEqual(self.judge(b=2058.0), ([], []))

    def test_each_that_is_dearer_is_named(self):
        worse, _ = self.judge(a=1100.0, b=2100.0)
        self.assertEqual([sentence[0] for sentence in worse], ["a", "b"])

    def test_cheaper_is_told_and_does_not_fail(self):
        worse, better = self.judge(a=969.0)
        self.assertEqual((worse, len(better)), ([], 1))
        self.assertEqual(self.judge(a=971.0), ([], []))

    def test_an_operation_that_is_gone_fails(self):
        worse, _ = micro.judge(BASELINE, {"a": 1000.0})
        self.assertEqual(len(worse), 1)
        self.assertTrue(worse[0].startswith("b:"))

    def test_an_operation_without_a_baseline_fails(self):
        worse, _ = self.judge(c=5.0)
        self.assertEqual(len(worse), 1)
        self.assertTrue(worse[0].startswith("c:"))


class Unlike(unittest.TestCase):
    def unlike(self, unknown):
        return micro.unlike({micro.WRONG: 1000.0, micro.UNKNOWN: unknown})

    def test_an_unknown_token_may_cost_one_per_cent_more_or_less(self):
        self.assertEqual(self.unlike(1009.0) + self.unlike(991.0), [])
        self.assertEqual(len(self.unlike(1011.0)), 1)
        self.assertEqual(len(self.unlike(989.0)), 1)

    def test_without_both_there_is_nothing_to_say(self):
        self.assertEqual(micro.unlike({micro.WRONG: 1.0}), [])


class Tools(unittest.TestCase):
    def test_each_that_differs_is_named(self):
        self.assertEqual(micro.differences({"x": "1", "y": "1"}, {"x": "1", "y": "2"}), ["y 1 then, 2 now"])
        self.assertEqual(micro.differences({}, {"y": "2"}), ["y none then, 2 now"])


class Operations(unittest.TestCase):
    def test_the_baseline_knows_all_of_them_and_no_other(self):
        binary = os.path.join(FOLDER, "countersign_micro")
        with open(micro.BASELINE, encoding="utf-8") as stream:
            stored = micro.json.load(stream)["instructions"]
        self.assertEqual(stored.keys(), micro.operations(binary).keys())

    def test_each_does_what_it_is_for(self):
        binary = os.path.join(FOLDER, "countersign_micro")
        for name in micro.operations(binary):
            micro.subprocess.run([binary, name, "3"], check=True)

    def test_an_operation_that_does_not_exist_is_a_wrong_use(self):
        ran = micro.subprocess.run([os.path.join(FOLDER, "countersign_micro"), "no/such", "1"],
                                   stderr=micro.subprocess.PIPE, text=True, check=False)
        self.assertEqual(ran.returncode, 64)
        self.assertIn("no/such", ran.stderr)

    def test_two_in_turn_give_their_ratio(self):
        binary = os.path.join(FOLDER, "countersign_micro")
        ran = micro.subprocess.run([binary, micro.ACCEPTED, "--beside", micro.HASH, "--rounds", "3"],
                                   stdout=micro.subprocess.PIPE, text=True, check=True)
        seen = micro.json.loads(ran.stdout)
        self.assertEqual(seen["rounds"], 3)
        self.assertGreater(seen["ratio"], 0)


if __name__ == "__main__":
    unittest.main()

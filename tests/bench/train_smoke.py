#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a binary that counts is made to do can be done: by one that doesn't, and for a moment."""

import os
import subprocess
import sys
import unittest

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench")
sys.path.insert(0, BENCH)

import train  # noqa: E402: the line above finds it


class Train(unittest.TestCase):
    def test_each_message_of_the_comparison_has_its_time(self):
        self.assertEqual(set(train.SECONDS), {train.measure.name_of(row) for row in train.measure.rows()})
        self.assertEqual({"laravel", *train.SCHEMES_SECONDS}, set(train.schemes.SCHEMES))
        self.assertEqual(set(train.SECURED_SECONDS), set(train.secured.WHAT))

    def test_it_runs_through(self):
        done = subprocess.run([sys.executable, "-B", os.path.join(BENCH, "train.py"), "--smoke"], capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        for name in (*train.SECONDS, *train.SCHEMES_SECONDS, "refused", *train.SECURED_SECONDS):
            self.assertRegex(done.stderr, rf"(?m)^{name}: [1-9]\d* requests$")


if __name__ == "__main__":
    unittest.main()

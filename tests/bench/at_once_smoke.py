#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Builds of the gateway can be loaded all at once, and each has its line."""

import os
import subprocess
import sys
import unittest

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench")
BINARY = os.environ["COUNTERSIGN"]


def at_once(*arguments):
    return subprocess.run([sys.executable, "-B", os.path.join(BENCH, "at_once.py"), *arguments], capture_output=True,
                          text=True, check=False)


class AtOnce(unittest.TestCase):
    def test_each_has_its_line_for_each_message(self):
        done = at_once(f"here={BINARY}", f"there={BINARY}", "--without-nginx", "--rounds", "2", "--seconds", "0.1",
                       "--connections", "2", "--sizes", "200B")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertEqual([line[:25].split() for line in lines],
                         [["200B", "sealed", "here"], ["200B", "sealed", "there"],
                          ["1KiB", "plain", "here"], ["1KiB", "plain", "there"]])
        for line in lines:
            self.assertRegex(line, r" \d+\.\d\d µs  \d\.\d{3} of here \(\d\.\d{3} to \d\.\d{3}\)$")
            if " here " in line.partition("µs")[0]:
                self.assertIn("1.000 of here (1.000 to 1.000)", line)

    def test_what_is_no_build_is_named(self):
        for wrong in ("countersign", "here=/nowhere/countersign"):
            done = at_once(wrong)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"{wrong}: should be NAME=BINARY", done.stderr)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is taken for a count of system calls, and what for none."""

import contextlib
import io
import os
import stat
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import calls  # noqa: E402: the line above finds it

RULE = "--------- ----------------"
SUMMARY = f"""\
    calls syscall
{RULE}
    40201 recvfrom
     2355 epoll_wait
        1 prlimit64
{RULE}
    42557 total
"""


class Parse(unittest.TestCase):
    def test_a_summary_is_read_by_name(self):
        self.assertEqual(calls.parse(SUMMARY), {"recvfrom": 40201, "epoll_wait": 2355, "prlimit64": 1})

    def test_what_is_cut_altered_or_no_summary_is_refused(self):
        lines = SUMMARY.splitlines(keepends=True)
        wrong = ["", "\n", "strace: attach: Operation not permitted\n", SUMMARY + SUMMARY,
                 SUMMARY.replace("2355", "2354"), SUMMARY.replace("42557", "42558"), SUMMARY.replace("2355", "  "),
                 SUMMARY.replace("epoll_wait", "recvfrom"), SUMMARY.replace("calls", "seconds")]
        wrong += ["".join(lines[:cut]) for cut in range(len(lines))]
        wrong += ["".join(lines[:i] + lines[i + 1:]) for i in range(len(lines))]
        for text in wrong:
            with self.assertRaises(ValueError, msg=text):
                calls.parse(text)


class Obstacle(unittest.TestCase):
    def with_strace(self, script):
        """What stands in the way if this is strace, or if there is none."""
        with tempfile.TemporaryDirectory() as folder:
            if script is not None:
                path = os.path.join(folder, "strace")
                with open(path, "w", encoding="ascii") as stream:
                    stream.write("#!/bin/sh\n" + script)
                os.chmod(path, stat.S_IRWXU)
            with mock.patch.dict(os.environ, {"PATH": folder}):
                return calls.obstacle()

    def test_a_summary_is_all_that_is_needed(self):
        self.assertIsNone(self.with_strace(f'for out; do [ "$before" = -o ] && break; before=$out; done\n'
                                           f'echo "{SUMMARY}" >"$out"'.replace('\n"', '"')))

    def test_none_is_told_from_one_that_may_not_look_on(self):
        self.assertEqual(self.with_strace(None), "strace is not installed")
        said = self.with_strace("echo strace: attach: Operation not permitted >&2")
        self.assertEqual(said, "strace can't count here: strace: attach: Operation not permitted")

    def test_what_could_not_be_counted_is_neither_passed_nor_failed(self):
        said = io.StringIO()
        with mock.patch.object(calls, "obstacle", lambda: "a reason"), contextlib.redirect_stdout(said):
            self.assertEqual(calls.main([]), 77)
        self.assertEqual(said.getvalue(), "skipped: a reason\n")


class Limit(unittest.TestCase):
    def main(self, received, given=()):
        """The exit status when a request takes two sends and so many receives."""
        with mock.patch.object(calls, "obstacle", lambda: None), contextlib.redirect_stdout(io.StringIO()), \
                mock.patch.object(calls, "measure", lambda _: ({"recvfrom": received, "sendto": 2.0}, 1000)):
            return calls.main(given)

    def test_a_call_more_or_a_part_of_one_is_over_the_limit(self):
        self.assertEqual([self.main(received) for received in (2.0, 2.19, 2.21, 3.0)], [0, 0, 1, 1])

    def test_the_limit_can_be_given(self):
        self.assertEqual(self.main(2.0, ["--limit", "3.9"]), 1)
        self.assertEqual(self.main(2.21, ["--limit", "5"]), 0)

    def test_the_rows_add_up_to_all(self):
        rows = calls.table({"a": 2.0, "b": 0.0004, "c": -0.0001, "d": 2.5})
        self.assertEqual([name for name, _ in rows], ["d", "a", "others", "all"])
        self.assertAlmostEqual(rows[2][1], 0.0003)
        self.assertAlmostEqual(sum(each for _, each in rows[:-1]), rows[-1][1])


if __name__ == "__main__":
    unittest.main()

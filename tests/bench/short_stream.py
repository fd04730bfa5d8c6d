#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of a large answer to a slow reader, short: all of it arrives, and the service is held to its pace."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import stream  # noqa: E402: the line above finds it


class ShortStream(unittest.TestCase):
    def test_all_of_it_arrives_and_the_service_is_held_to_the_readers_pace(self):
        # More than may be under way at once, so that a gateway that takes what it gets is seen.
        for framing in ([], ["--chunked"]):
            with self.subTest(framing=framing):
                seen = stream.run(stream.arguments(["--mib", "96", "--rate", "48", *framing]))
                self.assertEqual(list(stream.differences(seen)), [])
                stream.tell({**seen, "wrong": []})

    def test_what_is_wrong_is_seen(self):
        good = {"asked": {"mib": 2}, "status": 200, "wrong_byte": None, "received": 2 * stream.MIB, "ahead": 0,
                "others": 1, "grown": stream.MOST_GROWTH}
        self.assertEqual([*stream.differences(good), *stream.shortfalls(good)], [])
        for name, value in (("status", 502), ("wrong_byte", "MiB 1 is not as it was sent"), ("others", 0),
                            ("received", 2 * stream.MIB - 1), ("ahead", stream.MOST_AHEAD + 1),
                            ("grown", stream.MOST_GROWTH + 1)):
            changed = {**good, name: value}
            self.assertEqual(len([*stream.differences(changed), *stream.shortfalls(changed)]), 1, name)


if __name__ == "__main__":
    unittest.main()

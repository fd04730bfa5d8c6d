#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A timestamp has one text, and its window two sides. Every request here is signed for the very text it carries."""

import hashlib
import hmac
import time
import unittest

from laravel import Client
from talk import Refusals

CLIENT = Client()
WINDOW, FUTURE = 300, 60


def stamped(text):
    """A genuine request but for this text as its timestamp."""
    data = text.encode()
    signature = hmac.new(CLIENT.secret, data, hashlib.sha256).hexdigest()
    head, tail = CLIENT.request(fields={**CLIENT.fields(), "timestamp": "HERE", "signature": signature}).split(b"HERE")
    return head + data + tail


class Timestamps(Refusals):
    def test_a_timestamp_that_is_absent_is_refused(self):
        # V11
        fields = {name: value for name, value in CLIENT.fields().items() if name != "timestamp"}
        self.refused(CLIENT.request(fields=fields), "absent", 400, "malformed")
        self.assertEqual(self.service.connections, 0)

    def test_only_plain_decimal_seconds_are_a_timestamp(self):
        # V11
        now = str(int(time.time()))
        wide = "".join(chr(0xff10 + int(digit)) for digit in now)
        arabic = "".join(chr(0x660 + int(digit)) for digit in now)
        for text in ("", "-1", "-" + now, "+" + now, "0" + now, "00", now + ".0", now + ".5", "." + now, now + "e0",
                     "1.7e9", "1e10", hex(int(now)), "0x1", "0" * 20, "9" * 20, now + "0" * 10, "9" * 12,
                     now[:5] + " " + now[5:], now[:5] + "\t" + now[5:], now + ",", f"{now}, {now}", f"{now},{now}",
                     now + "\u00a0", "\u2007" + now, wide, arabic, now[:-1] + wide[-1], "now", "NaN", "null", "true",
                     f'"{now}"', f"@{now}", now + "s", now + "Z", now + "\\0", "0b1", "0o1", "1_000_000_000",
                     time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
                     time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())):
            self.refused(stamped(text), text, 400, "malformed")
        self.assertEqual(self.service.connections, 0)

    def test_milliseconds_are_no_timestamp(self):
        self.refused(stamped(str(int(time.time() * 1000))), "13 digits", 400, "malformed")

    def test_control_characters_in_a_timestamp_are_refused(self):
        now = str(int(time.time()))
        for text in (now + "\0", "\0" + now, now[:3] + "\x01" + now[3:], now + "\x7f", now + "\r", now + "\n",
                     now + "\x0b"):
            self.refused(stamped(text), text, 400, "malformed")
        self.assertEqual(self.service.connections, 0)

    def test_blanks_around_a_field_are_no_part_of_it(self):
        # RFC 9110, section 5.5: they belong to the line, and what is signed is the value.
        head, tail = CLIENT.request().split(b"timestamp: ")
        stamp, tail = tail.split(b"\r\n", 1)
        self.passes(head + b"timestamp: \t " + stamp + b" \t\r\n" + tail)

    def test_seconds_far_outside_are_stale(self):
        now = int(time.time())
        for stamp in (0, 1, 1000000000, now - 86400, now - WINDOW - 60, now + FUTURE + 60, now + 86400, 2**31, 2**32,
                      now + 2**31, now + 2**32, 99999999999):
            self.refused(stamped(str(stamp)), stamp, 401, "stale")
        self.assertEqual(self.service.connections, 0)

    def test_one_second_beyond_either_edge_is_stale(self):
        # V12. The gateway's clock may be a second on by the time it looks: never less.
        self.refused(stamped(str(int(time.time()) - WINDOW - 1)), "past", 401, "stale")
        self.assertEqual(self.service.connections, 0)
        self.in_one_second(lambda now: self.talk.ask(stamped(str(now + FUTURE + 1))), 401)

    def test_both_edges_belong_to_the_window(self):
        # V12
        for offset in (-WINDOW, FUTURE):
            self.in_one_second(lambda now, by=offset: self.talk.ask(stamped(str(now + by))), 200)

    def in_one_second(self, ask, status):
        """Asks until the clock shows the same second before and after: then it is the one that the gateway saw."""
        for _ in range(20):
            before = int(time.time())
            answer = ask(before)
            if int(time.time()) == before:
                self.assertEqual(answer.status, status, answer)
                return
        self.fail("20 requests, and each took until the next second")

    def test_a_stale_message_leaves_no_mark(self):
        old = CLIENT.request(timestamp=int(time.time()) - WINDOW - 5)
        for _ in range(2):
            self.refused(old, "stale", 401, "stale")
        body = old.split(b"\r\n\r\n", 1)[1]
        self.passes(CLIENT.request(body=body))

    def test_a_signature_holds_for_its_own_second_only(self):
        # V3
        now = int(time.time())
        signature = CLIENT.fields(now - 1)["signature"]
        self.refused(CLIENT.request(fields=CLIENT.fields(now, signature=signature)), "", 401, "unauthenticated")
        self.assertEqual(self.service.connections, 0)


if __name__ == "__main__":
    unittest.main()

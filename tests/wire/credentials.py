#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Credentials count in their own header fields, each once; anywhere else they are nothing."""

import itertools
import time
import unittest
from urllib.parse import urlencode

from laravel import Client, sign
from talk import Refusals

CLIENT = Client()
NAMES = ("timestamp", "version", "token", "signature")
NAMED = """
  - {path: /named/, scheme: named, upstream: orders}
schemes:
  named:
    preset: laravel
    headers: {timestamp: X-Time, version: X-App-Version, token: X-Partner, signature: X-Proof}
"""


def chunked(fields, trailers):
    """The same request with its body in chunks, and these fields after it."""
    body = CLIENT.request().split(b"\r\n\r\n", 1)[1]
    head = ["POST /api/orders HTTP/1.1", "Host: gateway", "Content-Type: application/x-www-form-urlencoded",
            "Transfer-Encoding: chunked", "Trailer: " + ", ".join(NAMES)]
    head += [f"{name}: {value}" for name, value in fields.items()]
    tail = "".join(f"{name}: {value}\r\n" for name, value in trailers.items())
    return ("\r\n".join(head).encode() + b"\r\n\r\n" + b"%x\r\n" % len(body) + body + b"\r\n0\r\n" +
            tail.encode() + b"\r\n")


class Credentials(Refusals):
    MORE = NAMED

    def tearDown(self):
        self.assertEqual(self.service.connections, self.expected_connections)

    expected_connections = 0

    def split(self, elsewhere):
        """The credentials without those that went elsewhere, and those."""
        fields = CLIENT.fields()
        return ({name: value for name, value in fields.items() if name not in elsewhere},
                {name: value for name, value in fields.items() if name in elsewhere})

    def some_elsewhere(self, place):
        """All of them elsewhere: no credential. Some of them: a partial one."""
        for size in range(1, 5):
            for names in itertools.combinations(NAMES, size):
                here, there = self.split(names)
                status, word = (401, "unauthenticated") if size == 4 else (400, "malformed")
                self.refused(place(here, there), names, status, word)

    def test_in_the_query_they_are_nothing(self):
        # V21: CVE-2026-40344, CVE-2026-41145
        self.some_elsewhere(lambda here, there: CLIENT.request(path="/api/x?" + urlencode(there), fields=here))

    def test_in_a_cookie_they_are_nothing(self):
        # V21
        self.some_elsewhere(lambda here, there: CLIENT.request(
            fields=here, more=["Cookie: " + "; ".join(f"{name}={value}" for name, value in there.items())]))

    def test_in_the_form_they_are_nothing(self):
        # V21, V7
        self.some_elsewhere(lambda here, there: CLIENT.request(
            fields=here, body=urlencode({**there, "data": CLIENT.payload({"id": 7})}).encode()))

    def test_in_a_trailer_they_are_nothing(self):
        # V21
        self.some_elsewhere(lambda here, there: chunked(here, there))

    def test_in_the_authorization_field_they_are_nothing(self):
        # V21
        fields = CLIENT.fields()
        for value in (f"Bearer {fields['signature']}", "Laravel " + urlencode(fields),
                      "Signature " + ",".join(f'{name}="{value}"' for name, value in fields.items())):
            self.refused(CLIENT.request(fields={}, more=["Authorization: " + value]), value, 401, "unauthenticated")

    def test_each_stands_there_once(self):
        # V29, V4: whichever of two would count.
        fields = CLIENT.fields()
        others = {"timestamp": str(int(time.time()) + 1), "version": "2.0.0", "token": "wh-7", "signature": "0" * 64}
        for name in NAMES:
            for value in (fields[name], others[name], ""):
                for spelled in (name, name.upper(), name.capitalize()):
                    before = CLIENT.request(more=[f"{spelled}: {value}"])
                    self.refused(before, (spelled, value), 400, "malformed")
                    line = f"{name}: {fields[name]}\r\n".encode()
                    after = CLIENT.request(fields=fields).replace(line, f"{spelled}: {value}\r\n".encode() + line)
                    self.refused(after, (spelled, value), 400, "malformed")

    def test_two_joined_with_a_comma_are_not_one(self):
        # V29
        for name in NAMES:
            value = CLIENT.fields()[name]
            for joined in (f"{value}, {value}", f"{value},{value}"):
                self.refused(CLIENT.request(fields=CLIENT.fields(**{name: joined})), joined)

    def test_content_type_length_and_host_stand_there_once(self):
        # V29
        body = CLIENT.request().split(b"\r\n\r\n", 1)[1]
        for line in ("Content-Type: application/x-www-form-urlencoded", "Content-Type: application/json",
                     f"Content-Length: {len(body)}", f"Content-Length: {len(body) + 1}", "Host: gateway", "Host: x"):
            self.refused(CLIENT.request(body=body, more=[line]), line, 400, "malformed")

    def test_no_other_time_saves_a_stale_timestamp(self):
        # V4, V5: every place from which others have read a time, all fresh, and signed.
        now = int(time.time())
        stale = now - 400
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now))
        more = [f"Date: {date}", f"X-Date: {date}", f"X-Timestamp: {now}", f"X-Time: {now}", f"Cookie: timestamp={now}",
                f"Webhook-Timestamp: {now}", f'Signature-Input: sig=("@method");created={now}', f"time_stamp: {now}"]
        for signed in (stale, now):
            fields = CLIENT.fields(stale, signature=sign(signed, CLIENT.secret))
            self.refused(CLIENT.request(path=f"/api/x?timestamp={now}", fields=fields, more=more), signed, 401, "stale")

    def test_a_name_with_an_underscore_is_another_name(self):
        # V25: what CGI takes for the same field.
        fields = {"X-Time": (good := CLIENT.fields())["timestamp"], "X-App-Version": good["version"],
                  "X-Partner": good["token"], "X-Proof": good["signature"]}
        for name in fields:
            other = {n.replace("-", "_") if n == name else n: v for n, v in fields.items()}
            self.refused(CLIENT.request(path="/named/x", fields=other), name, 400, "malformed")
        self.refused(CLIENT.request(path="/named/x", fields={n.replace("-", "_"): v for n, v in fields.items()}), "all",
                     401, "unauthenticated")
        self.refused(CLIENT.request(path="/named/x"), "another scheme's names", 401, "unauthenticated")

    def test_an_empty_credential_is_one_outside_its_syntax(self):
        for name in NAMES:
            self.refused(CLIENT.request(fields=CLIENT.fields(**{name: ""})), name, 400, "malformed")

    def test_a_signature_is_64_lower_case_hex_digits(self):
        # V33
        good = CLIENT.fields()["signature"]
        for text in (good.upper(), good[:-1], good[:-2], good + "0", good + "00", "0x" + good,
                     good[:32] + " " + good[32:], "sha256=" + good, '"' + good + '"', good[:-1] + "g", "0" * 62,
                     good + ","):
            self.refused(CLIENT.request(fields=CLIENT.fields(signature=text)), text, 400, "malformed")

    def test_beside_proper_ones_those_elsewhere_change_nothing(self):
        self.expected_connections = 1
        query = urlencode({"timestamp": 1, "token": "wh-7", "signature": "x", "version": "9"})
        got = self.passes(CLIENT.request(path="/api/x?" + query, more=["Cookie: token=wh-7"]))
        self.assertEqual((got.line, got.field("X-Client-Id")), (f"POST /api/x?{query} HTTP/1.1", "billing"))
        got = self.passes(chunked(CLIENT.fields(), {"token": "wh-7", "version": "9", "X-Client-Id": "warehouse"}))
        self.assertEqual((got.field("X-Client-Id"), got.field("X-Client-Version")), ("billing", CLIENT.version))
        for name in ("token", "trailer", "transfer-encoding", *NAMES):
            self.assertIsNone(got.field(name))


if __name__ == "__main__":
    unittest.main()

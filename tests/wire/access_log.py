#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The access log in each of its formats, with members chosen, and with a part of the lines."""

import re
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import Upstream
from wire import exchange

COMBINED = re.compile(r'(\S+) - (\S+) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000)\] "([^"]*)" (\d{3}) (\d+) '
                      r'"([^"]*)" "([^"]*)"\n')
# What would end a line, a value or a name, a terminal's escape, DEL and what is not UTF-8.
HOSTILE = b'x" \\ status=200 ' + bytes(byte for byte in range(0x80, 0x100)) + b"\t-"


class AccessLog(unittest.TestCase):
    def start(self, settings):
        self.service = self.enterContext(Upstream())
        return self.enterContext(Gateway(basic(self.service.url, more="access_log: {%s}\n" % settings)))

    def ask(self, gateway, data, status):
        method = data.split(b" ", 1)[0].decode()
        answer = exchange(gateway.address, data, method if method in ("GET", "POST") else "POST")
        self.assertEqual(answer.status, status)
        return answer

    @staticmethod
    def plain(path, *fields):
        lines = [b"GET " + path + b" HTTP/1.1", b"Host: gateway", b"Connection: close", *fields]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def test_combined_is_what_web_servers_write(self):
        gateway = self.start("format: combined")
        self.ask(gateway, Client().request("/api/x"), 200)
        address, user, _, line, status, size, referer, agent = COMBINED.fullmatch(gateway.next_log_line()).groups()
        self.assertEqual((address, user, line, status, size, referer, agent),
                         ("127.0.0.1", "billing", "POST /api/x HTTP/1.1", "200", "11", "-", "-"))
        self.ask(gateway, Client(secret=b"0123456789abcdeX").request("/api/x"), 401)
        self.assertEqual(COMBINED.fullmatch(gateway.next_log_line()).group(2, 5), ("-", "401"))
        fields = (b"Referer: http://a/b?token=hidden", b"User-Agent: curl/8")
        self.ask(gateway, self.plain(b"/open/x?token=hidden", *fields), 200)
        self.assertEqual(COMBINED.fullmatch(gateway.next_log_line()).group(4, 7, 8),
                         ("GET /open/x HTTP/1.1", "http://a/b", "curl/8"))
        self.ask(gateway, b"no HTTP\r\n\r\n", 400)
        self.assertEqual(COMBINED.fullmatch(gateway.next_log_line()).group(4, 5), ("-", "400"))

    def test_no_byte_of_a_client_breaks_a_line(self):
        for form in ("combined", "logfmt", "json"):
            with self.subTest(form):
                gateway = self.start("format: %s" % form)
                self.ask(gateway, self.plain(b"/open/x", b"User-Agent: " + HOSTILE, b"Referer: " + HOSTILE), 200)
                self.ask(gateway, self.plain(b"/open/a=b;c'd", b"User-Agent: x"), 200)
                self.ask(gateway, self.plain(b"/open/\xff\"x"), 400)
                self.assertEqual(gateway.stop(), 0)
                self.assertEqual(gateway.log_text.count(b"\n"), 3)
                self.assertEqual(re.findall(rb"[^ -~\n]", gateway.log_text), [])
                if form == "combined":
                    for line in gateway.log:
                        self.assertRegex(line, COMBINED)
                    self.assertIn(r'"x\x22 \x5C status=200 \x80\x81', gateway.log[0])
                if form == "logfmt":
                    self.assertIn(''' path="/open/a=b;c'd" ''', gateway.log[1])

    def test_logfmt_has_the_members_that_are_chosen(self):
        gateway = self.start("format: logfmt, fields: [reason, status, client]")
        self.ask(gateway, Client().request("/api/x"), 200)
        self.assertEqual(gateway.next_log_line(), "client=billing status=200\n")
        self.ask(gateway, Client(secret=b"0123456789abcdeX").request("/api/x"), 401)
        self.assertEqual(gateway.next_log_line(), "client=billing status=401 reason=bad_signature\n")

    def test_json_has_the_members_that_are_chosen(self):
        gateway = self.start("fields: [request_id, status]")
        answer = self.ask(gateway, Client().request("/api/x"), 200)
        self.assertEqual(gateway.next_log_line(), {"request_id": answer.field("X-Request-Id"), "status": 200})

    def test_a_sample_leaves_out_what_went_well_and_counts_it(self):
        gateway = self.start("sample: 0.000001, fields: [path, status]")
        for path in ("/api/1", "/api/2", "/api/3"):
            self.ask(gateway, Client().request(path), 200)
        self.ask(gateway, Client(secret=b"0123456789abcdeX").request("/api/refused"), 401)
        self.service.reply = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        self.ask(gateway, Client().request("/api/failed"), 404)
        self.assertEqual(gateway.metrics()["countersign_access_log_lines_sampled_out_total"], 3)
        self.assertEqual(gateway.stop(), 0)
        self.assertEqual(gateway.log, [{"path": "/api/refused", "status": 401}, {"path": "/api/failed", "status": 404}])


if __name__ == "__main__":
    unittest.main()

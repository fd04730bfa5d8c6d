#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Listeners behind a balancer that says in a PROXY header whose connection it passes on."""

import shutil
import socket
import struct
import tempfile
import unittest

from certificates import Authority
from gateway import Gateway
from laravel import Client
from secure import Secure, client
from upstream import Upstream
from wire import PATIENCE, Connection

CONFIGURATION = """
listen: [{{address: 127.0.0.1:0, proxy_protocol: true{tls}}}]
admin: 127.0.0.1:0
workers: 1
limits: {{header_timeout: {patience}}}
trusted_proxies: [{trusted}]
clients: {{billing: {{token: my_key, secret: 0123456789abcdef, addresses: [203.0.113.0/24, "2001:db8::/32"]}}}}
upstreams: {{orders: {url}}}
routes: [{{path: /api/, scheme: laravel, upstream: orders}}, {{path: /open/, scheme: none, upstream: orders}}]
"""
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LINE = b"PROXY TCP4 203.0.113.7 127.0.0.1 4711 443\r\n"
GET = b"GET /open/x HTTP/1.1\r\nHost: gateway\r\n\r\n"


def binary(command, family, data):
    return SIGNATURE + bytes([command, family]) + struct.pack(">H", len(data)) + data


V4 = binary(0x21, 0x11, socket.inet_aton("203.0.113.8") + socket.inet_aton("127.0.0.1") + struct.pack(">HH", 4711, 443))
V6 = binary(0x21, 0x21, socket.inet_pton(socket.AF_INET6, "2001:db8::9") * 2 + struct.pack(">HH", 4711, 443) +
            b"\x04\x00\x01x")


class Introduced(unittest.TestCase):
    def start(self, trusted="127.0.0.0/8", tls="", patience="30s"):
        self.service = self.enterContext(Upstream())
        self.gateway = self.enterContext(Gateway(CONFIGURATION.format(
            url=self.service.url, trusted=trusted, tls=tls, patience=patience)))
        return self.gateway

    def connect(self, *pieces):
        connection = self.enterContext(Connection(self.gateway.address))
        for piece in pieces:
            connection.send(piece)
        return connection

    def test_the_address_in_the_header_counts(self):
        self.start()
        for header, address in ((LINE, "203.0.113.7"), (V4, "203.0.113.8"), (V6, "2001:db8::9"),
                                (LINE.replace(b"TCP4 203.0.113.7 127.0.0.1", b"TCP6 2001:db8::7 ::1"), "2001:db8::7")):
            with self.subTest(header=header):
                connection = self.connect(header + Client().request(message={"from": address}))
                self.assertEqual(connection.answer().status, 200)
                self.assertEqual(self.gateway.next_log_line()["client_address"], address)
                self.assertEqual(self.service.requests[-1].field("X-Forwarded-For"), address)
                # It is said once, and holds for the connection.
                connection.send(Client().request(message={"again": address}, more=["X-Forwarded-For: 10.0.0.1"]))
                self.assertEqual(connection.answer().status, 200)
                self.assertEqual(self.gateway.next_log_line()["client_address"], address)

    def test_it_may_come_in_pieces(self):
        self.start()
        for header in (LINE, V4, V6):
            connection = self.connect(*[header[i:i + 1] for i in range(len(header))], GET)
            self.assertEqual(connection.answer().status, 200)

    def test_a_header_that_says_no_address_makes_nobody_of_the_client(self):
        self.start()
        for header, address in ((b"PROXY UNKNOWN\r\n", "unknown"), (binary(0x21, 0x31, b"/" * 216), "unknown"),
                                (binary(0x20, 0, b""), "127.0.0.1")):
            connection = self.connect(header + GET)
            self.assertEqual(connection.answer().status, 200)
            self.assertEqual(self.gateway.next_log_line()["client_address"], address)
            self.assertEqual(self.service.requests[-1].field("X-Forwarded-For"), address)
            # Who isn't known is not the balancer, whose word would count.
            connection.send(Client().request(message={"of": address}, more=["X-Forwarded-For: 203.0.113.7"]))
            self.assertEqual(connection.answer().status, 200 if address == "127.0.0.1" else 403)
            self.gateway.next_log_line()

    def test_who_sends_none_is_hung_up_on(self):
        self.start()
        for begin in (GET, b"PROXY TCP4 203.0.113.7\r\n" + GET, SIGNATURE + b"\x11\x11\0\0" + GET,
                      b"PROXY TCP4 203.0.113.7 127.0.0.1 4711 443\n" + b"x" * 200):
            with self.subTest(begin=begin):
                self.assertEqual(self.connect(begin).rest(), b"")
                line = self.gateway.next_log_line()
                self.assertEqual((line["reason"], line["client_address"]), ("bad_proxy_header", "127.0.0.1"))
        self.assertEqual(self.service.requests, [])

    def test_nobody_else_is_believed(self):
        self.start(trusted="10.0.0.0/8")
        self.assertEqual(self.connect(LINE + GET).rest(), b"")
        self.assertEqual(self.gateway.next_log_line()["reason"], "bad_proxy_header")
        self.assertEqual(self.service.requests, [])

    def test_who_says_nothing_is_cut_and_who_only_looks_is_no_failure(self):
        self.start(patience="200ms")
        self.assertEqual(self.connect(LINE[:20]).rest(), b"")
        self.assertEqual(self.gateway.next_log_line()["reason"], "bad_proxy_header")
        self.connect().finish()
        self.assertEqual(self.connect(LINE + GET).answer().status, 200)
        self.assertEqual(self.gateway.next_log_line()["status"], 200)

    def test_tls_begins_behind_it(self):
        folder = tempfile.mkdtemp(prefix="countersign-tls-")
        self.addCleanup(shutil.rmtree, folder)
        authority = Authority(folder)
        self.start(tls=", tls: " + authority.sign("gateway", ["gateway.example"]).tls)
        for header in (LINE, V4):
            with socket.create_connection(self.gateway.address, PATIENCE) as plain:
                plain.sendall(header)
                connection = Secure.__new__(Secure)
                connection.buffered = b""
                connection.socket = client(authority).wrap_socket(plain, server_hostname="gateway.example")
                with connection:
                    connection.send(Client().request(message={"header": len(header)}))
                    self.assertEqual(connection.answer().status, 200)
        self.assertEqual([r.field("X-Forwarded-Proto") for r in self.service.requests], ["https"] * 2)
        self.assertEqual(self.service.requests[0].field("X-Forwarded-For"), "203.0.113.7")


if __name__ == "__main__":
    unittest.main()

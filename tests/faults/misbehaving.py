#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each way in which a service can misbehave, as conf/README.md lists them: what the client gets, what the log says, and
that nobody else gets anything of it. On a route that passes answers on as they come, and on one that seals them."""

import json
import os
import re
import socket
import struct
import threading
import unittest

from gateway import Gateway
from laravel import Client
from upstream import Service, read_request, reserved_port
from wire import PATIENCE, Connection

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf", "README.md")
CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
clients: {{billing: {{token: my_key, secret: 0123456789abcdef}}}}
limits: {{reply_bytes: 64KiB, body_bytes: 16MiB}}
upstreams: {{orders: {{endpoints: {url}, timeouts: {{connect: 500ms, response: {response}}}}}}}
routes:
  - {{path: /streamed/, scheme: laravel, upstream: orders}}
  - {{path: /sealed/, scheme: laravel, upstream: orders, reply: {{seal: true}}}}
"""
# Long enough for whoever answers, however slow the machine is; and for those who never do.
PATIENT, HASTY = "30s", "1s"


def configured(url, response=PATIENT):
    return CONFIG.format(url=url, response=response)


HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
HELLO = HEAD + b"Content-Length: 5\r\n\r\nhello"
MUCH = b"9c40\r\n" + b"o" * 0x9c40  # more than is read at once, so that a part of it goes out first
CUT = None  # the client's connection ends within the answer


def says(*pieces, hangs=False, goes_on=False):
    """Sends this in the place of an answer, and closes; or stays there and says nothing more; or serves on."""
    def script(peer):
        for piece in pieces:
            peer.sendall(piece)
        if hangs:
            peer.recv(1)
        return goes_on
    return script


def resets(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def never_stops(piece):
    def script(peer):
        peer.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (10 << 30))
        while True:
            peer.sendall(piece)
    return script


# As the table in conf/README.md calls it: [(what is done, status streamed, status sealed, the reason in the log)].
OK, INVALID, LATE = "", "upstream_invalid", "upstream_timeout"
KINDS = {
    "refuses connections": [(None, 502, 502, "upstream_unreachable")],
    "resets the connection once it has the request": [(resets, 502, 502, INVALID)],
    "ends the connection without an answer": [(says(), 502, 502, INVALID), (says(b"HTTP/1.1 20"), 502, 502, INVALID)],
    "says nothing at all": [(says(hangs=True), 504, 504, LATE), (says(HEAD, hangs=True), 504, 504, LATE)],
    "is no HTTP": [(says(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), 502, 502, INVALID),
                   (says(HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), 502, 502, INVALID),
                   (says(HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello"), 502, 502, INVALID)],
    "sends two answers": [(says(HELLO + HEAD + b"Content-Length: 6\r\n\r\nforged", hangs=True), 200, 200, OK),
                          (says(HELLO, HEAD + b"Content-Length: 6\r\n\r\nforged"), 200, 200, OK)],
    "names a Content-Length that is too short": [(says(HEAD + b"Content-Length: 5\r\n\r\nhello, world", hangs=True),
                                                  200, 200, OK)],
    "names a Content-Length that is too long": [(says(HEAD + b"Content-Length: 9\r\n\r\nhello"), CUT, 502, INVALID),
                                                (says(HEAD + b"Content-Length: 9\r\n\r\nhello", hangs=True),
                                                 CUT, 504, LATE)],
    "sends a chunk that lies": [(says(CHUNKED + b"5\r\nhello"), CUT, 502, INVALID),
                                (says(CHUNKED + b"5\r\nhello\r\n3\r\nabcdef\r\n0\r\n\r\n"), CUT, 502, INVALID),
                                (says(CHUNKED + b"fffffffffffffffff\r\nhello"), 502, 502, INVALID)],
    "sends trailers that are malformed or many": [
        (says(CHUNKED + data + b"\r\n0\r\n" + trailers + b"\r\n", hangs=True), streamed, 502, INVALID)
        for data, streamed in ((b"5\r\nhello", 502), (MUCH, CUT))
        for trailers in (b"no colon\r\n", b": no name\r\n", b" folded: x\r\n", b"blank : x\r\n", b"bare: x\n",
                         b"control: \0\r\n", b"huge: " + b"x" * 9000 + b"\r\n", b"many: x\r\n" * 1000)],
    "sends interim answers (1xx)": [
        (says(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + HELLO, goes_on=True),
         200, 200, OK),
        (says(b"HTTP/1.1 100 Continue\r\n\r\n" * 20), 502, 502, INVALID),
        (says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), 502, 502, INVALID)],
    "sends a body with 204 or 304": [
        (says(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", hangs=True), 204, 204, OK),
        (says(b"HTTP/1.1 304 Not Modified\r\n\r\nhello", hangs=True), 304, 304, OK)],
    "never stops": [(never_stops(b"x" * 65536), 200, 502, "reply_too_large")],
}
EARLY = "answers before it has read the body"


class Misbehaving(unittest.TestCase):
    def setUp(self):
        self.script = None
        self.clean = 0  # requests of which nothing may have gone wrong, and whose lines are still to be read
        self.service = Service(self.serve)
        self.addCleanup(self.service.close)
        self.gateway = Gateway(configured(self.service.url))
        self.gateway.__enter__()
        self.addCleanup(self.gateway.__exit__, None, None, None)

    def serve(self, peer, _):
        """Says the path back, but for the first request after which there is a script."""
        buffered = b""
        while True:
            received, buffered = read_request(peer, buffered)
            if received is None:
                return
            script, self.script = self.script, None
            if script is not None:
                if not script(peer):
                    return
                continue
            body = received.line.split(" ")[1].encode()
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def check_clean(self, connection, path):
        """The next request is answered for itself, and only once."""
        connection.send(Client().request(path))
        answer = connection.answer()
        self.assertEqual(answer.status, 200)
        if "sealed" in path:
            self.assertEqual(Client().open_reply(answer.body), b's:%d:"%s";' % (len(path), path.encode()))
        else:
            self.assertEqual(answer.body, path.encode())
        self.clean += 1

    def check(self, script, path, status, reason):
        """Whoever comes next is answered for itself: on the same connection, if it is still open, on one that was open
        before, and on a new one."""
        with Connection(self.gateway.address) as same, Connection(self.gateway.address) as other:
            # So that there is a kept connection to the service, as there mostly is.
            self.check_clean(other, path + "other/before")
            self.check_clean(same, path + "same/before")
            self.script = script
            same.send(Client().request(path + "first"))
            stays = status is not CUT and (reason == OK or status in (502, 504))
            if status is CUT:
                self.assertEqual(same.head().status, 200)
                self.assertTrue(same.rest().endswith((b"hello", b"o\r\n", b"abc\r\n")))
            elif stays:
                answer = same.answer()
                self.assertEqual(answer.status, status)
                if reason != OK:
                    told = Client().open_reply(answer.body) if "sealed" in path else answer.body
                    self.assertIn(b'"status":%d' % status, told)
                elif "streamed" in path and status == 200:
                    self.assertEqual(answer.body, b"hello")
            else:
                self.assertEqual(same.head().status, 200)
                same.some()  # as much as the client cares for
                same.close()
                reason = "client_closed"
            self.check_log(reason)
            if stays:
                for number in range(2):
                    self.check_clean(same, f"{path}same/{number}")
            for number in range(2):
                self.check_clean(other, f"{path}other/{number}")
            if stays:
                self.check_clean(same, path + "same/last")
            with Connection(self.gateway.address) as another:
                self.check_clean(another, path + "another")
        self.check_clean_log()

    def check_clean_log(self):
        while self.clean:
            self.clean -= 1
            self.assertNotIn("reason", self.gateway.next_log_line())

    def check_log(self, reason):
        self.check_clean_log()
        self.assertEqual(self.gateway.next_log_line().get("reason", OK), reason)

    def test_each_kind(self):
        for patience in (PATIENT, HASTY):
            self.assertTrue(self.gateway.reload(configured(self.service.url, patience)))
            for name, ways in KINDS.items():
                for number, (script, streamed, sealed, reason) in enumerate(ways):
                    if script is None or (reason == LATE) != (patience == HASTY):
                        continue
                    for path, status in (("/streamed/", streamed), ("/sealed/", sealed)):
                        with self.subTest(name, way=number, path=path):
                            self.check(script, path, status, reason)

    def test_one_that_refuses_connections(self):
        down = reserved_port()
        self.assertTrue(self.gateway.reload(configured("http://127.0.0.1:%d" % down.getsockname()[1])))
        request = Client().request("/streamed/x")
        with Connection(self.gateway.address) as connection:
            for _ in range(2):  # nothing was sent: the same bytes may come again
                connection.send(request)
                answer = connection.answer()
                self.assertEqual((answer.status, json.loads(answer.body)["code"]), (502, "upstream_unreachable"))
        down.close()

    def test_one_that_answers_before_it_has_read_the_body(self):
        done = threading.Event()

        def hasty(peer, _):
            head = b""
            while b"\r\n\r\n" not in head:
                head += peer.recv(1024)
            peer.sendall(b"HTTP/1.1 413 Too Much\r\nContent-Length: 4\r\n\r\nmuch")
            done.wait(PATIENCE)

        # What the kernel holds for it counts as sent, and 4 MiB may be all.
        little = reserved_port()
        little.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with Service(hasty, little) as service:
            self.assertTrue(self.gateway.reload(configured(service.url)))
            with Connection(self.gateway.address) as connection:
                for number in range(1, 3):
                    connection.send(Client().request("/streamed/x", message="x" * (4 << 20)))
                    answer = connection.answer()
                    self.assertEqual((answer.status, answer.body), (413, b"much"))
                    # What it has not read of the one request must not be read as another.
                    self.assertEqual(service.connections, number)
            done.set()

    def test_the_reference_lists_each_kind(self):
        with open(README, encoding="utf-8") as stream:
            page = stream.read()
        table = page.split("## When a service misbehaves")[1].split("\n## ")[0]
        listed = [line.split(" | ")[0][2:] for line in table.splitlines() if re.match(r"\| [a-z]", line)]
        self.assertEqual(sorted(listed[1:]), sorted([*KINDS, EARLY]))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""WebSockets: proven as a request is, agreed on by both sides, and then bytes both ways until one of them ends."""

import base64
import hashlib
import json
import secrets
import shutil
import tempfile
import threading
import time
import unittest

from certificates import Authority
from gateway import Gateway, basic
from secure import Secure, SecureUpstream, client, secured
from standards import keys, params, request_values, signed
from upstream import OK, Upstream
from wire import PATIENCE, Connection, exchange

SECRET = bytes(range(32, 64))
KEYS = keys(SECRET, "client-1")
KEY = base64.b64encode(b"0123456789abcdef").decode()
OPEN = "  - {path: /open/, scheme: none, upstream: orders, content: any"
SIGNED = f"""  client-1: {{secret: "hex:{SECRET.hex()}", schemes: [rfc9421]}}
  warehouse:"""
SIGNED_ROUTE = "  - {path: /signed/, scheme: rfc9421, upstream: orders, websocket: true}\n"
LARGE = secrets.token_bytes(1 << 20)


def accept(key):
    return base64.b64encode(hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()


def handshake(target="/open/x", key=KEY, more=(), method="GET", version="HTTP/1.1", **fields):
    """`fields` with underscores for hyphens; None leaves one out."""
    given = {"Host": "gateway", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": key,
             "Sec-WebSocket-Version": "13", **{name.replace("_", "-"): value for name, value in fields.items()}}
    fields = [*((name, value) for name, value in given.items() if value is not None), *more]
    lines = [f"{method} {target} {version}", *(f"{name}: {value}" for name, value in fields)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def agree(received, more=""):
    return (f"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{more}"
            f"Sec-WebSocket-Accept: {accept(received.field('Sec-WebSocket-Key'))}\r\n\r\n").encode()


def echo(received, peer):
    """Says back what it hears, and ends after the other side has."""
    if received.field("Upgrade") is None:
        return OK
    peer.sendall(agree(received))
    echo_rest(peer)


def echo_rest(peer):
    while data := peer.recv(65536):
        peer.sendall(data)
    raise ConnectionAbortedError("the service is done with it")


class WebSockets(unittest.TestCase):
    def start(self, reply=echo, route="", more="", workers=1, service=None):
        self.service = self.enterContext(service or Upstream(reply))
        config = basic(self.service.url, workers=workers, more=more)
        assert OPEN in config
        config = config.replace(OPEN, f"{SIGNED_ROUTE}{OPEN}, websocket: true{route}").replace("  warehouse:", SIGNED)
        self.config = config
        self.gateway = self.enterContext(Gateway(config))

    def connect(self):
        return self.enterContext(Connection(self.gateway.address))

    def opened(self, request=None):
        """A WebSocket on which nothing has been said."""
        connection = self.connect()
        connection.send(request or handshake())
        answer = connection.head()
        self.assertEqual(answer.status, 101, answer.raw)
        return connection, answer


class Handshakes(WebSockets):
    def test_both_sides_agree_and_the_log_says_how_it_was(self):
        self.start()
        connection, answer = self.opened(handshake(more=[("Sec-WebSocket-Protocol", "chat"), ("X-Mine", "1")]))
        self.assertEqual(answer.field("Connection"), "Upgrade")
        self.assertEqual(answer.field("Upgrade"), "websocket")
        self.assertEqual(answer.field("Sec-WebSocket-Accept"), accept(KEY))
        self.assertIsNotNone(answer.field("X-Request-Id"))
        self.assertIsNone(answer.field("Content-Length"))
        self.assertIsNone(answer.field("Transfer-Encoding"))
        got = self.service.requests[0]
        self.assertEqual(got.line, "GET /open/x HTTP/1.1")
        for name, value in (("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Key", KEY),
                            ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Protocol", "chat"), ("X-Mine", "1")):
            self.assertEqual(got.field(name), value)
        connection.send(b"hello")
        self.assertEqual(connection.exactly(5), b"hello")
        connection.finish()
        self.assertTrue(connection.closed())
        record = self.gateway.next_log_line()
        self.assertEqual((record["status"], record["bytes_in"], record["bytes_out"], record["route"]),
                         (101, 5, 5, "open"))
        self.assertNotIn("refused", record)

    def test_what_is_no_handshake_is_an_ordinary_request(self):
        self.start()
        for request in (handshake(Sec_WebSocket_Version="8"), handshake(Sec_WebSocket_Version=None),
                        handshake(key=None), handshake(key="c2hvcnQ="), handshake(key=KEY[:-1] + "!"),
                        handshake(more=[("Sec-WebSocket-Key", KEY)]), handshake(Upgrade="h2c"),
                        handshake(Upgrade="websocket, h2c"), handshake(Upgrade=None), handshake(Connection="close"),
                        handshake(method="POST", Content_Length="0"), handshake(version="HTTP/1.0"),
                        handshake(Content_Length="2") + b"{}"):
            connection = self.connect()
            connection.send(request)
            self.assertEqual(connection.answer().status, 200, request)
            got = self.service.requests[-1]
            self.assertIsNone(got.field("Upgrade"), request)
            self.assertIsNone(got.field("Connection"), request)
        self.assertEqual(len(self.service.requests), 13)

    def test_only_routes_that_say_so_take_them(self):
        with Upstream(echo) as service, Gateway(basic(service.url)) as gateway:
            self.assertEqual(exchange(gateway.address, handshake()).status, 200)
            self.assertIsNone(service.requests[0].field("Upgrade"))

    def test_an_answer_that_does_not_say_yes_is_none(self):
        """Behind a 101 nobody looks at anything: it must be the answer to what was asked."""
        answers = [lambda got: agree(got).replace(b"websocket", b"h2c"),
                   lambda got: agree(got).replace(b"Connection: Upgrade\r\n", b""),
                   lambda got: agree(got).replace(accept(KEY).encode(), accept("another").encode()),
                   lambda got: agree(got).replace(b"Sec-WebSocket-Accept", b"X-Accept"),
                   lambda got: agree(got, "Content-Length: 0\r\n"),
                   lambda got: agree(got, "Transfer-Encoding: chunked\r\n"),
                   lambda got: agree(got).replace(b"HTTP/1.1", b"HTTP/1.0", 1)]
        for one in answers:
            with self.subTest(answer=one):
                self.start(reply=lambda got, _, one=one: one(got))
                connection = self.connect()
                connection.send(handshake())
                answer = connection.answer()
                self.assertEqual((answer.status, json.loads(answer.body)["code"]), (502, "upstream_invalid"))
                # The connection is one for HTTP still.
                connection.send(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertEqual(connection.answer("GET").status, 404)

    def test_a_101_that_nobody_asked_for(self):
        unasked = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        self.start(reply=lambda *_: unasked)
        connection = self.connect()
        connection.send(b"GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertEqual(connection.answer("GET").status, 502)

    def test_no_is_an_answer_as_any(self):
        refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
        self.start(reply=lambda *_: refusal)
        connection = self.connect()
        for _ in range(2):
            connection.send(handshake())
            answer = connection.answer("GET")
            self.assertEqual((answer.status, answer.body), (403, b"no"))
        self.assertEqual(self.service.connections, 1)

    def test_what_came_with_the_heads_is_not_lost(self):
        self.start(reply=lambda got, peer: (peer.sendall(agree(got) + b"first"), echo_rest(peer))[1])
        connection = self.connect()
        connection.send(handshake() + b"early")
        self.assertEqual(connection.head().status, 101)
        self.assertEqual(connection.exactly(10), b"firstearly")

    def test_what_came_behind_a_handshake_that_failed_is_the_next_request(self):
        self.start(reply=lambda *_: OK)
        connection = self.connect()
        connection.send(handshake() + b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertEqual([connection.answer("GET").status for _ in range(2)], [200, 404])


class Proof(WebSockets):
    def request(self, nonce=None, target="/signed/x", key=KEYS["SIGN_KEY"]):
        values = request_values("gateway", target, b"", method="GET")
        del values['"content-type"']
        text = params(values, int(time.time()), "client-1", nonce or secrets.token_hex(16))
        digest = ("Content-Digest", values['"content-digest"'])
        return handshake(target, more=[digest, *signed(values, key, text).items()])

    def refused(self, request):
        connection = self.connect()
        connection.send(request)
        return connection.answer("GET").status

    def test_a_signed_handshake(self):
        self.start()
        request = self.request()
        connection, _ = self.opened(request)
        connection.send(b"x")
        self.assertEqual(connection.exactly(1), b"x")
        got = self.service.requests[0]
        self.assertEqual((got.field("X-Client-Id"), got.field("Signature"), got.field("Upgrade")),
                         ("client-1", None, "websocket"))
        self.assertEqual(self.refused(request), 401)
        self.assertEqual(self.gateway.next_log_line()["reason"], "replay")
        self.assertEqual(self.refused(self.request(key=KEYS["REPLY_KEY"])), 401)
        self.assertEqual(self.refused(handshake("/signed/x")), 401)
        self.assertEqual(len(self.service.requests), 1)


    def test_its_secret_is_in_use_from_its_first_byte(self):
        """Else `rotate --retire` would take away what somebody holds."""
        self.start()
        connection, _ = self.opened(self.request())
        secret, = json.loads(self.gateway.admin_get("/clients?client=client-1")[1])["clients"][0]["secrets"]
        self.assertIsNotNone(secret["last_used"])
        connection.finish()
        self.assertTrue(connection.closed())


class Bytes(WebSockets):
    def test_much_goes_both_ways_at_once(self):
        self.start()
        connection, _ = self.opened()
        sender = threading.Thread(target=connection.send, args=(LARGE * 8,))
        sender.start()
        self.assertTrue(connection.exactly(len(LARGE) * 8) == LARGE * 8)
        sender.join()

    def test_who_does_not_read_holds_up_who_sends_and_nobody_else(self):
        """The service sends without end: with a client that doesn't read it comes to a halt."""
        halted = threading.Event()

        def flood(received, peer):
            if received.field("Upgrade") is None:
                return OK
            peer.sendall(agree(received))
            peer.settimeout(1)
            try:
                while True:
                    peer.sendall(LARGE)
            except TimeoutError:
                halted.set()
            return None
        self.start(reply=flood)
        before = self.gateway.resident_bytes()
        self.opened()
        self.assertTrue(halted.wait(PATIENCE))
        self.assertLess(self.gateway.resident_bytes() - before, 4 << 20)
        other = self.connect()
        other.send(b"GET /open/x HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertEqual(other.answer("GET").status, 200)

    def test_one_side_ends_and_the_other_still_has_its_say(self):
        def last_word(received, peer):
            peer.sendall(agree(received))
            said = b""
            while data := peer.recv(65536):
                said += data
            peer.sendall(b"heard " + said)
            peer.close()
        self.start(reply=last_word)
        connection, _ = self.opened()
        connection.send(b"bye")
        connection.finish()
        self.assertEqual(connection.rest(), b"heard bye")

    def test_the_service_ends(self):
        self.start(reply=lambda got, peer: (peer.sendall(agree(got)), peer.close())[1])
        connection, _ = self.opened()
        self.assertEqual(connection.rest(), b"")

    def test_the_service_hears_that_the_client_went(self):
        gone = threading.Event()

        def listen(received, peer):
            peer.sendall(agree(received))
            while peer.recv(65536):
                pass
            gone.set()
            peer.close()
        self.start(reply=listen)
        connection, _ = self.opened()
        connection.close()
        self.assertTrue(gone.wait(PATIENCE))

    def test_on_which_nobody_says_anything_it_ends(self):
        self.start(route=", timeouts: {websocket: 200ms}")
        connection, _ = self.opened()
        began = time.monotonic()
        for _ in range(8):  # more than that in all, and none of the pauses is as long
            connection.send(b"x")
            self.assertEqual(connection.exactly(1), b"x")
            threading.Event().wait(0.05)
        self.assertTrue(connection.closed())
        self.assertGreater(time.monotonic() - began, 0.4)
        record = self.gateway.next_log_line()
        self.assertEqual(record["status"], 101)
        # What the two say to each other is none of the gateway's own time.
        self.assertGreater(record["upstream_ms"], 400)
        self.assertLess(record["gateway_ms"], record["upstream_ms"])

    def test_over_tls_on_both_sides(self):
        folder = tempfile.mkdtemp(prefix="countersign-tls-")
        self.addCleanup(shutil.rmtree, folder)
        authority = Authority(folder)
        pair = authority.sign("both", ["gateway.example", "127.0.0.1"])
        service = self.enterContext(SecureUpstream(pair, reply=echo))
        upstream = f"{{endpoints: https://127.0.0.1:{service.port}, tls: {{ca: {authority.certificate}}}}}"
        config = secured(upstream, pair.tls).replace(OPEN, f"{OPEN}, websocket: true")
        with Gateway(config) as gateway, Secure(gateway.address, client(authority)) as connection:
            connection.send(handshake())
            self.assertEqual(connection.head().status, 101)
            for _ in range(8):
                connection.send(LARGE[:100000])
                self.assertTrue(connection.exactly(100000) == LARGE[:100000])
            connection.socket.unwrap()  # says the end, and hears that of the other side


class Change(WebSockets):
    def test_a_reload_leaves_them_and_a_stop_waits_for_them_no_longer_than_it_may(self):
        self.start(more="limits: {drain_time: 1s}\n")
        connection, _ = self.opened()
        self.assertTrue(self.gateway.reload(self.config.replace("/open/", "/other/")))
        connection.send(b"still there")
        self.assertEqual(connection.exactly(11), b"still there")
        self.assertEqual(self.gateway.stop(), 0)
        self.assertEqual(connection.rest(), b"")

    def test_each_takes_a_place_of_its_service(self):
        self.start()
        self.gateway.rewrite(self.config)
        config = self.config.replace(f"orders: {self.service.url}",
                                     f"orders: {{endpoints: {self.service.url}, max_requests: 1, max_pending: 0}}")
        self.assertTrue(self.gateway.reload(config))
        connection, _ = self.opened()
        other = self.connect()
        other.send(handshake())
        self.assertEqual(other.answer("GET").status, 503)
        connection.finish()
        self.assertTrue(connection.closed())
        other = self.connect()
        other.send(handshake())
        self.assertEqual(other.head().status, 101)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a proxy does besides proving: streams answers, keeps connections, passes on what is the other end's alone."""

import json
import threading
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import OK, Service, Upstream, read_request
from wire import PATIENCE, Connection, exchange

MIB = 1 << 20
MORE = """
  - {path: /moved/v1/, scheme: laravel, upstream: orders, rewrite: {strip_prefix: /moved, add_prefix: /new}}
  - {path: /few/, scheme: none, upstream: orders, forward: [X-Mine]}
"""


def head(*lines, first="POST /open/x HTTP/1.1"):
    return "\r\n".join([first, "Host: gateway", *lines, "", ""]).encode()


class Proxy(unittest.TestCase):
    def run_with(self, reply=OK, more=MORE):
        self.service = self.enterContext(Upstream(reply))
        return self.enterContext(Gateway(basic(self.service.url, more=more)))


class Requests(Proxy):
    def test_chunks_become_one_body_with_a_length(self):
        gateway = self.run_with()
        body = b"5;a=b\r\nhello\r\n1 ;c=\"d\"\r\n!\r\n0\r\nX-Client-Id: forged\r\n\r\n"
        self.assertEqual(exchange(gateway.address, head("Transfer-Encoding: chunked") + body).status, 200)
        got = self.service.requests[0]
        self.assertEqual((got.body, got.field("Content-Length")), (b"hello!", "6"))
        for name in ("Transfer-Encoding", "X-Client-Id", "Trailer"):
            self.assertIsNone(got.field(name))

    def test_a_sealed_message_may_come_in_chunks(self):
        gateway = self.run_with()
        whole = Client().request(message={"id": 7})
        lines, body = whole.split(b"\r\n\r\n", 1)
        lines = b"\r\n".join(line for line in lines.split(b"\r\n") if not line.startswith(b"Content-Length"))
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[at:at + 7]), body[at:at + 7]) for at in range(0, len(body), 7))
        request = lines + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
        with Connection(gateway.address) as connection:
            for at in range(0, len(request), 100):
                connection.send(request[at:at + 100])
            self.assertEqual(connection.answer().status, 200)
        self.assertEqual(json.loads(self.service.requests[0].body), {"id": 7})

    def test_100_continue_is_said_once_the_head_was_accepted(self):
        gateway = self.run_with()
        whole = Client().request(more=["Expect: 100-continue"])
        lines, body = whole.split(b"\r\n\r\n", 1)
        with Connection(gateway.address) as connection:
            for _ in range(2):
                whole = Client().request(more=["Expect: 100-continue"])
                lines, body = whole.split(b"\r\n\r\n", 1)
                connection.send(lines + b"\r\n\r\n")
                self.assertEqual(connection.answer().status, 100)
                connection.send(body)
                self.assertEqual(connection.answer().status, 200)
            # Whoever does not wait for it gets its answer as well.
            connection.send(Client().request(more=["Expect: 100-continue"]))
            statuses = [connection.answer().status]
            if statuses == [100]:
                statuses.append(connection.answer().status)
            self.assertEqual(statuses[-1], 200)
        self.assertIsNone(self.service.requests[0].field("Expect"))
        answer = exchange(gateway.address, head("Expect: a-miracle", "Content-Length: 0"))
        self.assertEqual(answer.status, 417)

    def test_http_1_0_gets_an_answer_without_chunks_and_its_end(self):
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        gateway = self.run_with(chunked)
        with Connection(gateway.address) as connection:
            connection.send(b"GET /open/x HTTP/1.0\r\n\r\n")
            answer = connection.answer("GET")
            self.assertEqual((answer.body, answer.field("Transfer-Encoding")), (b"hello", None))
            self.assertTrue(connection.closed())

    def test_bodies_of_a_mebibyte_go_both_ways(self):
        def echo(received, _):
            if "chunks" in received.line:
                return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (
                    len(received.body), received.body)
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(received.body), received.body)

        gateway = self.run_with(echo)
        body = b"".join(b"%08x" % number for number in range(MIB // 8))
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[at:at + 9999]), body[at:at + 9999])
                          for at in range(0, MIB, 9999)) + b"0\r\n\r\n"
        with Connection(gateway.address) as connection:
            for path in ("/open/length", "/open/chunks"):
                first = f"POST {path} HTTP/1.1"
                for request in (head(f"Content-Length: {MIB}", first=first) + body,
                                head("Transfer-Encoding: chunked", first=first) + chunks):
                    connection.send(request)
                    self.assertTrue(connection.answer().body == body, path)

    def test_a_route_without_a_scheme_passes_any_content(self):
        gateway = self.run_with()
        body = bytes(range(256)) * 3
        for kind in ("image/png", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            request = head(f"Content-Type: {kind}", "Content-Encoding: br", f"Content-Length: {len(body)}") + body
            self.assertEqual(exchange(gateway.address, request).status, 200)
            got = self.service.requests[-1]
            self.assertEqual((got.body, got.field("Content-Type"), got.field("Content-Encoding")), (body, kind, "br"))

    def test_the_query_goes_on_untouched_and_the_path_as_rewritten(self):
        gateway = self.run_with()
        for path, wanted in (("/api/a%20b;c=d?x=1&x=%zz", None), ("/api/a%20b;c=d?x=1&x=%7e&&=", None),
                             ("/moved/v1/orders?a=b", "/new/v1/orders?a=b"), ("/moved/v1/?", "/new/v1/?")):
            answer = exchange(gateway.address, Client().request(path))
            if path.endswith("%zz"):
                self.assertEqual(answer.status, 400)
                continue
            self.assertEqual(answer.status, 200, path)
            self.assertEqual(self.service.requests[-1].line, f"POST {wanted or path} HTTP/1.1")

    def test_only_what_belongs_to_the_service_goes_on(self):
        gateway = self.run_with()
        exchange(gateway.address, head("Connection: close, X-Hop", "X-Hop: 1", "Keep-Alive: 5", "TE: trailers",
                                       "Upgrade: h2c", "Proxy-Authorization: x", "X-Mine: 1", "Cookie: a=b",
                                       "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                       "Content-Length: 0"))
        got = self.service.requests[0]
        for name in ("X-Hop", "Keep-Alive", "TE", "Upgrade", "Proxy-Authorization"):
            self.assertIsNone(got.field(name), name)
        self.assertEqual((got.field("X-Mine"), got.field("Cookie")), ("1", "a=b"))
        self.assertEqual(got.field("traceparent"), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        self.assertEqual(got.field("Host"), self.service.url.removeprefix("http://"))
        self.assertEqual(got.field("X-Forwarded-Host"), "gateway")
        exchange(gateway.address, head("X-Mine: 1", "Cookie: a=b", "Content-Length: 0", first="POST /few/x HTTP/1.1"))
        self.assertEqual((self.service.requests[1].field("X-Mine"), self.service.requests[1].field("Cookie")), ("1",
                                                                                                                None))

    def test_a_new_trace_is_that_of_its_request_though_others_come_while_its_body_does(self):
        gateway = self.run_with()
        with Connection(gateway.address) as slow:
            slow.send(head("Content-Length: 2", "Expect: 100-continue"))
            self.assertEqual(slow.head().status, 100)
            exchange(gateway.address, head("Content-Length: 0"))
            slow.send(b"{}")
            self.assertEqual(slow.answer().status, 200)
        traces = [got.field("traceparent").split("-")[1] for got in self.service.requests]
        self.assertEqual(traces, [got.field("X-Request-Id") for got in self.service.requests])
        self.assertNotEqual(*traces)


class Answers(Proxy):
    def test_trailers_do_not_reach_the_client(self):
        chunked = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n"
                   b"0\r\nX-Sum: 1\r\nX-Client-Id: forged\r\n\r\n")
        gateway = self.run_with(chunked)
        with Connection(gateway.address) as connection:
            connection.send(Client().request())
            answer = connection.head()
            self.assertIsNone(answer.field("Trailer"))
            self.assertEqual((connection.piece(), connection.exactly(5)), (b"hello", b"0\r\n\r\n"))
            connection.send(Client().request("/nowhere"))
            self.assertEqual(connection.answer().status, 404)

    def test_they_are_streamed_piece_by_piece(self):
        for begin, piece, end in (
                (b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n"),
                (b"Content-Length: 10\r\n\r\n", b"hello", b""), (b"\r\n", b"hello", b"")):
            with self.subTest(begin=begin):
                arrived = threading.Event()

                def in_pieces(peer, _):
                    read_request(peer)
                    peer.sendall(b"HTTP/1.1 200 OK\r\n" + begin + piece)
                    # The second piece is not sent before the client has the first.
                    if arrived.wait(PATIENCE):
                        peer.sendall(piece + end)

                service = self.enterContext(Service(in_pieces))
                gateway = self.enterContext(Gateway(basic(service.url)))
                with Connection(gateway.address) as connection:
                    connection.send(Client().request())
                    answer = connection.head()
                    chunked = answer.field("Transfer-Encoding") == "chunked"
                    self.assertEqual(connection.piece() if chunked else connection.exactly(5), b"hello")
                    arrived.set()
                    self.assertEqual(connection.piece() if chunked else connection.exactly(5), b"hello")
                    if chunked:
                        self.assertEqual(connection.piece(), b"")
                    connection.send(Client().request("/nowhere"))
                    self.assertEqual(connection.answer().status, 404)

    def test_a_large_one_takes_no_memory(self):
        block = b"x" * MIB
        chunk = b"%x\r\n%s\r\n" % (MIB, block)
        for begin, piece, end in ((b"Content-Length: %d\r\n\r\n" % (64 * MIB), block, b""),
                                  (b"Transfer-Encoding: chunked\r\n\r\n", chunk, b"0\r\n\r\n"), (b"\r\n", block, b"")):
            with self.subTest(begin=begin):
                def large(peer, _):
                    read_request(peer)
                    peer.sendall(b"HTTP/1.1 200 OK\r\n" + begin)
                    for _ in range(64):
                        peer.sendall(piece)
                    peer.sendall(end)

                service = self.enterContext(Service(large))
                gateway = self.enterContext(Gateway(basic(service.url)))
                self.assertEqual(exchange(gateway.address, Client().request("/nowhere")).status, 404)
                before = gateway.peak_bytes()
                self.assertEqual(len(exchange(gateway.address, Client().request()).body), 64 * MIB)
                self.assertLess(gateway.peak_bytes() - before, 24 * MIB)  # sanitizers add to each byte

    def test_head_204_and_304_have_no_body_and_keep_the_connection(self):
        def reply(received, _):
            if received.line.startswith("HEAD"):
                return b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
            if "304" in received.line:
                return b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 99\r\n\r\n"
            return b"HTTP/1.1 204 No Content\r\n\r\n" if "204" in received.line else OK

        gateway = self.run_with(reply)
        with Connection(gateway.address) as connection:
            for method, path, status, length in (("HEAD", "/open/x", 200, "1234"), ("GET", "/open/304", 304, "99"),
                                                 ("GET", "/open/204", 204, None), ("GET", "/open/x", 200, "11")):
                connection.send(head(first=f"{method} {path} HTTP/1.1"))
                answer = connection.answer(method)
                self.assertEqual((answer.status, answer.field("Content-Length")), (status, length))
                self.assertIsNone(answer.field("Transfer-Encoding"))
        self.assertEqual(self.service.connections, 1)

    def test_fields_pass_but_those_of_the_hop_and_ours(self):
        gateway = self.run_with(b"HTTP/1.1 201 Made\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: X-Hop\r\n"
                                b"X-Hop: 1\r\nX-Request-Id: forged\r\nX-Countersign-Observed: forged\r\nServer: s\r\n"
                                b"Content-Length: 2\r\n\r\n{}")
        answer = exchange(gateway.address, Client().request())
        self.assertEqual(answer.raw.split("\r\n")[0], "HTTP/1.1 201 Made")
        self.assertEqual([v for n, v in answer.fields if n == "Set-Cookie"], ["a=1", "b=2"])
        self.assertEqual((answer.field("Server"), answer.field("X-Hop"), answer.field("X-Countersign-Observed")),
                         ("s", None, None))
        self.assertEqual(answer.field("X-Request-Id"), self.service.requests[0].field("X-Request-Id"))
        self.assertEqual(gateway.next_log_line()["request_id"], answer.field("X-Request-Id"))
        self.assertIsNotNone(answer.field("Date"))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What two parsers could read in two ways is refused, and ends the connection: nothing behind it becomes a request."""

import random
import re
import select
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import Upstream
from wire import Connection

SMUGGLED = b"GET /open/smuggled HTTP/1.1\r\nHost: gateway\r\n\r\n"
# With these the gateway says that the client's HTTP is not served here; they are no failures of ours.
CLIENT_ERRORS_ABOVE_500 = (501, 505)


def head(*lines, first="POST /open/x HTTP/1.1", host="Host: gateway"):
    """A head of these lines; `host` None leaves that field out."""
    every = [first, *([host] if host is not None else []), *lines]
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode("latin-1") for line in every) + b"\r\n\r\n"


def target(text):
    return head(first=f"GET {text} HTTP/1.1")


class Shared(unittest.TestCase):
    """One service and one gateway for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        def echo(received, _):
            # The marker comes back, so that the order of answers shows.
            text = received.line.split(" ")[1].encode() + b"|" + received.body[:64]
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text)

        cls.service = Upstream(echo)
        cls.addClassCleanup(cls.service.close)
        gateway = Gateway(basic(cls.service.url, more="limits: {body_bytes: 2MiB}\n"))
        cls.enterClassContext(gateway) if hasattr(cls, "enterClassContext") else cls._enter(gateway)
        cls.gateway = gateway

    @classmethod
    def _enter(cls, context):
        context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)

    def setUp(self):
        self.service.requests.clear()

    def assert_refused(self, data, statuses):
        """One answer with one of these statuses, then the end, and the service hears nothing."""
        with Connection(self.gateway.address) as connection:
            connection.send(data)
            answer = connection.answer("GET")
            self.assertIn(answer.status, statuses, data)
            self.assertEqual(answer.field("Connection"), "close", data)
            self.assertTrue(connection.closed(), data)
        self.assertEqual([r.line for r in self.service.requests], [], data)


class BodyLengths(Shared):
    """V28: where a body ends is never a matter of opinion."""

    def test_a_length_that_is_in_doubt_is_refused(self):
        for lines in [
                ["Content-Length: 5", "Transfer-Encoding: chunked"],
                ["Transfer-Encoding: chunked", "Content-Length: 5"],
                ["Content-Length: 5", "Content-Length: 6"],
                ["Content-Length: 5", "Content-Length: 5"],
                ["Content-Length: 5", "content-length: 0"],
                ["Content-Length:"], ["Content-Length:  "], ["Content-Length: +5"], ["Content-Length: -5"],
                ["Content-Length: 0x5"], ["Content-Length: 5, 5"], ["Content-Length: 5,"], ["Content-Length: 5 5"],
                ["Content-Length: 5.0"], ["Content-Length: 5e0"], ["Content-Length: five"],
                ["Content-Length: 18446744073709551621"], ["Content-Length: 9223372036854775808"],
                ["Content-Length: " + "9" * 400],
        ]:
            with self.subTest(lines=lines):
                self.assert_refused(head(*lines) + b"hello" + SMUGGLED, {400})

    def test_a_coding_other_than_one_chunked_is_refused(self):
        for lines in [
                ["Transfer-Encoding: chunked, identity"], ["Transfer-Encoding: identity"],
                ["Transfer-Encoding: xchunked"], ["Transfer-Encoding: chunkedx"], ["Transfer-Encoding: gzip, chunked"],
                ["Transfer-Encoding: chunked, chunked"], ["Transfer-Encoding: chunked;q=1"], ["Transfer-Encoding:"],
                ["Transfer-Encoding: \"chunked\""], ["Transfer-Encoding: chunked,"], ["Transfer-Encoding: ,chunked"],
                ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
                ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
                ["Transfer-Encoding: \x0bchunked"], ["Transfer_Encoding: x", "Transfer-Encoding: cow"],
        ]:
            with self.subTest(lines=lines):
                self.assert_refused(head(*lines) + b"0\r\n\r\n" + SMUGGLED, {400})

    def test_a_coding_on_http_1_0_is_refused(self):
        first = "POST /open/x HTTP/1.0"
        self.assert_refused(head("Transfer-Encoding: chunked", first=first) + b"0\r\n\r\n" + SMUGGLED, {400})
        self.assert_refused(head("Transfer-Encoding: chunked", "Connection: keep-alive", first=first) +
                            b"0\r\n\r\n" + SMUGGLED, {400})

    def test_chunks_that_lie_are_refused(self):
        for body in [b"5 \r\nhello\r\n0\r\n\r\n", b"0x5\r\nhello\r\n0\r\n\r\n", b"+5\r\nhello\r\n0\r\n\r\n",
                     b"-5\r\nhello\r\n0\r\n\r\n", b"\r\nhello\r\n0\r\n\r\n", b"5\nhello\n0\n\n",
                     b"4\r\nhello\r\n0\r\n\r\n",
                     b"6\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloXX0\r\n\r\n", b"FFFFFFFFFFFFFFFF\r\nhello",
                     b"10000000000000005\r\nhello\r\n0\r\n\r\n", b"5;\0\r\nhello\r\n0\r\n\r\n",
                     b"0\r\n no: fold\r\n\r\n",
                     b"0\r\nno colon\r\n\r\n", b";x\r\n\r\n", b"5\r\rhello\r\n0\r\n\r\n",
                     b"5;" + b"x" * 9000 + b"\r\nhello\r\n0\r\n\r\n", b"0\r\n" + b"a: b\r\n" * 2000 + b"\r\n"]:
            with self.subTest(body=body[:40]):
                self.assert_refused(head("Transfer-Encoding: chunked") + body + SMUGGLED, {400})

    def test_trailers_that_are_malformed_or_huge_are_refused(self):
        for trailers in [b"no colon", b": no name", b" folded: x", b"a: b\r\n folded", b"blank : x", b"bare: x\n",
                         b"cr: \rx", b"control: \0", b"n\xe4me: x", b"huge: " + b"x" * 9000, b"n" * 9000 + b": x",
                         b"\r\n".join([b"many: x"] * 1000), b"x: 1\r\nGET /open/smuggled HTTP/1.1"]:
            with self.subTest(trailers=trailers[:40]):
                body = b"5\r\nhello\r\n0\r\n" + trailers + b"\r\n\r\n"
                self.assert_refused(head("Transfer-Encoding: chunked") + body + SMUGGLED, {400})

    def test_the_byte_behind_any_border_belongs_to_the_mac(self):
        # V31
        client = Client()
        for size in (16 * 1024, 64 * 1024, 500 * 1024, 600 * 1024):
            sealed = client.payload({"text": "x" * size})
            # Inside the outer base64: another letter in its alphabet, at the middle, just behind a border and near the
            # end.
            for at in {16 * 1024 + 1, 64 * 1024 + 1, 1024 * 1024 + 1, len(sealed) // 2, len(sealed) - 200}:
                if at < len(sealed):
                    other = "B" if sealed[at] != "B" else "C"
                    changed = sealed[:at] + other + sealed[at + 1:]
                    with self.subTest(size=size, at=at), Connection(self.gateway.address) as connection:
                        connection.send(client.request(payload=changed))
                        self.assertEqual(connection.answer().status, 401)
        self.assertEqual(self.service.requests, [])


class Heads(Shared):
    def test_field_lines_outside_the_grammar_are_refused(self):
        for lines in [["X-A: b\r\n folded"], ["X-A: b\r\n\tfolded"], ["X-A:\r\n  folded"], [" X-A: b"],
                      [": empty name"],
                      ["X-A : b"], ["X-A\t: b"], ["X A: b"], ["no colon"], ["X-A: b\0c"], ["X-A: b\x01c"],
                      ["X-A: \x7f"],
                      ["X-A: b\rc"], ["X-\xe4: b"], ["X(A): b"], ["@method: GET"], ["\0: x"], ["\"X\": b"]]:
            with self.subTest(lines=lines):
                self.assert_refused(head(*lines) + SMUGGLED, {400})

    def test_bare_line_feeds_are_refused(self):
        for data in [b"GET /open/x HTTP/1.1\nHost: gateway\n\n", b"GET /open/x HTTP/1.1\r\nHost: gateway\n\r\n",
                     b"GET /open/x HTTP/1.1\r\nHost: gateway\r\nX-A: b\nX-C: d\r\n\r\n",
                     b"GET /open/x HTTP/1.1\nHost: gateway\r\n\r\n", b"\nGET /open/x HTTP/1.1\r\nHost: gateway\r\n\r\n",
                     b"GET /open/x HTTP/1.1\r\r\nHost: gateway\r\n\r\n"]:
            with self.subTest(data=data):
                self.assert_refused(data + SMUGGLED, {400})

    def test_a_host_that_is_missing_doubled_or_odd_is_refused(self):
        for lines in [[], ["Host: gateway", "Host: gateway"], ["Host: gateway", "host: other"], ["Host:"],
                      ["Host: a b"],
                      ["Host: a,b"], ["Host: a/b"], ["Host: a@b"], ["Host: user:pass@gateway"], ["Host: a:b"],
                      ["Host: a:99999"], ["Host: a:80:80"], ["Host: [::1"], ["Host: [zz]"], ["Host: a..b"],
                      ["Host: .a"],
                      ["Host: a?b"], ["Host: a#b"], ["Host: \xe4"], ["Host: a%00"], ["Host: http://gateway"],
                      ["Host: " + "a" * 300]]:
            with self.subTest(lines=lines):
                self.assert_refused(head(*lines, first="GET /open/x HTTP/1.1", host=None) + SMUGGLED, {400})

    def test_a_host_of_good_form_passes(self):
        for host in ["gateway", "gateway:8080", "127.0.0.1:1", "[::1]", "[::1]:80", "A.Example.COM.", "under_score"]:
            with self.subTest(host=host), Connection(self.gateway.address) as connection:
                connection.send(head(first="GET /open/x HTTP/1.1", host=f"Host: {host}"))
                self.assertEqual(connection.answer().status, 200)

    def test_methods_that_are_not_served_are_refused(self):
        for method in ["gEt", "get", "post", "CONNECT", "TRACE", "PRI", "PROPFIND", "GETX", "X"]:
            with self.subTest(method=method):
                self.assert_refused(head(first=f"{method} /open/x HTTP/1.1") + SMUGGLED, {501})
        for method in ["GE T", "G(T", "", "GET\0", "\xe4"]:
            with self.subTest(method=method):
                self.assert_refused(head(first=f"{method} /open/x HTTP/1.1") + SMUGGLED, {400})

    def test_versions_that_are_not_served_are_refused(self):
        for version in ["HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/9.9"]:
            with self.subTest(version=version):
                self.assert_refused(head(first=f"GET /open/x {version}") + SMUGGLED, {505})
        for version in ["HTTP/1", "HTTP/1.1 ", "HTTP/01.1", "HTTP/1.10", "http/1.1", "ICAP/1.0", "HTTP/1.1\t",
                        "HTTP 1.1"]:
            with self.subTest(version=version):
                self.assert_refused(head(first=f"GET /open/x {version}") + SMUGGLED, {400, 505})

    def test_http_0_9_and_2_are_refused(self):
        self.assert_refused(b"GET /open/x\r\n\r\n" + SMUGGLED, {400, 505})
        self.assert_refused(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", {505})
        self.assert_refused(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100, {400})

    def test_empty_lines_before_a_request_are_skipped(self):
        with Connection(self.gateway.address) as connection:
            for lines in (b"\r\n", b"\r\n\r\n", b""):
                connection.send(lines + head(first="GET /open/x HTTP/1.1"))
                self.assertEqual(connection.answer().status, 200)

    def test_any_number_of_empty_lines_leaves_room_for_the_body(self):
        # The head would end with the last byte of the buffer, and of the body nothing would fit in.
        for pad in range(0, 48 * 1024, 4 * 1024):
            with self.subTest(pad=pad), Connection(self.gateway.address) as connection:
                request = head("Transfer-Encoding: chunked")
                space = b"\r\n" * ((pad - len(request)) // 2) if pad > len(request) else b""
                connection.send(space + request[:-2])
                connection.send(request[-2:])
                connection.send(b"5\r\nhello\r\n0\r\n\r\n")
                self.assertEqual(connection.answer().body, b"/open/x|hello")


class Targets(Shared):
    """V26: route, signed text and what goes on come from one target that reads one way only."""

    def test_targets_other_than_a_clean_origin_form_are_refused(self):
        for text in ["http://gateway/open/x", "https://gateway/open/x", "http://gateway", "gateway:80", "*",
                     "open/x", "?x",
                     "//open/x", "/open//x", "/open/x//", "/open/#x", "/open/x#", "/open/x?a#b",
                     "/open/../x", "/open/./x", "/open/..", "/open/.", "/..", "/open/..;/x", "/open/..;a=b/x",
                     "/open/.;/x",
                     "/open/..%3b/x", "/open/%2e%2e/x", "/open/%2E%2e/x", "/open/.%2e/x", "/open/%2e/x", "/open/x%2e",
                     "/open/%2Fx", "/open/x%2fy", "/open/a\\b", "/open/a%5cb", "/open/%5C..%5Cx", "/open/%00",
                     "/open/x%00.json",
                     "/open/%", "/open/%2", "/open/%zz", "/open/%u002e", "/open/x?a=%", "/open/x?%g1",
                     "/open/\xe4", "/open/\xff", "/open/x?\xe4", "/open/\x7f", "/open/\x01", "/open/a\tb"]:
            with self.subTest(target=text):
                self.assert_refused(target(text) + SMUGGLED, {400})

    def test_a_clean_target_reaches_the_service_as_it_stands(self):
        for text in ["/open/x", "/open/", "/open/a;b=c", "/open/a%20b", "/open/%41", "/open/...", "/open/.x",
                     "/open/x..",
                     "/open/x?",
                     "/open/x?a=%2e%2e%2F%00&b=//&c=..\\", "/open/x?a=b?c", "/open/~!$&'()*+,;=:@", "/open/%ff",
                     "/open/%252e%252e/x", "/open/x?http://other/"]:
            with self.subTest(target=text), Connection(self.gateway.address) as connection:
                connection.send(target(text))
                self.assertEqual(connection.answer().status, 200)
                self.assertEqual(self.service.requests[-1].line, f"GET {text} HTTP/1.1")

    def test_an_encoded_slash_goes_on_as_it_stands_where_the_route_allows_it(self):
        config = basic(self.service.url, more="  - {path: /names/, scheme: none, upstream: orders, "
                                              "allow_encoded_slash: true}\n")
        with Gateway(config) as gateway:
            for text in ["/names/group%2fproject", "/names/a%2Fb/c%2Fd?e=%2F"]:
                with self.subTest(target=text), Connection(gateway.address) as connection:
                    connection.send(target(text))
                    self.assertEqual(connection.answer().status, 200)
                    self.assertEqual(self.service.requests[-1].line, f"GET {text} HTTP/1.1")
            for text in ["/names/..%2fapi", "/names%2fx", "/names/a%2f%2e", "/open/a%2Fb"]:
                with self.subTest(target=text), Connection(gateway.address) as connection:
                    connection.send(target(text))
                    self.assertEqual(connection.answer().status, 400)

    def test_no_trick_leads_from_one_route_to_another(self):
        # /api/ wants a signature, /open/ does not: no spelling of a path below /open/ may mean one below /api/.
        for text in ["/open/../api/orders", "/open/..;/api/orders", "/open/%2e%2e/api/orders", "/open/..%2fapi/orders",
                     "/open/..\\api/orders", "/open//../api/orders", "/./api/orders", "//api/orders"]:
            with self.subTest(target=text):
                self.assert_refused(target(text) + SMUGGLED, {400})


class UnreadBodies(Shared):
    """V28: what of a body was not read is never read as a request."""

    def refused(self, body, *lines):
        """A head that the route refuses before it reads the body, and that body."""
        return head(*lines, first="POST /api/orders HTTP/1.1") + body

    def test_an_unread_body_is_never_taken_for_a_request(self):
        for size in (len(SMUGGLED), 4096, 20_000, 64 * 1024):
            body = (SMUGGLED * (size // len(SMUGGLED) + 1))[:size]
            chunked = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + 7000]), body[i:i + 7000])
                               for i in range(0, size, 7000)) + b"0\r\n\r\n"
            for data in (self.refused(body, f"Content-Length: {size}"),
                         self.refused(chunked, "Transfer-Encoding: chunked")):
                with self.subTest(size=size, head=data[:90]), Connection(self.gateway.address) as connection:
                    self.service.requests.clear()
                    connection.send(data)
                    refused = connection.answer()
                    self.assertEqual((refused.status, refused.field("Connection")), (401, None))
                    connection.send(head(first="GET /open/second HTTP/1.1"))
                    self.assertEqual(connection.answer().body, b"/open/second|")
                    self.assertEqual(len(self.service.requests), 1)

    def test_the_body_of_a_refused_message_may_come_late_and_in_pieces(self):
        with Connection(self.gateway.address) as connection:
            connection.send(self.refused(b"", f"Content-Length: {len(SMUGGLED)}"))
            self.assertEqual(connection.answer().status, 401)
            for at in range(0, len(SMUGGLED), 10):
                connection.send(SMUGGLED[at:at + 10])
            connection.send(head(first="GET /open/second HTTP/1.1"))
            self.assertEqual(connection.answer().body, b"/open/second|")
        self.assertEqual(len(self.service.requests), 1)

    def test_a_declared_body_beyond_what_is_drained_ends_the_connection(self):
        body = (SMUGGLED * 2000)[:64 * 1024 + 1]
        self.assert_refused(self.refused(body, f"Content-Length: {len(body)}"), {401})

    def test_a_chunked_body_beyond_what_is_drained_ends_the_connection(self):
        body = (SMUGGLED * 2000)[:64 * 1024 + 1]
        with Connection(self.gateway.address) as connection:
            connection.send(self.refused(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), "Transfer-Encoding: chunked"))
            self.assertEqual(connection.answer().status, 401)
            self.assertTrue(connection.closed())
        self.assertEqual(self.service.requests, [])

    def test_a_broken_unread_body_ends_the_connection(self):
        with Connection(self.gateway.address) as connection:
            connection.send(self.refused(b"5\r\nhello\r\nzz\r\n" + SMUGGLED, "Transfer-Encoding: chunked"))
            self.assertEqual(connection.answer().status, 401)
            self.assertTrue(connection.closed())
        self.assertEqual(self.service.requests, [])


class Pipelines(Shared):
    def test_pipelined_requests_are_answered_in_order(self):
        many = b"".join(head(f"Content-Length: {len(str(n))}", first=f"POST /open/{n} HTTP/1.1") + str(n).encode()
                        for n in range(200))
        with Connection(self.gateway.address) as connection:
            connection.send(many)
            for n in range(200):
                self.assertEqual(connection.answer().body, b"/open/%d|%d" % (n, n))

    def test_pipelined_bodies_of_every_framing_keep_apart(self):
        requests = [head(first="GET /open/0 HTTP/1.1"),
                    head("Transfer-Encoding: chunked",
                         first="POST /open/1 HTTP/1.1") + b"3;x=y\r\none\r\n0\r\nT: r\r\n\r\n",
                    head("Content-Length: 3", first="POST /open/2 HTTP/1.1") + b"two",
                    head("Content-Length: 40000", first="POST /open/3 HTTP/1.1") + b"3" * 40000,
                    head("Content-Length: 0", first="POST /open/4 HTTP/1.1"),
                    head("Content-Length: 5", first="POST /api/5 HTTP/1.1") + b"5" * 5,
                    head(first="GET /open/6 HTTP/1.1")]
        wanted = [b"/open/0|", b"/open/1|one", b"/open/2|two", b"/open/3|" + b"3" * 64, b"/open/4|", None, b"/open/6|"]
        whole = b"".join(requests)
        for step in (len(whole), 1460, 97):
            with self.subTest(step=step), Connection(self.gateway.address) as connection:
                for at in range(0, len(whole), step):
                    connection.send(whole[at:at + step])
                for body in wanted:
                    answer = connection.answer()
                    self.assertEqual(answer.body if body else answer.status, body or 401)


class MutatedHeads(Shared):
    """V36: whatever a client sends, the fault is the client's. Each parser beneath is fuzzed: tests/fuzz."""

    def mutants(self, count):
        generator = random.Random(20240807)
        originals = [head("Content-Length: 5", "Accept: */*") + b"hello",
                     head("Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n",
                     head("Expect: 100-continue", "Content-Length: 2", "Connection: keep-alive, X-A", "X-A: b") + b"ok",
                     head(first="GET /open/a/b?c=d HTTP/1.0"),
                     Client().request(), Client().request(path="/open/y", more=["traceparent: 00-" + "a" * 32])]
        odd = [b"\0", b"\r", b"\n", b"\r\n", b" ", b"\t", b":", b",", b";", b"%", b"/", b"..", b"\xff", b"#",
               b"Host: x\r\n",
               b"Content-Length: 7\r\n", b"Transfer-Encoding: chunked\r\n", b"HTTP/1.1", b"9" * 20]
        for _ in range(count):
            data = bytearray(generator.choice(originals))
            for _ in range(generator.randint(1, 4)):
                at = generator.randrange(len(data))
                end = min(len(data), at + generator.randint(1, 12))
                what = generator.randrange(5)
                if what == 0:
                    data[at] ^= 1 << generator.randrange(8)
                elif what == 1:
                    data[at] = generator.randrange(256)
                elif what == 2:
                    del data[at:end]
                elif what == 3:
                    data[at:at] = data[at:end]
                else:
                    data[at:at] = generator.choice(odd)
            yield bytes(data)

    def test_no_mutated_head_is_answered_with_a_failure_of_ours(self):
        seen = set()
        for data in self.mutants(500):
            with self.subTest(data=data), Connection(self.gateway.address) as connection:
                connection.send(data)
                # Who finishes while its request is being served has left and gets no answer. A few of these heads
                # wait for more, and are not answered before: hence the bound.
                select.select([connection.socket], [], [], 0.1)
                connection.finish()
                answers = connection.rest()
                for status in re.findall(rb"(?:^|\n)HTTP/1\.[01] (\d{3}) ", answers):
                    seen.add(int(status))
                    self.assertTrue(int(status) < 500 or int(status) in CLIENT_ERRORS_ABOVE_500, (data, answers))
        # If nothing came through, or nothing was refused, the mutations test nothing.
        self.assertLessEqual({200, 400, 401}, seen)
        self.assertIsNone(self.gateway.process.poll())


if __name__ == "__main__":
    unittest.main()

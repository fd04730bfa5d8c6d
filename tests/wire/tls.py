#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""TLS on a listener: what is agreed on with whom, and that HTTP goes on in it as it does without."""

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from certificates import Authority, openssl
from gateway import BINARY, Gateway
from laravel import Client
from secure import VERSIONS, Secure, addresses, client, secured
from upstream import Service, Upstream, read_request
from wire import PATIENCE, Connection

GET = b"GET /open/x HTTP/1.1\r\nHost: gateway.example\r\n\r\n"
FAILURES = 'countersign_tls_handshake_failures_total{reason="%s"}'
HANDSHAKES = 'countersign_tls_handshakes_total{version="%s",resumed="%s"}'


class Secured(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="countersign-tls-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.authority = Authority(cls.folder)
        cls.pair = cls.authority.sign("gateway", ["gateway.example", "127.0.0.1"])

    def start(self, tls=None, more="", reply=None, workers=1):
        self.service = self.enterContext(Upstream(reply) if reply else Upstream())
        config = secured(self.service.url, tls or self.pair.tls, more, workers)
        self.gateway = self.enterContext(Gateway(config))
        return self.gateway

    def connect(self, context=None, **more):
        return self.enterContext(Secure(self.gateway.address, context or client(self.authority), **more))

    def failures(self, reason):
        return self.gateway.metrics().get(FAILURES % reason, 0)

    def handshakes(self, version, resumed):
        return self.gateway.metrics().get(HANDSHAKES % (version, resumed), 0)

    def refused(self, reason, context=None, **more):
        """The handshake fails, at once or, as TLS 1.3 has it for a client's certificate, at the first read."""
        before = self.failures(reason)
        with self.assertRaises((ssl.SSLError, ConnectionError)) as raised:
            with Secure(self.gateway.address, context or client(self.authority), **more) as connection:
                connection.send(GET)
                connection.answer()
        self.counted(reason, before + 1)
        self.assertEqual(self.service.requests, [])
        return str(raised.exception)

    def counted(self, reason, times):
        """So many, and no more, have failed so; the client may know of it a moment sooner."""
        until = time.monotonic() + PATIENCE
        while self.failures(reason) < times and time.monotonic() < until:
            pass
        self.assertEqual(self.failures(reason), times, reason)


class Messages(Secured):
    def test_a_sealed_message_is_taken_and_the_service_learns_that_it_came_by_https(self):
        self.start()
        for version in VERSIONS:
            connection = self.connect(client(self.authority, version))
            connection.send(Client().request(message={"n": 1}))
            self.assertEqual(connection.answer().status, 200)
            self.assertEqual(self.service.requests[-1].field("x-forwarded-proto"), "https")
            self.assertEqual(self.handshakes(version, "false"), 1)

    def test_a_trusted_proxy_says_how_it_was_asked(self):
        self.start(more="trusted_proxies: [127.0.0.0/8]\n")
        connection = self.connect()
        for field, expected in ((b"", "https"), (b"X-Forwarded-Proto: http\r\n", "http")):
            connection.send(GET[:-2] + field + b"\r\n")
            self.assertEqual(connection.answer("GET").status, 200)
            self.assertEqual(self.service.requests[-1].field("x-forwarded-proto"), expected)

    def test_nobody_else_does(self):
        self.start()
        connection = self.connect()
        connection.send(GET[:-2] + b"X-Forwarded-Proto: http\r\n\r\n")
        self.assertEqual(connection.answer("GET").status, 200)
        self.assertEqual(self.service.requests[-1].field("x-forwarded-proto"), "https")

    def test_plain_and_secured_listeners_stand_beside_each_other(self):
        self.service = self.enterContext(Upstream())
        config = secured(self.service.url, self.pair.tls).replace(
            "listen: {", "listen:\n  - 127.0.0.1:0\n  - {", 1)
        self.gateway = self.enterContext(Gateway(config))
        plain, tls = addresses(self.gateway)
        with Connection(plain) as connection:
            connection.send(GET)
            self.assertEqual(connection.answer("GET").status, 200)
        self.assertEqual(self.service.requests[-1].field("x-forwarded-proto"), "http")
        with Secure(tls, client(self.authority)) as connection:
            connection.send(GET)
            self.assertEqual(connection.answer("GET").status, 200)
        self.assertEqual(self.service.requests[-1].field("x-forwarded-proto"), "https")

    def test_large_bodies_go_both_ways_and_a_slow_reader_gets_all_of_its_own(self):
        body = bytes(range(256)) * 4000
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (8 * len(body)) + 8 * body
        self.start(reply=answer)
        for version in VERSIONS:
            connection = self.connect(client(self.authority, version))
            for _ in range(2):
                connection.send(b"POST /open/x HTTP/1.1\r\nHost: g\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                self.assertEqual(connection.answer().body, 8 * body)
                self.assertEqual(self.service.requests[-1].body, body)

    def test_requests_sent_ahead_are_answered_in_order(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
        self.start(reply=lambda got, _: head + got.line.split()[1][-7:].encode())
        connection = self.connect()
        connection.send(b"".join(GET.replace(b"/x", b"/%07d" % n) for n in range(200)))
        for n in range(200):
            self.assertEqual(connection.answer("GET").body, b"%07d" % n)

    def test_a_request_in_records_of_a_byte_each_is_one_request(self):
        self.start()
        connection = self.connect()
        for n in range(len(GET)):
            connection.send(GET[n:n + 1])
        self.assertEqual(connection.answer("GET").status, 200)


class Ends(Secured):
    def test_an_end_is_said(self):
        self.start()
        for version in VERSIONS:
            connection = self.connect(client(self.authority, version))
            connection.send(GET[:-2] + b"Connection: close\r\n\r\n")
            self.assertEqual(connection.answer("GET").status, 200)
            self.assertEqual(connection.socket.recv(1), b"")

    def test_who_says_nothing_is_told_that_it_ends(self):
        self.start(more="limits: {idle_timeout: 100ms}\n")
        connection = self.connect()
        self.assertEqual(connection.socket.recv(1), b"")
        connection = self.connect()
        connection.send(GET)
        self.assertEqual(connection.answer("GET").status, 200)
        self.assertEqual(connection.socket.recv(1), b"")

    def test_an_answer_that_is_cut_off_does_not_look_whole(self):
        def cut(peer, _):
            read_request(peer)
            peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")

        self.service = self.enterContext(Service(cut))
        self.gateway = self.enterContext(Gateway(secured(self.service.url, self.pair.tls)))
        connection = self.connect()
        # HTTP/1.0 knows no chunks: its answer goes on until the connection ends.
        connection.send(GET.replace(b"1.1", b"1.0"))
        with self.assertRaisesRegex(ssl.SSLError, "UNEXPECTED_EOF"):
            connection.answer("GET")
        self.assertIn(b"hello", connection.buffered)

    def test_draining_ends_idle_connections_and_those_that_have_not_begun(self):
        self.start(more="limits: {drain_time: 60s}\n")
        idle = self.connect()
        idle.send(GET)
        self.assertEqual(idle.answer("GET").status, 200)
        fresh = self.enterContext(Connection(self.gateway.address))
        self.assertEqual(self.gateway.stop(), 0)
        self.assertEqual(idle.socket.recv(1), b"")
        self.assertTrue(fresh.closed())


class Agreement(Secured):
    def test_each_host_has_its_certificate(self):
        pairs = {name: self.authority.sign(name.replace("*", "any"), [name])
                 for name in ("one.example", "*.one.example", "two.one.example")}
        listed = ", ".join(pair.tls for pair in (self.pair, *pairs.values()))
        self.start(f"{{certificates: [{listed}]}}")
        shown = {}
        for name in pairs:
            with open(pairs[name].certificate, encoding="ascii") as stream:
                shown[name] = ssl.PEM_cert_to_DER_cert(stream.read())
        trusting = client(self.authority)
        for host, expected in (("one.example", "one.example"), ("two.one.example", "two.one.example"),
                               ("TWO.one.Example", "two.one.example"), ("three.one.example", "*.one.example")):
            for version in VERSIONS:
                self.assertEqual(self.connect(client(self.authority, version), name=host).shown, shown[expected], host)
        first = self.connect(trusting).shown
        unnamed = client()
        for host in ("elsewhere.example", "a.b.one.example", "127.0.0.1", None):
            self.assertEqual(self.connect(unnamed, name=host).shown, first, host)

    def test_two_keys_for_one_name_serve_who_knows_one_of_them(self):
        rsa = self.authority.sign("rsa", ["gateway.example"], kind="RSA")
        ec = self.authority.sign("ec", ["gateway.example"])
        self.start(f"{{certificates: [{rsa.tls}, {ec.tls}]}}")
        for kind in ("RSA", "ECDSA"):
            only = client(self.authority, "1.2")
            only.set_ciphers(f"ECDHE-{kind}-AES128-GCM-SHA256")
            self.assertEqual(self.connect(only).socket.cipher()[0], f"ECDHE-{kind}-AES128-GCM-SHA256")

    def test_a_second_key_for_one_of_several_names_serves_that_name(self):
        wide = self.authority.sign("wide", ["one.example", "two.example", "*.wild.example"])
        one = self.authority.sign("one", ["one.example"], kind="RSA")
        label = self.authority.sign("label", ["label.wild.example"], kind="RSA")
        both = {"RSA", "ECDSA"}
        for order in ([wide, one, label], [label, one, wide]):
            self.start("{certificates: [%s]}" % ", ".join(each.tls for each in order))
            # A name that stands in one comes before a wildcard in another, whatever their keys are.
            for host, kinds in (("one.example", both), ("two.example", {"ECDSA"}), ("label.wild.example", {"RSA"}),
                                ("other.wild.example", {"ECDSA"})):
                for kind in kinds:
                    only = client(self.authority, "1.2")
                    only.set_ciphers(f"ECDHE-{kind}-AES128-GCM-SHA256")
                    self.assertEqual(self.connect(only, name=host).socket.cipher()[0],
                                     f"ECDHE-{kind}-AES128-GCM-SHA256", (host, kind))
                if len(kinds) == 1:
                    (kind,) = kinds
                    self.assertIn(kind, self.connect(client(self.authority, "1.2"), name=host).socket.cipher()[0])

    def test_a_first_one_without_names_stands_alone(self):
        plain = self.authority.sign("plain", ["127.0.0.1"], kind="RSA")
        named = self.authority.sign("named", ["named.example"])
        self.start(f"{{certificates: [{plain.tls}, {named.tls}]}}")
        with open(plain.certificate, encoding="ascii") as stream:
            first = ssl.PEM_cert_to_DER_cert(stream.read())
        for version in VERSIONS:
            self.assertEqual(self.connect(client(version=version), name=None).shown, first, version)

    def test_only_ciphers_with_forward_secrecy_and_authentication(self):
        self.start()
        offered = client(self.authority, "1.2")
        offered.set_ciphers("ALL:@SECLEVEL=0")
        self.assertEqual(self.connect(offered).socket.cipher()[0], "ECDHE-ECDSA-AES128-GCM-SHA256")
        for weak in ("ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-SHA384", "AES256-SHA"):
            offered = client(self.authority, "1.2")
            offered.set_ciphers(weak + ":@SECLEVEL=0")
            self.refused("parameters", offered)
        self.assertEqual(self.connect(client(self.authority, "1.3")).socket.cipher()[0], "TLS_AES_128_GCM_SHA256")

    def test_older_versions_are_refused(self):
        self.start()
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            old = client()
            old.set_ciphers("ALL:@SECLEVEL=0")
            old.minimum_version = old.maximum_version = version
            self.assertIn("protocol version", self.refused("protocol", old).lower().replace("_", " "))

    def test_who_asks_for_protocols_gets_http_1_1_or_is_refused(self):
        self.start()
        for version in VERSIONS:
            both = self.connect(client(self.authority, version, alpn=["h2", "http/1.1"]))
            self.assertEqual(both.socket.selected_alpn_protocol(), "http/1.1")
            self.assertIsNone(self.connect(client(self.authority, version)).socket.selected_alpn_protocol())
            said = self.refused("alpn", client(self.authority, version, alpn=["h2", "http/1.0"]))
            self.assertIn("no application protocol", said.lower().replace("_", " "))

    def test_certificates_of_clients(self):
        mine = self.authority.sign("mine", usage="clientAuth")
        other = Authority(self.folder, "other")
        theirs = other.sign("theirs", usage="clientAuth")
        over = self.authority.sign("over", usage="clientAuth", days=-1)
        server = self.authority.sign("server", usage="serverAuth")
        self.start(f"{{certificate: {self.pair.certificate}, key: {self.pair.key}, "
                   f"client_ca: {self.authority.certificate}}}")
        for version in VERSIONS:
            self.refused("no_certificate", client(self.authority, version))
            for bad in (theirs, over, server):
                self.refused("bad_certificate", client(self.authority, version, bad))
        for version in VERSIONS:
            connection = self.connect(client(self.authority, version, mine))
            connection.send(GET)
            self.assertEqual(connection.answer("GET").status, 200)

    def test_an_authority_below_another_may_stand_alone(self):
        below = self.authority.below("below")
        mine, above = below.sign("mine-below", usage="clientAuth"), self.authority.sign("above", usage="clientAuth")
        self.start(f"{{certificate: {self.pair.certificate}, key: {self.pair.key}, client_ca: {below.certificate}}}")
        for version in VERSIONS:
            self.refused("bad_certificate", client(self.authority, version, above))
        for version in VERSIONS:
            connection = self.connect(client(self.authority, version, mine))
            connection.send(GET)
            self.assertEqual(connection.answer("GET").status, 200)

    def test_a_client_that_does_not_trust_the_gateway_is_counted(self):
        self.start()
        self.refused("refused", client(Authority(self.folder, "another")))


class Resumption(Secured):
    def resumes(self, version, session, context, **more):
        connection = self.connect(context, session=session, **more)
        connection.send(GET)
        self.assertEqual(connection.answer("GET").status, 200, version)
        return connection.socket.session_reused

    def session(self, context, address=None):
        with Secure(address or self.gateway.address, context) as connection:
            connection.send(GET)
            self.assertEqual(connection.answer("GET").status, 200)  # TLS 1.3 hands tickets out by then
            return connection.socket.session

    def test_a_session_is_resumed_by_any_worker_and_over_a_reload(self):
        self.start(workers=2)
        for version in VERSIONS:
            context = client(self.authority, version)
            session = self.session(context)
            for _ in range(8):
                self.assertTrue(self.resumes(version, session, context))
            self.assertTrue(self.gateway.reload())
            self.assertTrue(self.resumes(version, session, context))
            self.assertEqual(self.handshakes(version, "true"), 9)
            self.assertEqual(self.handshakes(version, "false"), 1)

    def test_one_of_a_host_with_a_certificate_of_its_own(self):
        other = self.authority.sign("hosted", ["hosted.example"])
        self.start(f"{{certificates: [{self.pair.tls}, {other.tls}]}}")
        for version in VERSIONS:
            context = client(self.authority, version)
            with Secure(self.gateway.address, context, "hosted.example") as connection:
                connection.send(GET)
                connection.answer("GET")
                session = connection.socket.session
            self.assertTrue(self.resumes(version, session, context, name="hosted.example"))

    def test_one_begun_with_a_certificate_is_good_where_that_is_asked_for_and_one_without_is_not(self):
        mine = self.authority.sign("mine", usage="clientAuth")
        self.service = self.enterContext(Upstream())
        demanding = self.pair.tls[:-1] + f", client_ca: {self.authority.certificate}}}"
        config = secured(self.service.url, self.pair.tls).replace(
            "listen: {", f"listen:\n  - {{address: 127.0.0.1:0, tls: {demanding}}}\n  - {{", 1)
        self.gateway = self.enterContext(Gateway(config))
        strict, lax = addresses(self.gateway)
        for version in VERSIONS:
            context = client(self.authority, version, mine)
            session = self.session(context, strict)
            self.assertTrue(self.resumes(version, session, context))
            bare = client(self.authority, version)
            session = self.session(bare, lax)
            before = len(self.service.requests)
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                with Secure(strict, bare, session=session) as connection:
                    connection.send(GET)
                    connection.answer("GET")
            self.assertEqual(len(self.service.requests), before)


class Strangers(Secured):
    def test_plain_http_is_told_so(self):
        self.start()
        for request in (GET, b"POST /open/x HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\n\r\nhello",
                        b"get / HTTP/1.0\r\n\r\n", b"CONNECT x:1 HTTP/1.1\r\n\r\n"):
            with Connection(self.gateway.address) as connection:
                connection.send(request)
                answer = connection.answer()
                self.assertEqual(answer.status, 400)
                self.assertIn(b'"malformed"', answer.body)
                self.assertTrue(connection.closed())
            self.assertEqual(self.gateway.next_log_line()["reason"], "bad_http")
        self.counted("plain_http", 4)
        self.assertEqual(self.service.requests, [])
        # A scan fills no disk.
        lines = [line for line in self.gateway.diagnostics if "TLS handshake" in line]
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("127.0.0.1 failed: plain_http", lines[0])

    def test_what_is_neither_is_cut(self):
        self.start()
        for noise in (b"\x00" * 64, b"\x16\x03\x01\xff\xff" + b"\x00" * 64, b"\xff" * 3000):
            with Connection(self.gateway.address) as connection:
                connection.send(noise)
                self.assertNotIn(b"HTTP", connection.rest())
        self.counted("malformed", 3)

    def test_a_handshake_that_takes_too_long_is_cut_at_its_deadline(self):
        self.start(more="limits: {header_timeout: 200ms}\n")
        whole = self.hello()
        for begun in (b"", whole[:5], whole[:-1]):
            with Connection(self.gateway.address) as connection:
                connection.send(begun)
                self.assertTrue(connection.closed())
        self.counted("timeout", 3)
        self.assertEqual(self.gateway.metrics()["countersign_connections"], 0)

    def hello(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with self.assertRaises(ssl.SSLWantReadError):
            client().wrap_bio(incoming, outgoing).do_handshake()
        return outgoing.read()

    def test_who_hangs_up_meanwhile_is_counted_and_not_told_of(self):
        self.start()
        with Connection(self.gateway.address) as connection:
            connection.send(self.hello()[:-1])
            connection.finish()
            self.assertTrue(connection.closed())
        self.counted("closed", 1)
        self.assertFalse([line for line in self.gateway.diagnostics if "TLS handshake" in line])

    def test_handshakes_count_among_the_connections(self):
        self.start(more="limits: {connections: 1}\n")
        with Connection(self.gateway.address) as first:
            first.send(self.hello()[:5])
            with Connection(self.gateway.address) as second:
                self.assertEqual(second.rest(), b"")
            self.assertEqual(self.gateway.next_log_line()["reason"], "overloaded")
            first.close()
        while self.gateway.metrics()["countersign_connections"] != 0:
            pass
        connection = self.connect()
        connection.send(GET)
        self.assertEqual(connection.answer("GET").status, 200)

    def test_half_a_record_and_then_nothing_keeps_nobody_else_waiting(self):
        self.start()
        stuck = self.connect()
        plain = socket.socket(fileno=stuck.socket.detach())
        self.addCleanup(plain.close)
        plain.settimeout(PATIENCE)
        plain.sendall(b"\x17\x03\x03\x40\x00" + b"x" * 100)
        connection = self.connect()
        connection.send(GET)
        self.assertEqual(connection.answer("GET").status, 200)


class Files(Secured):
    def check(self, tls):
        config = os.path.join(self.folder, "gateway.yaml")
        with open(config, "w", encoding="utf-8") as stream:
            stream.write(secured("http://127.0.0.1:9", tls))
        os.chmod(config, 0o600)
        done = subprocess.run([BINARY, "check", "-c", config], capture_output=True, stdin=subprocess.DEVNULL, text=True,
                              check=False)
        return done.returncode, done.stderr.replace(config, "FILE")

    def test_a_key_that_others_can_read_is_warned_of_and_a_certificate_is_not(self):
        os.chmod(self.folder, 0o755)
        self.addCleanup(os.chmod, self.folder, 0o700)
        pair = self.authority.sign("seen", ["gateway.example"])
        self.assertEqual(self.check(pair.tls), (0, ""))
        os.chmod(pair.key, 0o644)
        status, said = self.check(pair.tls)
        self.assertEqual(status, 0)
        self.assertRegex(said, r"^FILE:2:\d+: listen\.tls\.key: warning: \S+: everyone on this machine can read it")

    def test_paths_are_relative_to_the_configuration(self):
        self.authority.sign("beside", ["gateway.example"])
        self.assertEqual(self.check("{certificate: beside.pem, key: beside.key}"), (0, ""))
        status, said = self.check("{certificate: beside.pem, key: nowhere/beside.key}")
        self.assertEqual(status, 78)
        self.assertRegex(said, r"^FILE:2:\d+: listen\.tls\.key: \S+/nowhere/beside\.key can't be read: No such file")

    def test_an_encrypted_key_is_told_of(self):
        pair = self.authority.sign("locked", ["gateway.example"])
        openssl("pkcs8", "-topk8", "-in", pair.key, "-out", pair.key + "8", "-passout", "pass:word")
        status, said = self.check(f"{{certificate: {pair.certificate}, key: {pair.key}8}}")
        self.assertEqual(status, 78)
        self.assertIn("is encrypted, and the gateway has nobody to ask for the password", said)


if __name__ == "__main__":
    unittest.main()

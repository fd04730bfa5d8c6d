#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Services that are spoken to over TLS: who they must be, and what comes of it when they are not."""

import json
import shutil
import ssl
import tempfile
import threading
import unittest

from certificates import Authority
from gateway import Gateway, basic
from secure import SecureUpstream
from upstream import OK, Held, Service, Upstream
from wire import PATIENCE, Connection, exchange

GET = b"GET /open/x HTTP/1.1\r\nHost: gateway\r\n\r\n"
CLOSING = OK.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)


class Services(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="countersign-tls-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.authority = Authority(cls.folder)
        cls.pair = cls.authority.sign("service", ["localhost", "service.example", "127.0.0.1"])

    def start(self, pair=None, tls="", host="127.0.0.1", ca=True, **more):
        """A gateway in front of a service that shows this certificate. `tls`: more of the upstream's key."""
        self.service = self.enterContext(SecureUpstream(pair or self.pair, **more))
        settings = [f"ca: {self.authority.certificate}"] if ca else []
        settings += [tls] if tls else []
        upstream = f"{{endpoints: https://{host}:{self.service.port}, tls: {{{', '.join(settings)}}}}}"
        self.config = basic(upstream)
        self.gateway = self.enterContext(Gateway(self.config))

    def ask(self, request=GET, method="GET"):
        return exchange(self.gateway.address, request, method)

    def unreachable(self, why):
        """502, and the log says why; nothing reached the service."""
        answer = self.ask()
        self.assertEqual((answer.status, json.loads(answer.body)["code"]), (502, "upstream_unreachable"))
        self.assertEqual(self.service.requests, [])
        self.gateway.wait_for_diagnostic(why)
        up = [value for name, value in self.gateway.metrics().items() if name.startswith("countersign_upstream_up")]
        self.assertEqual(up, [0])


class Trust(Services):
    def test_a_service_that_is_who_it_should_be(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.start(version=version)
            self.assertEqual(self.ask().status, 200)
            got = self.service.requests[0]
            self.assertEqual(got.field("host"), f"127.0.0.1:{self.service.port}")
            self.assertEqual(self.service.agreed[0].selected_alpn_protocol(), "http/1.1")
            self.assertEqual(self.service.names, [None])  # an address is no name (RFC 6066, section 3)
            labels = f'upstream="orders",endpoint="https://127.0.0.1:{self.service.port}"'
            self.assertEqual(self.gateway.metrics()[f"countersign_upstream_connections{{{labels}}}"], 1)

    def test_a_host_is_asked_for_by_its_name(self):
        self.start(host="localhost")
        self.assertEqual(self.ask().status, 200)
        self.assertEqual(self.service.names, ["localhost"])

    def test_another_name_may_be_said_to_stand_in_its_certificate(self):
        self.start(tls="server_name: service.example")
        self.assertEqual(self.ask().status, 200)
        self.assertEqual(self.service.names, ["service.example"])
        self.assertEqual(self.service.requests[0].field("host"), f"127.0.0.1:{self.service.port}")

    def test_a_certificate_for_another_name(self):
        self.start(self.authority.sign("elsewhere", ["elsewhere.example"]), host="localhost")
        self.unreachable(r"https://localhost:\d+ .*hostname mismatch")

    def test_a_certificate_for_another_address(self):
        self.start(self.authority.sign("another", ["127.0.0.2"]))
        self.unreachable("IP address mismatch")

    def test_an_expired_certificate(self):
        self.start(self.authority.sign("expired", ["127.0.0.1"], days=-1))
        self.unreachable("certificate has expired")

    def test_a_self_signed_certificate(self):
        self.start(self.authority.sign("alone", ["127.0.0.1"], self_signed=True))
        self.unreachable("self-signed certificate")

    def test_an_authority_that_is_not_trusted(self):
        self.start(Authority(self.folder, "foreign").sign("theirs", ["127.0.0.1"]))
        self.unreachable("unable to get local issuer certificate")

    def test_an_authority_below_another_may_stand_alone(self):
        below = self.authority.below("below")
        self.start(below.sign("service-below", ["127.0.0.1"]), tls=f"ca: {below.certificate}", ca=False)
        self.assertEqual(self.ask().status, 200)

    def test_the_systems_authorities_are_asked_if_none_is_named(self):
        self.start(ca=False)
        self.unreachable("unable to get local issuer certificate")

    def test_a_certificate_for_clients_is_none_for_a_service(self):
        self.start(self.authority.sign("client", ["127.0.0.1"], usage="clientAuth"))
        self.unreachable("unsuitable certificate purpose")

    def test_an_older_version(self):
        self.start(version=ssl.TLSVersion.TLSv1_1)
        self.unreachable("protocol")

    def test_a_service_without_tls(self):
        self.service = self.enterContext(Upstream())
        self.gateway = self.enterContext(Gateway(basic(f"https://127.0.0.1:{self.service.port}")))
        self.unreachable("timeout|wrong version number")  # it waits for the end of what is no head

    def test_a_service_that_says_nothing_is_given_up_in_time(self):
        upstream = "{endpoints: https://127.0.0.1:%d, timeouts: {connect: 200ms}}"
        with Held() as silent:
            self.service = silent.service
            self.gateway = self.enterContext(Gateway(basic(upstream % silent.service.port)))
            self.unreachable("timeout")

    def test_a_service_that_asks_who_we_are(self):
        own = self.authority.sign("gateway", usage="clientAuth")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.start(tls=f"certificate: {own.certificate}, key: {own.key}", authority=self.authority, version=version)
            self.assertEqual(self.ask().status, 200)
            subject = dict(pair[0] for pair in self.service.agreed[0].getpeercert()["subject"])
            self.assertEqual(subject["commonName"], "gateway")

    def test_and_is_not_told(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.start(authority=self.authority, version=version)
            self.assertEqual(self.ask().status, 502)
            self.assertEqual(self.service.requests, [])
            self.gateway.wait_for_diagnostic("certificate required|handshake failure|bad certificate")


class Messages(Services):
    def test_connections_are_kept_also_where_tickets_come_late(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.start(version=version)
            for _ in range(5):
                self.assertEqual(self.ask().status, 200)
            self.assertEqual(self.service.connections, 1)

    def test_sessions_are_resumed(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.start(version=version, reply=CLOSING)
            for _ in range(3):
                self.assertEqual(self.ask().status, 200)
            self.assertEqual(self.service.resumed, [False, True, True])

    def test_large_bodies_go_both_ways(self):
        body = bytes(range(256)) * 4000
        reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (8 * len(body)) + 8 * body
        self.start(reply=reply)
        request = b"POST /open/x HTTP/1.1\r\nHost: g\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        for _ in range(2):
            self.assertEqual(self.ask(request, "POST").body, 8 * body)
            self.assertEqual(self.service.requests[-1].body, body)
        self.assertEqual(self.service.connections, 1)

    def test_an_answer_that_ends_with_the_connection_is_whole_only_if_that_is_said(self):
        until_close = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it"

        def once(_, peer):
            peer.sendall(until_close)
            if said:
                peer.unwrap()
            peer.close()

        for said in (True, False):
            self.start(reply=once)
            with Connection(self.gateway.address) as connection:
                connection.send(GET)
                if said:
                    self.assertEqual(connection.answer("GET").body, b"all of it")
                else:
                    with self.assertRaises(EOFError):
                        connection.answer("GET")
                    self.assertEqual(self.gateway.next_log_line()["reason"], "upstream_invalid")

    def test_one_that_answers_before_it_has_read_the_body(self):
        def early(peer, _):
            with context.wrap_socket(peer, server_side=True) as secured:
                secured.recv(100)
                secured.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
                heard.wait(PATIENCE)

        heard = threading.Event()
        self.addCleanup(heard.set)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pair.certificate, self.pair.key)
        self.service = self.enterContext(Service(early))
        upstream = f"{{endpoints: https://127.0.0.1:{self.service.port}, tls: {{ca: {self.authority.certificate}}}}}"
        self.gateway = self.enterContext(Gateway(basic(upstream, more="limits: {body_bytes: 64MiB}\n")))
        body = b"x" * (32 << 20)
        answer = self.ask(b"POST /open/x HTTP/1.1\r\nHost: g\r\nContent-Length: %d\r\n\r\n" % len(body) + body, "POST")
        heard.set()
        self.assertEqual(answer.status, 413)


class Reloads(Services):
    def test_what_was_agreed_on_by_other_settings_is_used_no_more(self):
        self.start()
        self.assertEqual(self.ask().status, 200)
        self.assertTrue(self.gateway.reload())
        self.assertEqual(self.ask().status, 200)
        self.assertEqual(self.service.connections, 1)
        other = Authority(self.folder, "later")
        self.assertTrue(self.gateway.reload(self.config.replace(self.authority.certificate, other.certificate)))
        self.assertEqual(self.ask().status, 502)
        self.assertTrue(self.gateway.reload(self.config))
        self.assertEqual(self.ask().status, 200)


if __name__ == "__main__":
    unittest.main()

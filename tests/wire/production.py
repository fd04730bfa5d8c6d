#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The accepted configuration for production works as it stands: TLS and mTLS, endpoints that come and go, versions,
secrets that change, limits, and a route that observes. Nothing of the file changes but the ports."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

from certificates import Authority
from gateway import BINARY, PATIENCE, Gateway
from laravel import Client
from secure import Secure, SecureUpstream, addresses, client
from upstream import Upstream
from wire import exchange

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "acceptance", "production.yaml")
OLD = b"an-old-secret-16"
LISTENERS = ("8443", "8444", "8080", "9901")


class Production(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.mkdtemp(prefix="countersign-")
        cls.addClassCleanup(shutil.rmtree, cls.made)
        cls.authority = Authority(cls.made, "ca")
        cls.server = cls.authority.sign("server", ["gateway.example", "127.0.0.1"])
        cls.client = cls.authority.sign("client", usage="clientAuth")
        cls.behind = cls.authority.sign("upstream", ["upstream.test"])

    def setUp(self):
        with open(FILE, encoding="utf-8") as stream:
            self.text = stream.read()
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="countersign-"))
        os.mkdir(os.path.join(self.folder, "tls"), 0o700)
        os.mkdir(os.path.join(self.folder, "secrets"), 0o700)
        for pair, name in ((self.server, "server"), (self.client, "client"), (self.authority, "ca")):
            shutil.copyfile(pair.certificate, os.path.join(self.folder, "tls", name + ".pem"))
            if name != "ca":
                shutil.copyfile(pair.key, os.path.join(self.folder, "tls", name + ".key"))
        with open(os.path.join(self.folder, "secrets", "old"), "wb") as stream:
            stream.write(OLD + b"\n")

    def start(self):
        self.services = [Upstream(), Upstream()]
        self.addCleanup(lambda: [service.close() for service in self.services])
        self.secure = self.enterContext(SecureUpstream(self.behind, authority=self.authority))
        text = self.text
        for port in LISTENERS:
            text = text.replace(f"127.0.0.1:{port}", "127.0.0.1:0")
        for port, service in (("9001", self.services[0]), ("9002", self.services[1]), ("9443", self.secure)):
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{service.port}")
        self.gateway = self.enterContext(Gateway(text, environment={"RETIRED_SECRET": "retired-retired-"},
                                                 keep=self.folder))
        self.tls, self.mutual, self.plain = addresses(self.gateway)
        return self.gateway

    def received(self):
        """What came to the services, but for questions after their health."""
        return [r for service in (*self.services, self.secure) for r in service.requests if "/healthz" not in r.line]

    def over_tls(self, request, address=None, **more):
        with Secure(address or self.tls, client(self.authority, **more)) as connection:
            connection.send(request)
            return connection.answer()

    def test_check_warns_of_what_observes_and_of_nothing_else(self):
        config = os.path.join(self.folder, "production.yaml")
        shutil.copyfile(FILE, config)
        os.chmod(config, 0o600)
        done = subprocess.run([BINARY, "check", "-c", config], capture_output=True, timeout=PATIENCE, text=True,
                              env={**os.environ, "RETIRED_SECRET": "retired-retired-"})
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stderr.splitlines()
        self.assertEqual([("routes[2].mode" in line) for line in lines], [True], done.stderr)

    def test_every_door_takes_a_message(self):
        self.start()
        for number, send in enumerate((lambda r: self.over_tls(r),
                                       lambda r: self.over_tls(r, self.mutual, certificate=self.client),
                                       lambda r: exchange(self.plain, r))):
            answer = send(Client().request("/api/orders?x=1", message={"number": number}))
            self.assertEqual((answer.status, answer.body), (200, b'{"ok":true}'))
            self.assertIsNotNone(answer.field("Deprecation"))
            self.assertEqual(answer.field("Sunset"), "Wed, 30 Jun 2027 00:00:00 GMT")
        got = sorted(self.received(), key=lambda r: r.body)
        self.assertEqual([json.loads(r.body)["number"] for r in got], [0, 1, 2])
        self.assertEqual({r.line for r in got}, {"POST /orders?x=1 HTTP/1.1"})
        self.assertEqual([r.field("X-Forwarded-Proto") for r in got], ["https", "https", "http"])

    def test_the_door_for_those_with_certificates_takes_nobody_else(self):
        self.start()
        with self.assertRaises((OSError, EOFError)):
            self.over_tls(Client().request("/api/orders"), self.mutual)
        self.assertEqual(self.received(), [])

    def test_new_clients_go_to_the_service_behind_tls(self):
        self.start()
        answer = self.over_tls(Client(version="2.0.0").request("/api/orders"))
        self.assertEqual(answer.status, 200)
        self.assertIsNone(answer.field("Deprecation"))
        (got,) = self.received()
        self.assertEqual(got.line, "POST /api/orders HTTP/1.1")
        self.assertEqual((got.field("X-Client-Id"), got.field("X-Client-Version")), ("billing", "2.0.0"))
        self.assertEqual(self.secure.names, ["upstream.test"])
        self.assertEqual(len(self.secure.requests), 1)

    def test_both_secrets_are_in_force_and_who_is_retired_is_nobody(self):
        self.start()
        for secret, token, status in ((b"0123456789abcdef", "my_key", 200), (OLD, "my_key", 200),
                                      (b"retired-retired-", "retired", 401), (b"another-another-", "my_key", 401)):
            answer = exchange(self.plain, Client(token=token, secret=secret).request("/api/orders"))
            self.assertEqual(answer.status, status, (secret, token))
        self.assertEqual(exchange(self.plain, Client(version="0.9.0").request("/api/orders")).status, 403)
        self.assertEqual(len(self.received()), 2)

    def test_a_route_that_observes_lets_pass_what_lacks_proof(self):
        self.start()
        request = b"POST /trial/x HTTP/1.1\r\nHost: gateway\r\nContent-Type: text/x\r\nContent-Length: 3\r\n\r\nany"
        self.assertEqual(exchange(self.plain, request).status, 200)
        (got,) = self.received()
        self.assertEqual((got.line, got.body), ("POST /trial/x HTTP/1.1", b"any"))
        self.assertEqual(got.field("X-Countersign-Observed"), "missing_credential")
        self.assertIsNone(got.field("X-Client-Id"))
        # Who is proven is treated as anywhere: this client may use two other routes.
        self.assertEqual(exchange(self.plain, Client().request("/trial/y")).status, 403)
        self.assertEqual(len(self.received()), 1)

    def test_a_service_that_goes_away_costs_nobody_an_answer(self):
        gateway = self.start()
        up = 'countersign_upstream_up{upstream="orders",endpoint="http://127.0.0.1:%d"}'
        ports = [service.port for service in self.services]
        self.services.pop(0).close()
        for number in range(20):
            answer = exchange(self.plain, Client().request("/api/orders", message={"number": number}))
            self.assertEqual(answer.status, 200)
        end = time.monotonic() + PATIENCE
        while gateway.metrics()[up % ports[0]] and time.monotonic() < end:
            pass
        metrics = gateway.metrics()
        self.assertEqual([metrics[up % port] for port in ports], [0, 1])
        self.assertEqual(gateway.admin_get("/readyz")[0], 200)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The accepted configuration works as it stands: the file is served unchanged but for the upstream's port."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

from gateway import BINARY, PATIENCE, Gateway
from laravel import Client
from upstream import Upstream
from wire import exchange

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "acceptance", "laravel.yaml")
UPSTREAM = "127.0.0.1:9001"
PORTS = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")


def check(path, *more):
    return subprocess.run([BINARY, "check", "-c", path, *more], capture_output=True, timeout=PATIENCE)


class Acceptance(unittest.TestCase):
    def setUp(self):
        with open(FILE, encoding="utf-8") as stream:
            self.text = stream.read()
        self.service = self.enterContext(Upstream())

    def served(self):
        """The file with another port for its upstream, which is the one thing that may change."""
        self.assertEqual(self.text.count(UPSTREAM), 1)
        changed = self.text.replace(UPSTREAM, f"127.0.0.1:{self.service.port}")
        self.assertEqual(changed.replace(f"127.0.0.1:{self.service.port}", UPSTREAM), self.text)
        return self.enterContext(Gateway(changed, arguments=PORTS))

    def test_check_has_nothing_to_say(self):
        # Where nobody else can read it: the one thing that may be wrong with the file is where it lies.
        private = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "laravel.yaml")
        shutil.copyfile(FILE, private)
        for more in ((), ("--strict",)):
            done = check(private, *more)
            self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_what_is_served_is_what_was_checked(self):
        gateway = self.served()
        done = check(gateway.config, "--strict")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        with open(gateway.config, encoding="utf-8") as stream:
            self.assertEqual(stream.read().replace(f"127.0.0.1:{self.service.port}", UPSTREAM), self.text)

    def test_both_clients_reach_the_service(self):
        gateway = self.served()
        for client, name in ((Client(), "billing"), (Client("wh-7", bytes(range(32)), "AES-256-GCM"), "warehouse")):
            answer = exchange(gateway.address, client.request(path="/api/orders?x=1", message={"Zoë": [1, {}]}))
            self.assertEqual((answer.status, answer.body), (200, b'{"ok":true}'))
            got = self.service.requests[-1]
            self.assertEqual((got.line, got.field("X-Client-Id")), ("POST /api/orders?x=1 HTTP/1.1", name))
            self.assertEqual(json.loads(got.body), {"Zoë": [1, {}]})

    def test_a_message_is_taken_once(self):
        gateway = self.served()
        request = Client().request()
        self.assertEqual([exchange(gateway.address, request).status for _ in range(3)], [200, 401, 401])
        self.assertEqual(len(self.service.requests), 1)

    def test_the_open_route_takes_anything_and_the_rest_nothing(self):
        # V22
        gateway = self.served()
        head = "POST {} HTTP/1.1\r\nHost: gateway\r\nContent-Type: text/x\r\nContent-Length: 3\r\n\r\nany"
        statuses = [exchange(gateway.address, head.format(path).encode()).status
                    for path in ("/open/x", "/api/x", "/x", "/openx", "/apix", "/")]
        self.assertEqual(statuses, [200, 401, 404, 404, 404, 404])
        (got,) = self.service.requests
        self.assertEqual((got.line, got.body, got.field("Content-Type")), ("POST /open/x HTTP/1.1", b"any", "text/x"))
        self.assertIsNone(got.field("X-Client-Id"))

    def test_the_admin_listener_answers(self):
        gateway = self.served()
        exchange(gateway.address, Client().request())
        for path in ("/livez", "/readyz", "/metrics", "/config"):
            self.assertEqual(gateway.admin_get(path)[0], 200, path)


if __name__ == "__main__":
    unittest.main()

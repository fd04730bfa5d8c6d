#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Clients and secrets in files of their own: told by file and line, read again by a reload, warned of if exposed."""

import json
import os
import tempfile
import unittest

from command import run
from gateway import Gateway
from laravel import Client
from upstream import Upstream
from wire import exchange

FIRST, SECOND, THIRD = b"0f1e2d3c4b5a6978", b"1f1e2d3c4b5a6978", b"2f1e2d3c4b5a6978"
CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
clients: [file:parts/one.yaml, file:parts/two.yaml]
upstreams: {orders: %s}
routes: [{path: /api/, scheme: laravel, upstream: orders}]
"""


class Parts(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Upstream())
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        os.mkdir(os.path.join(self.folder, "parts"))
        self.write("one.yaml", f"billing:\n  secret: {FIRST.decode()}\n")
        self.write("two.yaml", "shop: {secrets: file:parts/shop.yaml}\n")
        self.write("shop.yaml", f"- {{id: a, value: {SECOND.decode()}}}\n")

    def write(self, name, text, mode=0o600):
        path = os.path.join(self.folder, "parts", name)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(path, mode)

    def check(self, *more):
        path = os.path.join(self.folder, "gateway.yaml")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(CONFIG % self.service.url)
        return run("check", "-c", path, *more)

    def status(self, gateway, token, secret):
        client = Client(token, secret)
        return exchange(gateway.address, client.request()).status

    def test_each_file_is_read_again_with_a_reload(self):
        with Gateway(CONFIG % self.service.url, keep=self.folder) as gateway:
            self.assertEqual(self.status(gateway, "billing", FIRST), 200)
            self.assertEqual(self.status(gateway, "shop", SECOND), 200)
            self.assertEqual(self.status(gateway, "shop", THIRD), 401)
            self.write("shop.yaml", f"- {{id: b, value: {THIRD.decode()}}}\n")
            self.assertTrue(gateway.reload())
            self.assertEqual(self.status(gateway, "shop", THIRD), 200)
            self.assertEqual(self.status(gateway, "shop", SECOND), 401)
            self.write("one.yaml", "depot: {secret: 3f1e2d3c4b5a6978}\n")
            self.assertTrue(gateway.reload())
            self.assertEqual(self.status(gateway, "billing", FIRST), 401)

            self.write("shop.yaml", "- {id: b, vaule: x}\n")
            self.assertFalse(gateway.reload())
            self.assertEqual(self.status(gateway, "shop", THIRD), 200)
            shop = os.path.join(self.folder, "parts", "shop.yaml")
            self.assertIn(f"{shop}:1:11: clients.shop.secrets[0].vaule: unknown key",
                          "\n".join(gateway.diagnostics))

    def test_problems_are_told_by_file_and_line(self):
        self.write("two.yaml", "shop:\n  secrets: file:parts/shop.yaml\n  tokn: x\nbilling: {secret: hex:00}\n")
        self.write("shop.yaml", "- {id: a, value: changeme}\n")
        said = self.check()
        parts = os.path.join(self.folder, "parts")
        self.assertEqual((said.status, said.out), (78, ""))
        lines = said.err.splitlines()
        for beginning in (f"{parts}/two.yaml:3:3: clients.shop.tokn: unknown key",
                          f"{parts}/two.yaml:4:1: clients.billing: is the id of a client at {parts}/one.yaml:1:1 ",
                          f"{parts}/shop.yaml:1:18: clients.shop.secrets[0].value: is nobody's secret"):
            self.assertTrue(any(line.startswith(beginning) for line in lines), lines)
        told = json.loads(self.check("--json").out)
        self.assertEqual({problem["file"] for problem in told["problems"]}, {f"{parts}/two.yaml", f"{parts}/shop.yaml"})

    def test_a_file_that_others_read_is_warned_of(self):
        os.chmod(self.folder, 0o755)
        self.assertEqual(self.check().err, "")
        self.write("shop.yaml", f"- {{id: a, value: {SECOND.decode()}}}\n", 0o644)
        said = self.check()
        self.assertEqual(said.status, 0)
        path = os.path.join(self.folder, "parts", "shop.yaml")
        self.assertRegex(said.err, rf"\A{path}: warning: holds secrets, and everyone on this machine can read it "
                                   rf"\(mode 0644\): chmod (?:o|go)= {path}\n\Z")
        self.assertNotIn(SECOND.decode(), said.err)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The audit log: what became of the gateway, and messages that hint at misuse of a client's credentials."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

from gateway import BINARY, PATIENCE, Gateway, basic
from laravel import Client
from upstream import Upstream
from wire import exchange

CLIENTS = """
clients:
  gone: {token: old_key, secret: fedcba9876543210, enabled: false}
  billing: {token: my_key, secret: 0123456789abcdef, versions: {minimum: 1.0.0}}"""


class Audit(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Upstream())
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.path = os.path.join(self.folder, "audit.log")

    def config(self, path=None, more=""):
        text = basic(self.service.url, more="audit_log: {path: %s}\n%s" % (path or self.path, more))
        before = "\nclients:\n  billing: {token: my_key, secret: 0123456789abcdef}"
        assert before in text
        return text.replace(before, CLIENTS)

    def ask(self, gateway, client, status, **more):
        answer = exchange(gateway.address, client.request("/api/x", **more))
        self.assertEqual(answer.status, status)
        return answer.field("X-Request-Id")

    def lines(self, path=None):
        with open(path or self.path, encoding="utf-8") as stream:
            return [json.loads(line) for line in stream]

    def events(self, path=None):
        return [line["event"] for line in self.lines(path)]

    def test_what_hints_at_misuse_has_a_line_and_nothing_else(self):
        with Gateway(self.config()) as gateway:
            client = Client()
            payload = client.payload({"n": 1})
            fields = client.fields(int(time.time()))
            self.ask(gateway, client, 200, payload=payload, fields=fields)
            replayed = self.ask(gateway, client, 401, payload=payload, fields=fields)
            old = self.ask(gateway, Client(version="0.9"), 403)
            gone = self.ask(gateway, Client("old_key", b"fedcba9876543210"), 401)
            self.ask(gateway, Client(secret=b"0123456789abcdeX"), 401)
            self.ask(gateway, Client("nobody"), 401)
            self.assertEqual(gateway.metrics()["countersign_audit_log_lines_dropped_total"], 0)
        lines = self.lines()
        messages = {line["event"]: line for line in lines if "request_id" in line}
        self.assertEqual({event: line["request_id"] for event, line in messages.items()},
                         {"replay": replayed, "version_rejected": old, "client_disabled": gone})
        self.assertEqual({event: line["client"] for event, line in messages.items()},
                         {"replay": "billing", "version_rejected": "billing", "client_disabled": "gone"})
        for line in messages.values():
            self.assertEqual((line["client_address"], line["route"]), ("127.0.0.1", "api"))
            self.assertEqual(line["reason"], line["event"])
        self.assertEqual(sorted(line["event"] for line in lines if "request_id" not in line),
                         ["draining", "start", "stop"])
        with open(self.path, encoding="utf-8") as stream:
            text = stream.read()
        for secret in ("0123456789abcdef", "fedcba9876543210", fields["signature"], payload[:60]):
            self.assertNotIn(secret, text)

    def test_start_and_end_have_lines_in_their_order(self):
        with Gateway(self.config()) as gateway:
            self.assertEqual(gateway.stop(), 0)
        self.assertEqual(self.events(), ["start", "draining", "stop"])

    def test_other_configurations_are_told(self):
        with Gateway(self.config()) as gateway:
            self.assertTrue(gateway.reload())
            self.assertFalse(gateway.reload("nonsense"))
        self.assertEqual([(line["event"], line.get("detail")) for line in self.lines()],
                         [("start", None), ("reload", "SIGHUP"), ("reload_failed", "SIGHUP"), ("draining", None),
                          ("stop", None)])
        self.assertTrue(all(line["time"].endswith("Z") for line in self.lines()))

    def test_whose_secrets_came_and_went_is_told_and_what_they_are_is_not(self):
        before = self.config()
        with Gateway(before) as gateway:
            two = "secrets: [{id: a, value: 0123456789abcdef}, {id: b, value: 0f1e2d3c4b5a6978}]"
            self.assertTrue(gateway.reload(before.replace("secret: 0123456789abcdef", two)))
            self.assertTrue(gateway.reload(before.replace("  gone: {token: old_key,", "  came: {token: new_key,")))
        told = [(line["event"], line.get("client"), line.get("secret")) for line in self.lines()]
        reload = ("reload", None, None)
        self.assertEqual(told[1:-2], [
            reload, ("secret_removed", "billing", "default"), ("secret_added", "billing", "a"),
            ("secret_added", "billing", "b"),
            reload, ("client_added", "came", None), ("secret_removed", "billing", "a"),
            ("secret_removed", "billing", "b"), ("secret_added", "billing", "default"),
            ("client_removed", "gone", None)])
        with open(self.path, encoding="utf-8") as stream:
            text = stream.read()
        for secret in ("0123456789abcdef", "0f1e2d3c4b5a6978", "fedcba9876543210"):
            self.assertNotIn(secret, text)

    def test_who_may_not_change_anything_is_told(self):
        with Gateway(self.config()) as gateway:
            head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n%s\r\n"
            self.assertEqual(exchange(gateway.admin, head % (b"/reload", b"Origin: http://evil\r\n")).status, 403)
            self.assertEqual(exchange(gateway.admin, head % (b"/reload", b"Authorization: Bearer x\r\n")).status, 401)
            self.assertEqual(exchange(gateway.admin, head % (b"/metrics", b"Host: evil\r\n")).status // 100, 4)
        refused = [line for line in self.lines() if line["event"] == "admin_refused"]
        self.assertEqual([(line["detail"], line["client_address"]) for line in refused],
                         [("POST /reload: 403", "127.0.0.1"), ("POST /reload: 401", "127.0.0.1")])

    def test_sigusr1_opens_it_anew_and_says_so(self):
        access, moved = os.path.join(self.folder, "access.log"), os.path.join(self.folder, "audit.log.1")
        with Gateway(self.config(more="access_log: {path: %s}\n" % access)) as gateway:
            os.rename(self.path, moved)
            gateway.signal(signal.SIGUSR1)
            until = time.monotonic() + PATIENCE
            while not os.path.exists(self.path):
                self.assertLess(time.monotonic(), until)
                gateway.admin_get("/livez")  # the same thread answers: a turn of its loop each time
            self.assertEqual(gateway.stop(), 0)
        self.assertEqual(self.events(moved), ["start"])
        self.assertEqual(self.events(), ["logs_reopened", "draining", "stop"])
        self.assertNotIn("detail", self.lines()[0])

    def test_a_log_that_cannot_be_opened_anew_is_in_the_other(self):
        sub = os.path.join(self.folder, "sub")
        os.mkdir(sub)
        access = os.path.join(sub, "access.log")
        with Gateway(self.config(more="access_log: {path: %s}\n" % access)) as gateway:
            os.rename(sub, sub + ".moved")
            gateway.signal(signal.SIGUSR1)
            gateway.wait_for_diagnostic("can't open the log .*access.log: No such file or directory")
            self.assertEqual(gateway.stop(), 0)
        self.assertEqual(self.events(), ["start", "logs_reopened", "draining", "stop"])
        self.assertIn("access.log: No such file or directory", self.lines()[1]["detail"])

    def test_a_full_disk_stops_nobody_and_is_counted(self):
        with Gateway(self.config(path="/dev/full")) as gateway:
            self.ask(gateway, Client(version="0.9"), 403)
            gateway.wait_for_diagnostic("audit log: .* since the start")
            self.assertGreater(gateway.metrics()["countersign_audit_log_lines_dropped_total"], 0)
            self.ask(gateway, Client(), 200)

    def test_a_path_that_cannot_be_opened_is_told_at_the_start(self):
        config = os.path.join(self.folder, "gateway.yaml")
        with open(config, "w", encoding="ascii") as stream:
            stream.write(self.config(path=os.path.join(self.folder, "nowhere", "audit.log")))
        ended = subprocess.run([BINARY, "serve", "-c", config], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("nowhere/audit.log: No such file or directory", ended.stderr)

    def test_left_out_there_is_none(self):
        with Gateway(basic(self.service.url)) as gateway:
            self.ask(gateway, Client("nobody"), 401)
            self.assertNotIn("countersign_audit_log_lines_dropped_total", gateway.metrics())
        self.assertFalse(os.path.exists(self.path))


if __name__ == "__main__":
    unittest.main()

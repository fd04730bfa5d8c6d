#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""POST /reload on the admin listener: what SIGHUP does, with an answer; and no web page can do it."""

import json
import signal
import unittest

from gateway import PATIENCE, Gateway, basic
from laravel import Client
from upstream import Held, Upstream
from wire import Connection, exchange

OPEN = "  - {path: /open/, scheme: none, upstream: orders, content: any}\n"
TOKEN = "a-token-of-the-admin"


def post(gateway, *fields, host="localhost", method="POST", path="/reload"):
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Content-Length: 0", *fields]
    return exchange(gateway.admin, "\r\n".join(head).encode() + b"\r\n\r\n", method)


def with_token(config):
    return config.replace("admin: 127.0.0.1:0", "admin: {address: 127.0.0.1:0, token: %s}" % TOKEN)


class Post(unittest.TestCase):
    def open_is(self, gateway, status):
        self.assertEqual(exchange(gateway.address, Client().request("/open/")).status, status)

    def test_it_does_what_sighup_does_and_says_what_came_of_it(self):
        with Upstream() as service:
            config = basic(service.url, workers=2)
            with Gateway(config) as gateway:
                self.open_is(gateway, 200)
                gateway.rewrite(config.replace(OPEN, "").replace("workers: 2", "workers: 1"))
                answer = post(gateway)
                # From the answer on: all workers have heard of it.
                for _ in range(10):
                    self.open_is(gateway, 404)
                said = json.loads(answer.body)
                self.assertEqual((answer.status, answer.field("Content-Type")), (200, "application/json"))
                self.assertEqual((said["reloaded"], said["restart_needed"]), (True, ["workers"]))
                self.assertEqual([p["severity"] for p in said["problems"]], ["warning"] * len(said["problems"]))

    def test_a_bad_file_is_answered_with_all_that_is_wrong_with_it(self):
        with Upstream() as service:
            config = basic(service.url)
            with Gateway(config) as gateway:
                gateway.rewrite(config.replace("scheme: laravel", "scheme: laravle, metods: [GET]"))
                answer = post(gateway)
                said = json.loads(answer.body)
                self.assertEqual((answer.status, answer.field("Content-Type")), (422, "application/problem+json"))
                self.assertEqual((said["status"], said["code"]), (422, "bad_configuration"))
                self.assertEqual({p["path"] for p in said["problems"] if p["severity"] == "error"},
                                 {"routes[0].scheme", "routes[0].metods"})
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                self.assertEqual(gateway.metrics()["countersign_config_last_reload_successful"], 0)

    def test_no_web_page_can_do_it(self):
        with Upstream() as service:
            config = basic(service.url)
            with Gateway(config) as gateway:
                gateway.rewrite(config.replace(OPEN, ""))
                for refused in (post(gateway, "Origin: http://localhost:9901"), post(gateway, "Origin: null"),
                                post(gateway, host="evil.example"), post(gateway, host="127.0.0.1.evil.example"),
                                post(gateway, host="8.8.8.8:9901")):
                    self.assertEqual(refused.status, 403, refused)
                for method in ("GET", "HEAD", "PUT", "DELETE"):
                    refused = post(gateway, method=method)
                    self.assertEqual((refused.status, refused.field("Allow")), (405, "POST"))
                self.open_is(gateway, 200)
                for host in ("127.0.0.1:%d" % gateway.admin[1], "LocalHost", "[::1]:9901"):
                    self.assertEqual(post(gateway, host=host).status, 200, host)

    def test_a_token_that_is_said_must_be_right(self):
        with Upstream() as service:
            config = with_token(basic(service.url))
            with Gateway(config) as gateway:
                gateway.rewrite(config.replace(OPEN, ""))
                for wrong in ("Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN):
                    refused = post(gateway, f"Authorization: {wrong}")
                    self.assertEqual((refused.status, refused.field("WWW-Authenticate")), (401, "Bearer"), wrong)
                    self.open_is(gateway, 200)
                self.assertEqual(post(gateway, f"Authorization: Bearer {TOKEN}").status, 200)
                self.open_is(gateway, 404)
                self.assertNotIn(TOKEN, gateway.admin_get("/config")[1])
                # The next file's token counts from then on.
                gateway.rewrite(config.replace(TOKEN, "another-token-of-the-admin"))
                self.assertEqual(post(gateway, f"authorization: bearer {TOKEN}").status, 200)
                self.assertEqual(post(gateway, f"Authorization: Bearer {TOKEN}").status, 401)
                self.assertEqual(post(gateway).status, 200)

    def test_not_while_draining(self):
        with Held() as held:
            config = basic(held.service.url)
            with Gateway(config) as gateway, Connection(gateway.address) as busy:
                busy.send(Client().request())
                self.assertTrue(held.arrived.acquire(timeout=PATIENCE))
                gateway.signal(signal.SIGTERM)
                gateway.wait_for_diagnostic("draining: ")
                answer = post(gateway)
                self.assertEqual((answer.status, json.loads(answer.body)["code"]), (409, "draining"))
                gateway.signal(signal.SIGHUP)
                gateway.wait_for_diagnostic("SIGHUP: not while draining")
                held.go.set()
                self.assertEqual(busy.answer().status, 200)


if __name__ == "__main__":
    unittest.main()

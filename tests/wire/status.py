#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The admin listener's page for people, and the JSON that it shows."""

import base64
import hashlib
import json
import re
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import Upstream
from wire import exchange

VERSION = "1.0-x_+y"  # as odd as a version may be


def get(gateway, path, host=None):
    host = host or "%s:%d" % gateway.admin
    return exchange(gateway.admin, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(), "GET")


class Status(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Upstream())
        self.gateway = self.enterContext(Gateway(basic(self.service.url)))

    def say(self, **more):
        return exchange(self.gateway.address, Client(version=VERSION).request(**more)).status

    def test_the_page_asks_nobody_else_and_runs_nothing_else(self):
        self.assertEqual(self.say(), 200)
        answer = get(self.gateway, "/")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.field("Content-Type"), "text/html; charset=utf-8")
        self.assertEqual(answer.field("X-Content-Type-Options"), "nosniff")
        self.assertEqual(answer.field("Referrer-Policy"), "no-referrer")
        self.assertEqual(answer.field("Cache-Control"), "no-store")
        page = answer.body.decode()
        policy = dict(part.split(" ", 1) for part in answer.field("Content-Security-Policy").split("; "))
        for directive, element in (("script-src", "script"), ("style-src", "style")):
            (text,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.S)
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            self.assertEqual(policy[directive], f"'sha256-{digest}'")
        self.assertEqual({name: policy[name] for name in policy if not name.endswith("-src")},
                         {"base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"})
        self.assertEqual((policy["default-src"], policy["connect-src"]), ("'none'", "'self'"))
        self.assertNotRegex(page, r"(?i)\bhttps?:|//[a-z0-9-]+\.[a-z]|\son[a-z]+=|\sstyle=|javascript:")
        self.assertNotRegex(page, r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function")
        # It is the same for everybody: what clients say comes as JSON, and is set as text.
        for name in ("billing", "warehouse", VERSION, self.service.url):
            self.assertNotIn(name, page)

    def test_what_it_shows_is_json_that_no_browser_takes_for_a_page(self):
        self.assertEqual(self.say(), 200)
        self.assertEqual(self.say(fields={**Client().fields(), "signature": "0" * 64}), 401)
        self.gateway.next_log_line()
        self.gateway.next_log_line()  # it is counted once it is logged, and that is after it was answered
        for path in ("/status.json", "/clients"):
            answer = get(self.gateway, path)
            self.assertEqual(answer.field("Content-Type"), "application/json")
            self.assertEqual(answer.field("X-Content-Type-Options"), "nosniff")
        told = json.loads(get(self.gateway, "/status.json").body)
        (route,) = [one for one in told["routes"] if one["path"] == "/api/"]
        self.assertEqual((route["scheme"], route["envelope"], route["upstream"]), ("laravel", "laravel", "orders"))
        self.assertIs(route["observes"], False)
        self.assertEqual(route["requests"], {"all": 2, "succeeded": 1, "refused": 1, "failed": 0, "unanswered": 0})
        self.assertGreater(route["whole"]["half_us"], 0)
        (upstream,) = told["upstreams"]
        self.assertEqual(upstream["endpoints"], [{"url": self.service.url, "up": True, "connections": 1, "requests": 1,
                                                  "failed": 0}])
        self.assertEqual((upstream["max_requests"], upstream["max_pending"], upstream["turned_away"]), (256, 64, 0))
        self.assertEqual(told["refusals"], [{"reason": "bad_signature", "route": route["name"], "client": "billing",
                                             "count": 1}])
        self.assertEqual((told["draining"], told["reload_succeeded"], told["clients"]), (False, True, 2))

        (client,) = json.loads(get(self.gateway, "/clients?client=billing").body)["clients"]
        self.assertEqual([one["version"] for one in client["versions"]], [VERSION])
        self.assertEqual((client["requests"], client["proven"], client["refusals"]), (2, 1, {"bad_signature": 1}))
        (secret,) = client["secrets"]
        self.assertEqual((secret["id"], secret["address"], secret["version"]), ("default", "127.0.0.1", VERSION))

    def test_a_configuration_that_could_not_be_read_is_shown(self):
        self.assertFalse(self.gateway.reload("listen: nowhere\n"))
        self.assertIs(json.loads(get(self.gateway, "/status.json").body)["reload_succeeded"], False)

    def test_no_name_that_a_hostile_page_controls_leads_there(self):
        for path in ("/", "/status.json", "/clients"):
            self.assertEqual(get(self.gateway, path, "evil.example").status, 403, path)
            self.assertEqual(get(self.gateway, path, "localhost").status, 200, path)
        self.assertEqual(get(self.gateway, "/clients?limit=0").status, 400)
        self.assertEqual(exchange(self.gateway.admin, b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 405)


if __name__ == "__main__":
    unittest.main()

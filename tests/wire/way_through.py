#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A sealed message reaches the service as plain JSON."""

import json
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import Upstream
from wire import Connection, exchange


class WayThrough(unittest.TestCase):
    def test_the_service_gets_plain_json_and_who_said_it(self):
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            answer = exchange(gateway.address, Client().request(message={"hello": "world"}))
            self.assertEqual((answer.status, answer.body), (200, b'{"ok":true}'))
            got = service.requests[0]
            self.assertEqual(got.line, "POST /api/orders HTTP/1.1")
            self.assertEqual(json.loads(got.body), {"hello": "world"})
            self.assertEqual(got.field("Content-Type"), "application/json")
            self.assertEqual(got.field("X-Client-Id"), "billing")
            for name in ("timestamp", "version", "token", "signature"):
                self.assertIsNone(got.field(name))
            record = gateway.next_log_line()
            self.assertEqual((record["client"], record["route"], record["status"]), ("billing", "api", 200))

    def test_both_connections_are_kept(self):
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            with Connection(gateway.address) as connection:
                for number in range(5):
                    connection.send(Client().request(message={"number": number}))
                    self.assertEqual(connection.answer().status, 200)
            self.assertEqual(service.connections, 1)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Listening sockets live as long as they are configured: nobody who connects is lost when a configuration comes."""

import re
import socket
import unittest

from gateway import PATIENCE, Gateway, basic
from laravel import Client
from upstream import Held, Upstream, reserved_port
from wire import Connection, exchange


def listening(config, count):
    """On so many addresses."""
    old = "listen: 127.0.0.1:0"
    assert old in config
    return config.replace(old, "listen: [%s]" % ", ".join(["127.0.0.1:0"] * count))


def refused(address):
    try:
        socket.create_connection(address, PATIENCE).close()
        return False
    except ConnectionRefusedError:
        return True


class Listeners(unittest.TestCase):
    def opened(self, gateway):
        """The address that was listened on last."""
        found = [re.search(r" info listening on (\S+):(\d+)", line) for line in gateway.diagnostics]
        last = [one for one in found if one][-1]
        return last.group(1), int(last.group(2))

    def test_one_comes_and_goes_and_the_other_stays(self):
        with Upstream() as service:
            config = basic(service.url, workers=2)
            with Gateway(config) as gateway:
                self.assertTrue(gateway.reload(listening(config, 2)))
                gateway.wait_for_diagnostic(" listening on ")
                second = self.opened(gateway)
                self.assertNotEqual(second, gateway.address)
                for address in (gateway.address, second):
                    self.assertEqual(exchange(address, Client().request()).status, 200)
                self.assertTrue(gateway.reload(config))
                gateway.wait_for_diagnostic(r"no longer listening on %s:%d" % second)
                self.assertTrue(refused(second))
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)

    def test_who_has_connected_to_a_removed_one_is_served(self):
        """Fifty requests have been sent when it is removed; wherever each of them stands, it is answered."""
        with Upstream() as service:
            config = basic(service.url, workers=2)
            with Gateway(listening(config, 2)) as gateway:
                second = self.opened(gateway)
                queued = [Connection(second) for _ in range(50)]
                for connection in queued:
                    connection.send(Client().request())
                self.assertTrue(gateway.reload(config))
                said = []
                for connection in queued:
                    try:
                        said.append(connection.answer().status)
                        self.assertTrue(connection.closed())
                    except (EOFError, ConnectionResetError) as ended:
                        said.append(ended)
                    connection.close()
                self.assertEqual(said, [200] * 50)

    def test_who_came_through_a_removed_one_finishes_and_leaves(self):
        with Held() as held:
            config = basic(held.service.url)
            with Gateway(listening(config, 2)) as gateway:
                second = self.opened(gateway)
                with Connection(second) as busy, Connection(second) as idle, Connection(gateway.address) as other:
                    busy.send(Client().request())
                    self.assertTrue(held.arrived.acquire(timeout=PATIENCE))
                    # Both have been accepted once they have been answered.
                    for one in (idle, other):
                        one.send(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
                        self.assertEqual(one.answer("GET").status, 404)
                    self.assertTrue(gateway.reload(config))
                    self.assertTrue(idle.closed())
                    held.go.set()
                    answer = busy.answer()
                    self.assertEqual((answer.status, answer.field("Connection")), (200, "close"))
                    self.assertTrue(busy.closed())
                    other.send(Client().request())
                    answer = other.answer()
                    self.assertEqual((answer.status, answer.field("Connection")), (200, None))

    def test_an_address_that_cannot_be_had_changes_nothing_at_all(self):
        with Upstream() as service, reserved_port() as taken:
            taken.listen()
            config = basic(service.url)
            where = "127.0.0.1:%d" % taken.getsockname()[1]
            bad = config.replace("listen: 127.0.0.1:0", f"listen: [127.0.0.1:0, {where}]").replace("/open/", "/other/")
            with Gateway(config) as gateway:
                self.assertFalse(gateway.reload(bad))
                self.assertTrue(any(re.search(rf"can't listen on {where}: Address already in use$", line)
                                    for line in gateway.diagnostics), gateway.diagnostics)
                self.assertEqual(exchange(gateway.address, Client().request("/open/")).status, 200)
                self.assertEqual(exchange(gateway.address, Client().request("/other/")).status, 404)
                self.assertEqual(gateway.metrics()["countersign_config_last_reload_successful"], 0)


if __name__ == "__main__":
    unittest.main()

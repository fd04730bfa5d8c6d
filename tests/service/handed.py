#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sockets that the service manager opened: used where they listen as configured, and open when the gateway is gone."""

import os
import socket
import sys
import tempfile
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import Upstream
from wire import Connection, exchange

# As systemd does it: the descriptors from 3 on, and the variables of this very process, which the gateway becomes.
HANDS_OVER = """import os, sys
fds = [os.dup(int(fd)) for fd in sys.argv[2].split(",")]
high = [os.dup2(fd, 100 + i) for i, fd in enumerate(fds)]
os.closerange(3, 100)
for i, fd in enumerate(high):
    os.dup2(fd, 3 + i, inheritable=True)
    os.close(fd)
os.environ.update(LISTEN_PID=str(os.getpid() + int(sys.argv[1])), LISTEN_FDS=str(len(high)))
os.execv(sys.argv[3], sys.argv[3:])
"""


def door(family=socket.AF_INET, host="127.0.0.1"):
    if family == socket.AF_UNIX:
        one = socket.socket(family)
        one.bind(host)
        one.listen(128)
        return one
    return socket.create_server((host, 0), family=family, backlog=128)


class Handed(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Upstream())

    def gateway(self, sockets, config, pid_off_by=0):
        numbers = [one.fileno() for one in sockets]
        under = (sys.executable, "-c", HANDS_OVER, str(pid_off_by), ",".join(map(str, numbers)))
        return Gateway(config, under=under, descriptors=numbers)

    def config(self, listen, admin="127.0.0.1:0", more=""):
        return basic(self.service.url, more=more).replace(
            "listen: 127.0.0.1:0", f"listen: {listen}").replace("admin: 127.0.0.1:0", f"admin: {admin}")

    def complaints(self, gateway):
        return [line for line in gateway.diagnostics if "handed over" in line]

    def test_those_that_listen_as_configured_are_used(self):
        with door() as clients, door() as admin:
            addresses = ["%s:%d" % one.getsockname() for one in (clients, admin)]
            with self.gateway([admin, clients], self.config(*addresses)) as gateway:
                self.assertEqual(["%s:%d" % one for one in (gateway.address, gateway.admin)], addresses)
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                self.assertEqual(gateway.admin_get("/readyz")[0], 200)
                self.assertEqual(self.complaints(gateway), [])

    def test_what_is_not_handed_over_is_bound_and_what_is_not_configured_is_closed(self):
        with door() as clients, door() as other:
            address = "%s:%d" % clients.getsockname()
            with self.gateway([other, clients], self.config(f"[{address}, 127.0.0.1:0]")) as gateway:
                doors = [line.rsplit(" ", 1)[1] for line in gateway.diagnostics if " listening on " in line]
                self.assertEqual((len(doors), doors[0]), (2, address))
                for one in doors:
                    host, _, port = one.rpartition(":")
                    self.assertEqual(exchange((host, int(port)), Client().request()).status, 200)
                (said,) = self.complaints(gateway)
                self.assertIn("in no use here: %s:%d" % other.getsockname(), said)

    def test_what_a_reload_takes_away_is_told_to_be_the_service_managers_too(self):
        with door() as clients, door() as other:
            addresses = ["%s:%d" % one.getsockname() for one in (clients, other)]
            with self.gateway([clients, other], self.config("[%s, 127.0.0.1:0]" % ", ".join(addresses))) as gateway:
                self.assertTrue(gateway.reload(self.config(addresses[0])))
                gateway.wait_for_diagnostic(f"no longer listening on {addresses[1]}; if a service manager has opened "
                                            "it, whoever connects there waits until that closes it too")
                gateway.wait_for_diagnostic(r"no longer listening on 127\.0\.0\.1:\d+$")

    def test_the_file_of_one_at_a_path_is_the_service_managers(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="countersign-"))
        paths = [os.path.join(folder, name) for name in ("http.sock", "admin.sock")]
        with door(socket.AF_UNIX, paths[0]) as clients, door(socket.AF_UNIX, paths[1]) as admin:
            config = self.config(*(f"unix:{path}" for path in paths))
            with self.gateway([admin, clients], config) as gateway:
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                self.assertEqual(gateway.admin_get("/readyz")[0], 200)
                self.assertEqual(self.complaints(gateway), [])
            self.assertEqual(sorted(os.listdir(folder)), ["admin.sock", "http.sock"])
            with Connection(paths[0]) as waiting:
                waiting.send(Client().request(message={"id": 2}))
                with self.gateway([clients, admin], config):
                    self.assertEqual(waiting.answer().status, 200)

    def test_who_comes_while_it_is_gone_is_served_by_the_next(self):
        with door() as clients:
            config = self.config("%s:%d" % clients.getsockname())
            with self.gateway([clients], config) as gateway:
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
            with Connection(clients.getsockname()) as waiting:
                waiting.send(Client().request())
                with self.gateway([clients], config):
                    self.assertEqual(waiting.answer().status, 200)

    def test_those_of_another_process_are_none_of_its_business(self):
        with door() as clients:
            with self.gateway([clients], self.config("127.0.0.1:0"), pid_off_by=1) as gateway:
                self.assertNotEqual(gateway.address, clients.getsockname())
                self.assertEqual(self.complaints(gateway), [])


if __name__ == "__main__":
    unittest.main()

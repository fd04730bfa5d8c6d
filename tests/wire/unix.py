#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Unix-domain sockets: clients, the admin listener and services that are found by a path, and the file there."""

import json
import os
import socket
import stat
import subprocess
import tempfile
import unittest

from gateway import BINARY, PATIENCE, Gateway, basic
from laravel import Client
from upstream import Upstream, reserved_port
from wire import Connection, exchange

OPEN = b"GET /open/x HTTP/1.1\r\nHost: api.example.com\r\n\r\n"


def identity(path):
    """What does not change by being used, as the time of an access does."""
    here = os.stat(path)
    return here.st_dev, here.st_ino, here.st_mode, here.st_ctime_ns


def bound(path, listens=True):
    """A socket at this path, of somebody else's."""
    one = socket.socket(socket.AF_UNIX)
    one.bind(path)
    if listens:
        one.listen()
    return one


def ask(address, *lines, path="/open/x"):
    head = "\r\n".join((f"GET {path} HTTP/1.1", "Host: api.example.com", *lines, "", ""))
    return exchange(address, head.encode(), "GET")


class Place(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="countersign-"))
        self.path = os.path.join(self.folder, "http.sock")
        self.service = self.enterContext(Upstream())

    def at(self, name):
        return os.path.join(self.folder, name)

    def config(self, listen=None, admin="127.0.0.1:0", more="", upstream=None):
        return basic(upstream or self.service.url, more=more).replace(
            "listen: 127.0.0.1:0", f"listen: {listen or 'unix:' + self.path}").replace(
            "admin: 127.0.0.1:0", f"admin: {admin}")

    def gateway(self, *arguments, **settings):
        return self.enterContext(Gateway(self.config(**settings), arguments))

    def fails(self, config):
        """What it says that can't start."""
        file = self.at("bad.yaml")
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(config)
        ended = subprocess.run([BINARY, "serve", "-c", file], capture_output=True, timeout=PATIENCE, check=False,
                               env={**os.environ, "STATE_DIRECTORY": self.folder})
        self.assertEqual(ended.returncode, 1, ended.stderr)
        return ended.stderr.decode()


class Listener(Place):
    def test_clients_are_served_at_a_path_which_is_gone_in_the_end(self):
        gateway = self.gateway()
        self.assertEqual(gateway.address, self.path)
        with Connection(self.path) as connection:
            for number in range(2):
                connection.send(Client().request(message={"id": number}))
                self.assertEqual(connection.answer().status, 200)
                self.assertEqual(gateway.next_log_line()["client_address"], "unix")
        self.assertEqual(self.service.requests[0].field("x-forwarded-for"), "unix")
        here = os.stat(self.path)
        self.assertEqual((stat.S_ISSOCK(here.st_mode), stat.S_IMODE(here.st_mode)), (True, 0o660))
        self.assertEqual(gateway.stop(), 0)
        self.assertEqual(os.listdir(self.folder), [])

    def test_many_bytes_go_through(self):
        reply = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"r" * 3_000_000
        service = self.enterContext(Upstream(reply, bound(self.at("app.sock"))))
        gateway = self.gateway(upstream=service.url)
        body = os.urandom(1_000_000)
        head = f"POST /open/x HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        self.assertEqual(exchange(gateway.address, head + body).body, b"r" * 3_000_000)
        self.assertEqual(service.requests[0].body, body)

    def test_a_file_that_a_crash_left_is_replaced(self):
        first = self.gateway()
        first.kill()
        self.assertTrue(os.path.exists(self.path))
        second = self.gateway()
        self.assertEqual(ask(second.address).status, 200)
        second.kill()
        with bound(self.at("admin.sock"), listens=False):
            pass
        third = self.gateway(admin=f"unix:{self.at('admin.sock')}")
        self.assertEqual(third.admin_get("/livez")[0], 200)
        self.assertEqual(ask(third.address).status, 200)

    def test_where_somebody_listens_nothing_is_touched(self):
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            with self.subTest(kind=kind), socket.socket(socket.AF_UNIX, kind) as other:
                other.bind(self.path)
                other.listen(0)
                before = identity(self.path)
                # The second finds a queue that is full.
                for _ in range(3):
                    self.assertRegex(self.fails(self.config()),
                                     f"can't listen on unix:{self.path}: Address already in use")
                self.assertEqual(identity(self.path), before)
                os.unlink(self.path)

    def test_what_is_no_socket_is_left_alone(self):
        with open(self.path, "w", encoding="utf-8") as stream:
            stream.write("dear")
        self.assertRegex(self.fails(self.config()), f"can't listen on unix:{self.path}: File exists")
        with open(self.path, encoding="utf-8") as stream:
            self.assertEqual(stream.read(), "dear")
        os.unlink(self.path)
        os.symlink(self.at("elsewhere"), self.path)
        self.assertRegex(self.fails(self.config()), "can't listen on unix:")
        self.assertTrue(os.path.islink(self.path))
        self.assertRegex(self.fails(self.config(listen=f"unix:{self.at('none')}/x")), "No such file or directory")

    def test_what_another_put_in_its_place_stays(self):
        gateway = self.gateway()
        os.unlink(self.path)
        with bound(self.path):
            self.assertEqual(gateway.stop(), 0)
            self.assertTrue(os.path.exists(self.path))

    def test_one_that_fails_to_start_leaves_no_file(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            said = self.fails(self.config(listen=f"[unix:{self.path}, 127.0.0.1:{taken.getsockname()[1]}]"))
        self.assertIn("Address already in use", said)
        self.assertFalse(os.path.exists(self.path))

    def test_a_reload_keeps_adds_and_removes(self):
        gateway, other = self.gateway(), self.at("other.sock")
        first = os.stat(self.path).st_ino
        with Connection(self.path) as kept:
            kept.send(OPEN)
            self.assertEqual(kept.answer().status, 200)
            self.assertTrue(gateway.reload(self.config(listen=f"[unix:{self.path}, unix:{other}]")))
            self.assertEqual([ask(one).status for one in (self.path, other)], [200, 200])
            self.assertEqual(os.stat(self.path).st_ino, first)
            kept.send(OPEN)
            self.assertEqual(kept.answer().status, 200)
        self.assertTrue(gateway.reload(self.config(listen=f"unix:{other}")))
        gateway.wait_for_diagnostic(f"no longer listening on unix:{self.path}")
        self.assertFalse(os.path.exists(self.path))
        self.assertEqual(ask(other).status, 200)
        # And back, at once.
        self.assertTrue(gateway.reload(self.config()))
        self.assertEqual(ask(self.path).status, 200)
        self.assertFalse(os.path.exists(other))

    def test_a_reload_that_fails_leaves_nothing_behind(self):
        gateway, other = self.gateway(), self.at("other.sock")
        with bound(self.at("in_use.sock")):
            self.assertFalse(gateway.reload(self.config(
                listen=f"[unix:{self.path}, unix:{other}, unix:{self.at('in_use.sock')}]")))
            self.assertFalse(os.path.exists(other))
            self.assertTrue(os.path.exists(self.at("in_use.sock")))
        self.assertEqual(ask(self.path).status, 200)


class TakeOver(Place):
    def setUp(self):
        super().setUp()
        self.more = f"replay: {{state: {self.at('marks')}}}\n"
        self.admin = f"unix:{self.at('admin.sock')}"

    def start(self, *arguments, **settings):
        return self.gateway(*arguments, more=self.more, **settings)

    def test_the_new_one_has_sockets_and_files(self):
        old = self.start(admin=self.admin)
        files = [self.path, self.at("admin.sock")]
        before = [identity(one) for one in files]
        message = Client().request()
        self.assertEqual(exchange(old.address, message).status, 200)
        new = self.start("--take-over", admin=self.admin)
        self.assertEqual(old.wait(), 0)
        self.assertEqual([identity(one) for one in files], before)
        self.assertEqual(exchange(new.address, message).status, 401)
        self.assertEqual(new.admin_get("/readyz")[0], 200)
        third = self.start("--take-over", admin=self.admin)
        self.assertEqual(new.wait(), 0)
        self.assertEqual(exchange(third.address, Client().request(message={"id": 3})).status, 200)
        self.assertEqual(third.stop(), 0)
        self.assertEqual(sorted(os.listdir(self.folder)), ["marks", "marks.begun"])

    def test_what_the_new_one_does_not_want_is_removed(self):
        old = self.start()
        new = self.start("--take-over", listen=f"unix:{self.at('other.sock')}")
        self.assertEqual(old.wait(), 0)
        self.assertTrue(any(f"in no use here: unix:{self.path}" in line for line in new.diagnostics))
        self.assertEqual(ask(new.address).status, 200)
        self.assertFalse(os.path.exists(self.path))

    def test_a_successor_that_fails_takes_no_file(self):
        old = self.start(admin=self.admin)
        before = identity(self.path)
        said = self.fails_to_take_over(self.config(more=self.more, admin=self.admin)
                                       + "access_log: {path: /nowhere/at/all.log}\n")
        self.assertIn("/nowhere/at/all.log", said)
        old.wait_for_diagnostic("did not take over; nothing has changed")
        self.assertEqual(identity(self.path), before)
        self.assertEqual(ask(self.path).status, 200)
        self.assertEqual(old.admin_get("/readyz")[0], 200)
        self.assertEqual(old.stop(), 0)
        self.assertFalse(os.path.exists(self.path))

    def fails_to_take_over(self, config):
        file = self.at("bad.yaml")
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(config)
        ended = subprocess.run([BINARY, "serve", "-c", file, "--take-over"], capture_output=True, timeout=PATIENCE,
                               check=False)
        self.assertEqual(ended.returncode, 1)
        return ended.stderr.decode()


class Admin(Place):
    def test_it_is_read_and_told_to_reload_whatever_the_host(self):
        admin = self.at("admin.sock")
        gateway = self.gateway(listen="127.0.0.1:0", admin=f"unix:{admin}")
        for host in ("localhost", "gateway.example.com", "x"):
            with self.subTest(host=host):
                for path in ("/metrics", "/", "/status.json", "/clients", "/config"):
                    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"
                    self.assertEqual(exchange(admin, request.encode(), "GET").status, 200, path)
                request = f"POST /reload HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"
                self.assertEqual(exchange(admin, request.encode()).status, 200)
        request = b"POST /reload HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Length: 0\r\n\r\n"
        self.assertEqual(exchange(admin, request).status, 403)
        self.assertEqual(json.loads(gateway.admin_get("/config")[1])["admin"], f"unix:{admin}")
        # Another path takes a restart, as another port does.
        self.assertTrue(gateway.reload(self.config(listen="127.0.0.1:0", admin=f"unix:{self.at('other.sock')}")))
        self.assertTrue(any("admin is as it was" in line for line in gateway.diagnostics))
        self.assertEqual(gateway.admin_get("/livez")[0], 200)
        self.assertEqual(gateway.stop(), 0)
        self.assertEqual(os.listdir(self.folder), [])

    def test_commands_find_it(self):
        admin = self.at("admin.sock")
        gateway = self.gateway(listen="127.0.0.1:0", admin=f"unix:{admin}")
        for where, says in ((admin, r"warehouse"), (self.at("none"), r"unix:\S+/none: can't connect to unix:\S+/none")):
            ended = subprocess.run([BINARY, "rotate", "-c", gateway.config, "--client", "warehouse", "--retire",
                                    "--admin", f"unix:{where}"], capture_output=True, timeout=PATIENCE, check=False)
            self.assertRegex((ended.stdout + ended.stderr).decode(), says)


class Service(Place):
    def test_it_is_spoken_to_at_its_path(self):
        service = self.enterContext(Upstream(listener=bound(self.at("app.sock"))))
        gateway = self.gateway(listen="127.0.0.1:0", upstream=service.url)
        for _ in range(2):
            self.assertEqual(ask(gateway.address).status, 200)
        self.assertEqual(service.requests[0].field("host"), "localhost")
        self.assertEqual(service.connections, 1)
        self.assertEqual(gateway.next_log_line()["upstream"], "orders")
        self.assertEqual(gateway.metrics()[f'countersign_upstream_up{{upstream="orders",endpoint="{service.url}"}}'], 1)
        self.assertIn(service.url, gateway.admin_get("/status.json")[1])
        self.assertTrue(gateway.reload(self.config(
            listen="127.0.0.1:0", upstream=f"{{endpoints: {service.url}, host: preserve}}")))
        self.assertEqual(ask(gateway.address).status, 200)
        self.assertEqual(service.requests[-1].field("host"), "api.example.com")
        self.assertEqual(service.connections, 1)

    def test_one_that_is_gone_and_comes_back(self):
        path = self.at("app.sock")
        gateway = self.gateway(listen="127.0.0.1:0", upstream=f"unix:{path}")
        self.assertEqual(ask(gateway.address).status, 502)
        bound(path, listens=False).close()
        self.assertEqual(ask(gateway.address).status, 502)
        self.assertEqual(gateway.next_log_line()["reason"], "upstream_unreachable")
        for _ in range(2):
            os.unlink(path)
            with Upstream(listener=bound(path)):
                self.assertEqual(ask(gateway.address).status, 200)
        self.assertEqual(ask(gateway.address).status, 502)

    def test_another_endpoint_takes_its_place(self):
        path = self.at("app.sock")
        service = self.enterContext(Upstream(listener=bound(path)))
        gone = self.at("gone.sock")
        gateway = self.gateway(listen="127.0.0.1:0",
                               upstream=f"{{endpoints: [unix:{gone}, unix:{path}, {self.service.url}]}}")
        self.assertEqual([ask(gateway.address).status for _ in range(6)], [200] * 6)
        self.assertEqual((len(service.requests), len(self.service.requests)), (3, 3))
        refused = {name: value for name, value in gateway.metrics().items() if gone in name}
        self.assertEqual(refused[f'countersign_upstream_up{{upstream="orders",endpoint="unix:{gone}"}}'], 0)

    def test_it_may_stand_beside_one_that_speaks_tls_and_speaks_none(self):
        service = self.enterContext(Upstream(listener=bound(self.at("app.sock"))))
        with reserved_port() as nobody:
            gateway = self.gateway(listen="127.0.0.1:0", upstream=(
                f"{{endpoints: [https://127.0.0.1:{nobody.getsockname()[1]}, {service.url}], "
                "health: {path: /, interval: 100ms, rise: 1, fall: 1}, tls: {server_name: a}}"))
            gateway.wait_for_diagnostic("upstream orders: https://.* is down")
            self.assertEqual([ask(gateway.address).status for _ in range(3)], [200] * 3)

    def test_probes_go_there(self):
        path = self.at("app.sock")
        health = "health: {path: /well, interval: 100ms, rise: 1, fall: 1}"
        gateway = self.gateway(listen="127.0.0.1:0", upstream=f"{{endpoints: unix:{path}, {health}}}")
        gateway.wait_for_diagnostic(f"upstream orders: unix:{path} is down: .* No such file or directory")
        service = self.enterContext(Upstream(listener=bound(path)))
        gateway.wait_for_diagnostic(f"upstream orders: unix:{path} is up")
        self.assertEqual({(one.line, one.field("host")) for one in service.requests},
                         {("GET /well HTTP/1.1", "localhost")})


class Trust(Place):
    FORWARDED = ("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https")

    def address_of(self, gateway, *lines):
        self.assertEqual(ask(gateway.address, *lines).status, 200)
        return gateway.next_log_line()["client_address"], self.service.requests[-1].field("x-forwarded-for")

    def test_what_it_forwards_counts_where_it_is_trusted_and_there_alone(self):
        gateway = self.gateway()
        for trusted, expected in (("[]", ("unix", "unix")), ("[127.0.0.0/8, '::/0']", ("unix", "unix")),
                                  ("unix", ("203.0.113.9", "203.0.113.9, unix")),
                                  ("[10.0.0.0/8, unix]", ("203.0.113.9", "203.0.113.9, unix"))):
            with self.subTest(trusted=trusted):
                self.assertTrue(gateway.reload(self.config(more=f"trusted_proxies: {trusted}\n")))
                self.assertEqual(self.address_of(gateway, *self.FORWARDED), expected)
                self.assertEqual(self.address_of(gateway), ("unix", "unix"))
        # Who comes by TCP is not meant.
        self.assertTrue(gateway.reload(self.config(listen=f"[unix:{self.path}, 127.0.0.1:0]",
                                                   more="trusted_proxies: unix\n")))
        found = gateway.wait_for_diagnostic(r"listening on (127\S+):(\d+)")
        self.assertEqual(ask((found.group(1), int(found.group(2))), *self.FORWARDED).status, 200)
        self.assertEqual(self.service.requests[-1].field("x-forwarded-for"), "127.0.0.1")

    def test_a_proxy_header_says_who_it_is(self):
        gateway = self.gateway(listen=f"{{address: unix:{self.path}, proxy_protocol: true}}",
                               more="trusted_proxies: unix\n")
        for header, address in ((b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n", "203.0.113.7"),
                                (b"PROXY UNKNOWN\r\n", "unknown")):
            self.assertEqual(exchange(gateway.address, header + OPEN, "GET").status, 200)
            self.assertEqual(gateway.next_log_line()["client_address"], address)
        # Nobody is left whose word counts.
        self.assertFalse(gateway.reload(self.config(
            listen=f"{{address: unix:{self.path}, proxy_protocol: true}}", more="trusted_proxies: 127.0.0.1\n")))

    def test_who_has_no_address_is_not_counted_and_not_let_in_by_one(self):
        gateway = self.gateway(more="limits: {per_address: {connections: 1, failures: 1, per: 1h}}\n")
        with Connection(self.path) as first, Connection(self.path) as second:
            for one in (first, second):
                one.send(OPEN)
                self.assertEqual(one.answer().status, 200)
            for _ in range(3):
                first.send(Client(secret=b"0123456789abcdeX").request())
                self.assertEqual(first.answer().status, 401)
        config = self.config().replace("token: my_key,", "token: my_key, addresses: ['0.0.0.0/0', '::/0'],")
        self.assertTrue(gateway.reload(config))
        self.assertEqual(exchange(gateway.address, Client().request()).status, 403)
        self.assertTrue(gateway.reload(config + "trusted_proxies: unix\n"))
        self.assertEqual(exchange(gateway.address, Client().request(message={"id": 2})).status, 403)
        message = Client().request(message={"id": 3}).replace(b"\r\n", b"\r\nX-Forwarded-For: 203.0.113.9\r\n", 1)
        self.assertEqual(exchange(gateway.address, message).status, 200)
        # What is counted is counted once its line is written.
        while gateway.next_log_line()["client_address"] != "203.0.113.9":
            pass
        seen = json.loads(gateway.admin_get("/clients?client=billing")[1])["clients"][0]["secrets"][0]
        self.assertEqual(seen["address"], "203.0.113.9")


if __name__ == "__main__":
    unittest.main()

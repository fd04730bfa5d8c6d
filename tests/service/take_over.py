#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A new process takes the place of the one that serves, with its sockets and its marks, or leaves it as it is."""

import json
import os
import socket
import stat
import subprocess
import tempfile
import threading
import unittest

from gateway import BINARY, PATIENCE, basic
from generations import Line
from laravel import Client
from upstream import OK, Service, Upstream, read_request
from wire import Connection, exchange


class TakeOver(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="countersign-"))
        self.service = self.enterContext(Upstream())

    def line(self, more="", url=None):
        return Line(basic(url or self.service.url, more=more), self.folder)

    def start(self, line, *arguments):
        return self.enterContext(line.start(*arguments))

    def test_the_new_one_serves_and_the_old_one_ends(self):
        audits = os.path.join(self.folder, "audit.log")
        line = self.line(f"audit_log: {{path: {audits}}}\n")
        old = self.start(line)
        message = Client().request()
        self.assertEqual(exchange(old.address, message).status, 200)
        new = self.start(line, "--take-over")
        self.assertEqual((new.address, new.admin), (old.address, old.admin))
        self.assertEqual(old.wait(), 0)
        self.assertIn(f"taking over from process {old.process.pid}", "\n".join(new.diagnostics))
        old.wait_for_diagnostic(f"process {new.process.pid} has taken over")
        # What was said to the old one was said.
        self.assertEqual(exchange(new.address, message).status, 401)
        self.assertEqual(new.next_log_line()["reason"], "replay")
        self.assertEqual(exchange(new.address, Client().request(message={"id": 8})).status, 200)
        self.assertEqual(new.admin_get("/readyz")[0], 200)
        with open(audits, encoding="utf-8") as stream:
            entries = sorted((json.loads(entry) for entry in stream), key=lambda entry: entry["time"])
        self.assertEqual([entry["event"] for entry in entries if entry["event"] != "replay"],
                         ["start", "start", "handed_over", "draining", "stop"])

    def test_what_has_begun_ends_on_the_old_one_while_the_new_one_serves(self):
        arrived, go_on = threading.Event(), threading.Event()

        def slow(peer, number):
            received, _ = read_request(peer)
            if "slow" in received.line:
                arrived.set()
                go_on.wait(PATIENCE)
            peer.sendall(OK)

        service = self.enterContext(Service(slow))
        line = self.line(url=service.url)
        old = self.start(line)
        with Connection(old.address) as waiting:
            waiting.send(Client().request("/api/slow"))
            self.assertTrue(arrived.wait(PATIENCE))
            new = self.start(line, "--take-over")
            self.assertEqual(exchange(new.address, Client().request("/api/x", message={"id": 2})).status, 200)
            self.assertIsNone(old.process.poll())
            go_on.set()
            self.assertEqual(waiting.answer().status, 200)
        self.assertEqual(old.wait(), 0)

    def test_who_connects_meanwhile_waits_and_is_served_by_the_new_one(self):
        line = self.line()
        old = self.start(line)
        with line.ask() as successor:
            successor.send(b"ready")
            self.assertEqual(successor.recv(256), b"yours")
            with Connection(old.address) as waiting:
                waiting.send(Client().request())
                waiting.socket.settimeout(0.05)  # nobody answers, for however long that is
                self.assertRaises(TimeoutError, waiting.socket.recv, 1)
                waiting.socket.settimeout(PATIENCE)
                successor.close()
                # There is no successor after all.
                self.assertEqual(waiting.answer().status, 200)
        old.wait_for_diagnostic("did not take over; clients are served here again")

    def test_if_the_new_one_fails_the_old_one_goes_on(self):
        line = self.line()
        old = self.start(line)
        message = Client().request()
        self.assertEqual(exchange(old.address, message).status, 200)
        for words, said in (([], "nothing has changed"), ([b"ready"], "served here again")):
            with self.subTest(after=words):
                with line.ask() as successor:
                    for word in words:
                        successor.send(word)
                        self.assertEqual(successor.recv(256), b"yours")
                old.wait_for_diagnostic(said)
                self.assertEqual(exchange(old.address, message).status, 401)
                self.assertEqual(old.admin_get("/readyz")[0], 200)
                self.assertEqual(exchange(old.address, Client().request(message={"after": len(words)})).status, 200)
        # And by one that is whole.
        new = self.start(line, "--take-over")
        self.assertEqual(old.wait(), 0)
        self.assertEqual(exchange(new.address, message).status, 401)

    def test_one_that_can_not_start_changes_nothing(self):
        line = self.line()
        old = self.start(line)
        bad = os.path.join(self.folder, "bad.yaml")
        line.now = old
        with open(bad, "w", encoding="utf-8") as stream:
            stream.write(line.config() + "access_log: {path: /nowhere/at/all.log}\n")
        ended = subprocess.run([BINARY, "serve", "-c", bad, "--take-over"], capture_output=True, timeout=PATIENCE)
        self.assertEqual(ended.returncode, 1, ended.stderr)
        self.assertIn(b"/nowhere/at/all.log", ended.stderr)
        old.wait_for_diagnostic("did not take over; nothing has changed")
        self.assertEqual(exchange(old.address, Client().request()).status, 200)

    def test_where_nobody_serves_it_starts_as_ever(self):
        line = self.line()
        alone = self.start(line, "--take-over")
        self.assertIn("no gateway runs that could be taken over", "\n".join(alone.diagnostics))
        self.assertEqual(exchange(alone.address, Client().request()).status, 200)
        self.assertEqual(stat.S_IMODE(os.stat(line.control).st_mode), 0o600)
        self.assertEqual(alone.stop(), 0)
        self.assertFalse(os.path.exists(line.control))

    def test_marks_that_are_in_no_file_can_not_be_handed_over(self):
        config = os.path.join(self.folder, "none.yaml")
        with open(config, "w", encoding="utf-8") as stream:
            stream.write(basic(self.service.url, more="replay: {state: none}\n"))
        ended = subprocess.run([BINARY, "serve", "-c", config, "--take-over"], capture_output=True, timeout=PATIENCE)
        self.assertEqual(ended.returncode, 1)
        self.assertIn(b"replay marks are kept in no file", ended.stderr)

    def test_strange_words_and_strangers_get_nothing(self):
        line = self.line()
        old = self.start(line)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as peer:
            peer.settimeout(PATIENCE)
            peer.connect(line.control)
            peer.send(b"countersign take-over 2")
            self.assertEqual(socket.recv_fds(peer, 256, 4)[:2], (b"", []))
        old.wait_for_diagnostic("in words that mean nothing here")
        if os.geteuid() == 0:
            os.chmod(self.folder, 0o755)
            os.chmod(line.control, 0o666)
            asks = ("import os, socket, sys; os.setgid(65534); os.setuid(65534)\n"
                    "s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.connect(sys.argv[1])\n"
                    "s.send(b'countersign take-over 1'); print(s.recv(256))")
            ended = subprocess.run(["/usr/bin/python3", "-c", asks, line.control], capture_output=True,
                                   timeout=PATIENCE)
            self.assertNotIn(b"socket", ended.stdout)
            old.wait_for_diagnostic("another user's process")
        self.assertEqual(exchange(old.address, Client().request()).status, 200)


if __name__ == "__main__":
    unittest.main()

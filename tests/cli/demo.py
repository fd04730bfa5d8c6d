#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration: what it shows, what it invites to, and how it ends."""

import os
import pty
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

from command import run
from gateway import BINARY, PATIENCE, SANITIZER

ANYWHERE = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")


class Demo:
    """`countersign demo` that stays up, as a context."""

    def __init__(self, folder):
        self.process = subprocess.Popen([BINARY, "demo", *ANYWHERE], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": folder})
        self.text = self.read_until("Ctrl-C ends")

    def read_until(self, word):
        text = ""
        while word not in text:
            line = self.process.stdout.readline().decode()
            assert line, text + self.process.stderr.read().decode()
            text += line
        return text

    def line_with(self, word):
        return next(line.strip() for line in self.text.splitlines() if word in line)

    def end(self, number):
        """(exit status, what stderr said)"""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, err.decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class Demonstration(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def test_once_shows_the_message_on_its_way_and_ends(self):
        said = run("demo", "--once", *ANYWHERE, environment={"TMPDIR": self.folder})
        self.assertEqual((said.status, said.err), (0, ""))
        parts = re.split(r"(?m)^\S.*:\n", said.out)
        sent, received, answered, opened = (part.strip() for part in parts[1:])
        self.assertRegex(sent, r"\APOST /api/hello HTTP/1\.1\n")
        self.assertRegex(sent, r"(?m)^    signature: [0-9a-f]{64}$")
        self.assertRegex(sent, r"(?m)^    data=eyJpdiI6\S+ \(\d+ bytes\)\Z")
        self.assertNotIn("hello\":", sent)
        self.assertIn("X-Client-Id: demo\n", received)
        self.assertTrue(received.endswith('\n    {"hello":"world"}'), received)
        self.assertNotIn("signature", received)
        self.assertRegex(answered, r"\AHTTP/1\.1 200 OK\n")
        self.assertRegex(answered, r"(?m)^    \{\"data\":\"eyJpdiI6\S+ \(\d+ bytes\)\Z")
        self.assertEqual(opened, '{"client":"demo","method":"POST","path":"/api/hello","received":{"hello":"world"}}')
        self.assertNotIn("\x1b", said.out)
        self.assertEqual(os.listdir(self.folder), [])

    def test_it_stays_until_a_signal_and_leaves_nothing_behind(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Demo(self.folder) as demo:
                left, = os.listdir(self.folder)
                path = os.path.join(self.folder, left)
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o700)
                self.assertIsNone(demo.process.poll())
                status, err = demo.end(number)
                self.assertEqual((status, err), (0, ""), number)
                self.assertFalse(SANITIZER.search(err))
            self.assertEqual(os.listdir(self.folder), [])

    def test_the_command_it_prints_works_in_another_shell(self):
        with Demo(self.folder) as demo:
            said = run(shell=demo.line_with(" call -c "))
            self.assertEqual((said.status, said.err), (0, ""))
            self.assertEqual(said.out, '{"client":"demo","method":"POST","path":"/api/hello","received":'
                                       '{"hello":"again"}}')
            self.assertIn('{"hello":"again"}', demo.read_until('{"hello":"again"}'))
            curl = run(shell=demo.line_with(" call -c ").replace(" call ", " sign ") + " | sh")
            self.assertIn('{"data":"eyJpdiI6', curl.out)
            self.assertEqual(demo.end(signal.SIGTERM)[0], 0)

    def test_metrics_are_where_it_says(self):
        with Demo(self.folder) as demo:
            url = demo.line_with("/metrics").removeprefix("curl ")
            counted = 'countersign_requests_total{route="api",client="demo",status="200"} 1'
            text = ""
            end = time.monotonic() + PATIENCE
            # A request is counted once its answer is under way.
            while counted not in text and time.monotonic() < end:
                with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                    text = answer.read().decode()
            self.assertIn(counted, text)
            self.assertEqual(demo.end(signal.SIGTERM)[0], 0)

    def test_what_the_php_client_reads_is_what_the_gateway_knows(self):
        with Demo(self.folder) as demo:
            line = demo.line_with("export ")
            self.assertRegex(line, r"\Aexport COUNTERSIGN_URL=http://127\.0\.0\.1:\d+/api/hello "
                                   r"COUNTERSIGN_TOKEN=demo_key COUNTERSIGN_SECRET=[0-9a-f]{16}\Z")
            self.assertEqual(demo.end(signal.SIGTERM)[0], 0)

    def test_a_port_in_use_names_the_option_that_chooses_another(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            for option, other in (("--listen", "--admin"), ("--admin", "--listen")):
                said = run("demo", "--once", option, address, other, "127.0.0.1:0",
                           environment={"TMPDIR": self.folder})
                self.assertEqual((said.status, said.out, said.err), (
                    1, "", f"countersign: can't listen on {address}: Address already in use; {option} ADDRESS:PORT "
                           "chooses another\n"))
        self.assertEqual(os.listdir(self.folder), [])

    def test_colour_is_for_terminals_that_take_it(self):
        for environment, expected in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False),
                                      ({"TERM": "dumb"}, False)):
            master, slave = pty.openpty()
            inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
            with subprocess.Popen([BINARY, "demo", "--once", *ANYWHERE], stdin=subprocess.DEVNULL, stdout=slave,
                                  stderr=subprocess.PIPE, env={**inherited, **environment}) as process:
                os.close(slave)
                text = b""
                try:
                    while data := os.read(master, 65536):
                        text += data
                except OSError:
                    pass  # Linux says EIO when the other end is closed
                os.close(master)
                self.assertEqual(process.wait(PATIENCE), 0, process.stderr.read())
            self.assertEqual(b"\x1b[" in text, expected, environment)


if __name__ == "__main__":
    unittest.main()

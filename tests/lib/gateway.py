# SPDX-License-Identifier: Apache-2.0
"""Starts the real binary on ports that the kernel chooses, and ends the processes it started, by their id."""

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request

from wire import exchange

BINARY = os.environ.get("COUNTERSIGN", os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                                    "..", "..", "build", "dev", "countersign"))
PATIENCE = float(os.environ.get("COUNTERSIGN_PATIENCE", "30"))  # seconds until a wait is a failure
SANITIZER = re.compile(r"(?:Address|Thread|Leak|UndefinedBehavior)Sanitizer|runtime error:")

# A route with every key at its default, and what tests mostly change.
BASIC = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: {workers}
clients:
  billing: {{token: my_key, secret: 0123456789abcdef}}
  warehouse:
    token: wh-7
    secret: base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
    cipher: AES-256-GCM
upstreams:
  orders: {upstream}
routes:
  - {{path: /api/, scheme: laravel, upstream: orders}}
  - {{path: /open/, scheme: none, upstream: orders, content: any}}
{more}
"""


def basic(upstream, workers=1, more=""):
    """A configuration for the upstream http://HOST:PORT; `more` is appended (for example `limits: {…}`)."""
    return BASIC.format(upstream=upstream, workers=workers, more=more)


class Gateway:
    """`countersign serve` with this configuration, as a context. Leaving it sends SIGTERM and asserts a clean end.

    `under`: a command that runs it, as valgrind does. `descriptors`: what it inherits.
    """

    def __init__(self, config, arguments=(), environment=None, keep=None, under=(), descriptors=()):
        self.folder = keep or tempfile.mkdtemp(prefix="countersign-")
        self._kept = keep is not None
        self.config = os.path.join(self.folder, "gateway.yaml")
        with open(self.config, "w", encoding="utf-8") as stream:
            stream.write(config)
        # The replay state of one test is none of another's business.
        state = os.path.join(self.folder, "state")
        os.makedirs(state, exist_ok=True)
        everything = {**os.environ, "STATE_DIRECTORY": state, "COUNTERSIGN_EPHEMERAL": "", **(environment or {})}
        self.process = subprocess.Popen([*under, BINARY, "serve", "-c", self.config, *arguments], env=everything,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        pass_fds=descriptors)
        self.log = []          # access log: parsed lines; as they are if they are no JSON
        self.log_text = b""    # the same as it was written
        self.diagnostics = []  # stderr: lines
        self._lines = queue.Queue()
        self._said = queue.Queue()
        self._readers = [threading.Thread(target=self._read_log), threading.Thread(target=self._read_diagnostics)]
        for reader in self._readers:
            reader.start()
        self.address = self._address(r"listening on (?:unix:(/\S+)|(\S+):(\d+))")
        self.admin = self._address(r"admin on (?:unix:(/\S+)|http://(\S+):(\d+)/)") if "admin:" in config else None

    def _read_log(self):
        for line in self.process.stdout:
            self.log_text += line
            record = json.loads(line) if line.startswith(b"{") else line.decode()
            self.log.append(record)
            self._lines.put(record)
        self._lines.put(None)

    def _read_diagnostics(self):
        for line in self.process.stderr:
            text = line.decode("utf-8", "replace").rstrip("\n")
            self.diagnostics.append(text)
            self._said.put(text)
        self._said.put(None)

    def wait_for_diagnostic(self, pattern):
        """The match in the first line of stderr, from the last one waited for, that has the pattern."""
        while True:
            line = self._said.get(timeout=PATIENCE)
            if line is None:
                self.process.wait(PATIENCE)
                raise AssertionError("the gateway ended: " + "\n".join(self.diagnostics))
            if found := re.search(pattern, line):
                return found

    def _address(self, pattern):
        found = self.wait_for_diagnostic(pattern)
        path, host, port = found.groups()
        return path or (host, int(port))

    @property
    def url(self):
        return "http://%s:%d" % self.address

    def next_log_line(self):
        """The access log's next line, in order, waiting for it."""
        record = self._lines.get(timeout=PATIENCE)
        assert record is not None, "the gateway ended: " + "\n".join(self.diagnostics)
        return record

    def admin_get(self, path):
        """(status, body) of a page of the admin listener."""
        if isinstance(self.admin, str):
            answer = exchange(self.admin, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), "GET")
            return answer.status, answer.body.decode()
        try:
            with urllib.request.urlopen("http://%s:%d%s" % (*self.admin, path), timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def metrics(self):
        """{'name{label="value"}': number} of /metrics."""
        status, text = self.admin_get("/metrics")
        assert status == 200, text
        return {name: float(value) for name, _, value in
                (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))}

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident_bytes(self):
        return self._status("VmRSS:")

    def peak_bytes(self):
        """The most memory that was resident at once, from the start until now."""
        return self._status("VmHWM:")

    def _status(self, name):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as stream:
            return next(int(line.split()[1]) * 1024 for line in stream if line.startswith(name))

    def rewrite(self, config):
        with open(self.config, "w", encoding="utf-8") as stream:
            stream.write(config)

    def reload(self, config=None):
        """SIGHUP, with another file if there is one. True if that is in force now, False if nothing has changed."""
        if config is not None:
            self.rewrite(config)
        self.signal(signal.SIGHUP)
        said = self.wait_for_diagnostic(r"SIGHUP: (the configuration is in force|nothing has changed)")
        return said.group(1).startswith("the")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """The exit status, once the process ended by itself and everything it said was read."""
        status = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        return status

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.process.kill()
        self.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            killed = self.process.poll() == -signal.SIGKILL
            try:
                status = self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
                raise
            finally:
                self.process.stdout.close()
                self.process.stderr.close()
            if kind is None and not killed:
                assert status == 0, f"exit status {status}: " + "\n".join(self.diagnostics)
            reports = [line for line in self.diagnostics if SANITIZER.search(line)]
            assert not reports, "\n".join(self.diagnostics)
        finally:
            if not self._kept:
                shutil.rmtree(self.folder, ignore_errors=True)

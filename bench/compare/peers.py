# SPDX-License-Identifier: Apache-2.0
"""The gateway and what it is compared with, as processes: each from a file in bench/peers, on ports free a moment ago.
Of what they do, only whether they open messages (`opens`) is known here."""

import contextlib
import glob
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from rig import BINARY, PATIENCE, ROOT, memory, started_on

FOLDER = os.path.join(ROOT, "bench", "peers")
NGINX = "/usr/sbin/nginx"
HAPROXY = "/usr/sbin/haproxy"
LUA = ["/usr/lib/nginx/modules/ngx_http_lua_module.so", "/usr/lib/*/lua/5.1/cjson.so"]
ATTEMPTS = 5
HEARTBEAT = 0.0002  # seconds between two attempts to connect


class Kind:
    """What a peer is: its template, how it is started, whether it proves and opens messages."""

    def __init__(self, title, template, command, opens, needs):
        self.title, self.template, self.command, self.opens, self.needs = title, template, command, opens, needs

    def installed(self):
        return all(map(glob.glob, self.needs))


def countersign(config, binary=BINARY):
    return [binary, "serve", "--dumpable", "-c", config]  # else only root may see what it holds, and where it is busy


def nginx(config):
    return [NGINX, "-e", "stderr", "-c", config]


KINDS = {
    "gateway": Kind("Countersign", "gateway.yaml", countersign, True, [BINARY]),
    "nginx": Kind("nginx", "nginx.conf", nginx, False, [NGINX]),
    "haproxy": Kind("HAProxy", "haproxy.cfg", lambda config: [HAPROXY, "-db", "-f", config], False, [HAPROXY]),
    "nginx_lua": Kind("nginx + Lua", "nginx_lua.conf", nginx, True, [NGINX, *LUA]),
}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def processors(at_hand):
    """(the proxy's, everybody else's): None where there is but one to share."""
    return ({at_hand[0]}, {at_hand[1]}) if len(at_hand) > 1 else None


PROCESSORS = processors(sorted(os.sched_getaffinity(0)))


class Peer:
    """One of them in front of this upstream, as a context. Leaving fails unless it ended with status 0 and logged what
    it did; that a peer which isn't ours crashed after it was told to end is said, and takes nothing from what was
    measured before (HAProxy 2.6.12 does so now and then, of a thousand idle connections)."""

    def __init__(self, name, upstream, kind=None):
        self.name, self.kind, self._upstream = name, kind or KINDS[name], upstream
        self.folder = tempfile.mkdtemp(prefix="countersign-peer-")
        os.chmod(self.folder, 0o755)  # nginx's worker may be another user
        self.config = os.path.join(self.folder, self.kind.template)
        self.log = os.path.join(self.folder, "access.log")
        self.process = None
        for _ in range(ATTEMPTS):
            self._start()
            if self.until_it_accepts():
                return
            if self.process.poll() is None:
                break
        said = self.said()
        self._leave()
        raise SystemExit(f"{self.kind.title} does not start:\n{said}")

    def _start(self):
        self.port = free_port()
        text = self.template()
        for name, value in (("port", self.port), ("admin", free_port()), ("upstream", self._upstream),
                            ("folder", self.folder), ("peers", FOLDER)):
            text = text.replace(f"@{name}@", str(value))
        with open(self.config, "w", encoding="utf-8") as stream:
            stream.write(text)
        state = tempfile.mkdtemp(dir=self.folder)  # a replay store that remembers nothing yet
        with open(self.log, "ab") as log, open(os.path.join(self.folder, "stderr"), "ab") as complaints, \
                on_the_proxys_processor():
            self.started_ns = time.monotonic_ns()
            self.process = subprocess.Popen(self.kind.command(self.config), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=complaints, env={**os.environ, "STATE_DIRECTORY": state})

    def template(self):
        with open(os.path.join(FOLDER, self.kind.template), encoding="utf-8") as stream:
            return stream.read()

    def until_it_accepts(self):
        """False if it ended instead."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(ConnectionRefusedError):
                self.connect().close()
                return True
            select.select([], [], [], HEARTBEAT)
        return False

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def said(self):
        with open(os.path.join(self.folder, "stderr"), encoding="utf-8", errors="replace") as stream:
            return stream.read()

    def pids(self):
        """All of its processes."""
        found = [self.process.pid]
        for pid in found:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as stream:
                    found += map(int, stream.read().split())
        return found

    def cpu_ns(self):
        """User and system time of all its threads, those that ended included. The scheduler's own sum, by way of the
        process's CPU clock: /proc/PID/stat has the same rounded to hundredths of a second."""
        return sum(round(time.clock_gettime((~pid << 3) | 2) * 1e9) for pid in self.pids())

    def memory(self):
        return sum(memory(pid)[0] for pid in self.pids())

    def forget_log(self):
        os.truncate(self.log, 0)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        was_there = self.process.poll() is None
        status, said, logged = self._leave()
        if kind is None and status != 0:
            sentence = f"{self.kind.title} ended with {status}:\n{said}"
            ours = self.kind.template == KINDS["gateway"].template
            if ours or not was_there or status > 0:
                raise SystemExit(sentence)
            print(sentence, file=sys.stderr, flush=True)
        if kind is None and not logged:
            raise SystemExit(f"{self.kind.title} wrote no access log, which all have to:\n{said}")

    def _leave(self):
        # HAProxy answers SIGTERM with 143 and SIGUSR1 with 0; the others take SIGTERM as what it means.
        self.process.send_signal(signal.SIGUSR1 if self.name == "haproxy" else signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE), self.said(), os.path.getsize(self.log)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def on_the_proxys_processor():
    return started_on(PROCESSORS and PROCESSORS[0])

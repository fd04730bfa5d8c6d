#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the service manager hears: that the gateway is ready, lives and stops; and nothing once a worker hangs."""

import ctypes
import os
import select
import signal
import socket
import tempfile
import time
import unittest

from gateway import PATIENCE, Gateway, basic
from upstream import Upstream
from wire import Connection

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long
PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000  # waitpid: threads as well


class Manager:
    """The end that NOTIFY_SOCKET names."""

    def __init__(self, name):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self.socket.settimeout(PATIENCE)

    def next(self):
        return self.socket.recv(4096).decode().split("\n")

    def drain(self):
        """All that came already."""
        came = []
        self.socket.setblocking(False)
        try:
            while True:
                came += self.next()
        except BlockingIOError:
            return came
        finally:
            self.socket.settimeout(PATIENCE)

    def close(self):
        self.socket.close()


def ptrace(request, thread):
    if LIBC.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


class Halted:
    """One thread of a process that doesn't run, while all others do."""

    def __init__(self, thread):
        self.thread = thread

    def __enter__(self):
        ptrace(PTRACE_SEIZE, self.thread)
        ptrace(PTRACE_INTERRUPT, self.thread)
        os.waitpid(self.thread, WALL)

    def __exit__(self, *_):
        ptrace(PTRACE_DETACH, self.thread)


def threads(gateway):
    """Workers, and those that write logs; not the steward, which is the process's first."""
    every = map(int, os.listdir(f"/proc/{gateway.process.pid}/task"))
    return [thread for thread in every if thread != gateway.process.pid]


def complaints(gateway):
    return sum("does not answer" in line for line in gateway.diagnostics)


class Notify(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.manager = Manager(os.path.join(folder, "notify"))
        self.addCleanup(self.manager.close)

    def under(self, **more):
        return {"NOTIFY_SOCKET": self.manager.name, **more}

    def test_ready_once_it_listens_and_stopping_when_it_is_told_to(self):
        with Upstream() as service, Gateway(basic(service.url), environment=self.under()) as gateway:
            ready, status = self.manager.next()
            self.assertEqual((ready, status), ("READY=1", "STATUS=serving %s:%d" % gateway.address))
            self.assertEqual(gateway.admin_get("/livez")[0], 200)
            self.assertEqual(self.manager.drain(), [])
            self.assertEqual(gateway.stop(), 0)
            self.assertEqual(self.manager.next(), ["STOPPING=1", "STATUS=draining"])
            self.assertEqual(self.manager.drain(), [])

    def test_a_reload_is_told_with_its_time_and_its_end(self):
        with Gateway(basic("http://127.0.0.1:9"), environment=self.under()) as gateway:
            first = self.manager.next()
            for text in (basic("http://127.0.0.1:10"), "nonsense: true\n"):
                with open(gateway.config, "w", encoding="utf-8") as stream:
                    stream.write(text)
                before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
                gateway.signal(signal.SIGHUP)
                reloading, at = self.manager.next()
                self.assertEqual((reloading, at.split("=")[0]), ("RELOADING=1", "MONOTONIC_USEC"))
                self.assertLessEqual(before, int(at.split("=")[1]))
                # It serves again, by the new file or by the old one.
                self.assertEqual(self.manager.next(), first)

    def test_the_abstract_namespace_is_heard_too(self):
        abstract = Manager(f"@countersign-{os.getpid()}")
        self.addCleanup(abstract.close)
        with Gateway(basic("http://127.0.0.1:9"), environment={"NOTIFY_SOCKET": abstract.name}):
            self.assertEqual(abstract.next()[0], "READY=1")

    def test_whoever_can_not_be_told_is_no_reason_not_to_serve(self):
        with Gateway(basic("http://127.0.0.1:9"), environment={"NOTIFY_SOCKET": "/nowhere/notify"}) as gateway:
            self.assertEqual(gateway.admin_get("/livez")[0], 200)
        self.assertTrue(any("can't be told" in line for line in gateway.diagnostics), gateway.diagnostics)

    def test_while_a_worker_hangs_there_is_no_sign_of_life(self):
        signs = self.under(WATCHDOG_USEC="40000")
        # --dumpable: else only root may hold a thread.
        with Gateway(basic("http://127.0.0.1:9", workers=2), ["--dumpable"], environment=signs) as gateway:
            self.assertEqual(self.manager.next()[0], "READY=1")
            for _ in range(3):
                self.assertEqual(self.manager.next(), ["WATCHDOG=1"])
            hung = [thread for thread in threads(gateway) if self.silent_without(thread, gateway)]
            self.assertEqual(len(hung), 2)

    def silent_without(self, thread, gateway):
        """Whether signs of life end while this thread is held; they begin again afterwards."""
        with Halted(thread):
            self.manager.drain()
            said, signs, end = complaints(gateway), 0, time.monotonic() + PATIENCE
            # One may be on its way because of what was answered before; a third would be one too many.
            while signs < 3 and complaints(gateway) == said:
                self.assertLess(time.monotonic(), end, "neither signs of life nor a complaint")
                signs += len(select.select([self.manager.socket], [], [], 0.01)[0] and self.manager.drain())
            silent = complaints(gateway) > said
            if silent:
                # The steward lives all the while, and has nothing good to say.
                self.manager.drain()
                self.assertEqual([gateway.admin_get("/livez")[0] for _ in range(3)], [200] * 3)
                self.assertEqual(self.manager.drain(), [])
        self.assertEqual(self.manager.next(), ["WATCHDOG=1"])
        return silent

    def test_a_client_that_is_slow_is_no_hanging_worker(self):
        signs = self.under(WATCHDOG_USEC="40000")
        with Gateway(basic("http://127.0.0.1:9"), environment=signs) as gateway:
            self.assertEqual(self.manager.next()[0], "READY=1")
            with Connection(gateway.address) as connection:
                connection.send(b"POST /api/ HTTP/1.1\r\nHost: a\r\n")
                for _ in range(4):
                    self.assertEqual(self.manager.next(), ["WATCHDOG=1"])


if __name__ == "__main__":
    unittest.main()

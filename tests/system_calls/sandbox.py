#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the gateway asks of the kernel is what its unit allows: from its start to its end, under strace. Exits 77, and
says why, where strace is missing or may not look on."""

import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import calls  # noqa: E402: the line above finds it
from gateway import Gateway, basic  # noqa: E402
from laravel import Client  # noqa: E402
from upstream import Upstream  # noqa: E402
from wire import exchange  # noqa: E402

UNIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf", "systemd", "countersign.service.in")
FAMILIES = re.compile(r"^\d+ +socket\((AF_\w+)", re.M)
CALLS = re.compile(r"^\d+ +(\w+)\(", re.M)
MAPPED_EXECUTABLE = re.compile(r"^\d+ +(?:mmap|mprotect)\([^)]*PROT_WRITE\|PROT_EXEC[^)]*\)", re.M)


def unit():
    return read(UNIT)


def members(group):
    """The system calls of a group like @system-service, groups in it resolved."""
    listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", group], check=True,
                            capture_output=True, text=True).stdout
    calls = set()
    for word in re.findall(r"^ {4}([@\w]\S*)$", listed, re.M):
        calls |= members(word) if word.startswith("@") else {word}
    return calls


def allowed():
    """As systemd reads the filters: the first opens, ~ takes away."""
    calls = set()
    for tilde, groups in re.findall(r"^SystemCallFilter=(~?)(.*)$", unit(), re.M):
        named = set().union(*(members(group) for group in groups.split()))
        calls = calls - named if tilde else calls | named
    return calls


def read(path):
    with open(path, encoding="utf-8", errors="replace") as stream:
        return stream.read()


class Sandbox(unittest.TestCase):
    def test_its_system_calls_families_and_mappings_are_allowed(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        pipe = os.path.join(folder, "trace")
        os.mkfifo(pipe)
        trace = []
        reader = threading.Thread(target=lambda: trace.append(read(pipe)))
        reader.start()
        with Upstream() as service:
            config = basic(service.url.replace("127.0.0.1", "localhost"), workers=2).replace(
                "listen: 127.0.0.1:0", f"listen: [127.0.0.1:0, unix:{folder}/http.sock]")
            # -D: the gateway, and not strace, is the process that was started and that is told to end.
            with Gateway(config, under=("strace", "-q", "-D", "-f", "-o", pipe),
                         environment={"NOTIFY_SOCKET": os.path.join(folder, "notify")}) as gateway:
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                self.assertEqual(exchange(gateway.address, Client("nobody").request()).status, 401)
                self.assertEqual(gateway.admin_get("/metrics")[0], 200)
        reader.join()
        (text,) = trace
        # What comes before is the loader's, and strace's own.
        called = set(CALLS.findall(text)) - {"execve"}
        self.assertGreater(len(called), 30)
        self.assertIn("accept4", called)
        self.assertEqual(called - allowed(), set())
        families = set(re.search(r"^RestrictAddressFamilies=(.*)$", unit(), re.M).group(1).split())
        # Not to be had, it does without: the resolver only asks which protocols this machine has.
        self.assertEqual(set(FAMILIES.findall(text)) - families - {"AF_NETLINK"}, set())
        self.assertEqual(MAPPED_EXECUTABLE.findall(text), [])


if __name__ == "__main__":
    if obstacle := calls.obstacle():
        print(obstacle)
        sys.exit(77)
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""Gateways that take each other's place: they share a state file, and the later ones name the ports of the first."""

import contextlib
import os
import socket

from gateway import Gateway

PATIENCE = float(os.environ.get("COUNTERSIGN_PATIENCE", "30"))
HELLO = b"countersign take-over 1"


class Line:
    """The generations of one gateway. `config` has listen and admin at 127.0.0.1:0 and no `replay`."""

    def __init__(self, config, folder):
        self.template, self.state = config, os.path.join(folder, "marks")
        self.now = None

    @property
    def control(self):
        return self.state + ".control"

    def config(self):
        text = self.template
        if self.now:
            for key in ("listen", "admin"):
                address = getattr(self.now, "address" if key == "listen" else "admin")
                text = text.replace(f"{key}: 127.0.0.1:0", "%s: %s:%d" % (key, *address))
        return text + f"replay: {{state: {self.state}}}\n"

    def start(self, *arguments):
        """The next generation; the one before it is whoever holds it to end."""
        self.now = Gateway(self.config(), arguments)
        return self.now

    def ask(self):
        """A line to the one that serves, as its successor's, which has said hello and been given the sockets."""
        line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.settimeout(PATIENCE)
        line.connect(self.control)
        line.send(HELLO)
        while True:
            words, handed, _, _ = socket.recv_fds(line, 256, 4)
            for one in handed:
                os.close(one)
            if words not in (b"socket", b"socket and file"):
                assert words == b"all", words
                return contextlib.closing(line)

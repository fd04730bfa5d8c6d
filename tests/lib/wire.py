# SPDX-License-Identifier: Apache-2.0
"""HTTP on a bare socket: sends the very bytes it is given, reads one answer after the other."""

import os
import socket

PATIENCE = float(os.environ.get("COUNTERSIGN_PATIENCE", "30"))


class Answer:
    def __init__(self, status, fields, body, raw):
        self.status, self.fields, self.body, self.raw = status, fields, body, raw

    def field(self, name):
        """The one value of this field, or None; twice is a failure."""
        found = [value for n, value in self.fields if n.lower() == name.lower()]
        assert len(found) <= 1, f"{name} stands there {len(found)} times"
        return found[0] if found else None

    def __repr__(self):
        return f"<{self.status} {self.body[:200]!r}>"


class Connection:
    def __init__(self, address):
        if isinstance(address, str):  # the path of a Unix-domain socket
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffered = b""

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(65536)
        self.buffered += data
        return bool(data)

    def _line(self):
        while b"\r\n" not in self.buffered:
            if not self._more():
                raise EOFError(f"the connection ended inside {self.buffered!r}")
        line, self.buffered = self.buffered.split(b"\r\n", 1)
        return line.decode("latin-1")

    def exactly(self, size):
        """So many bytes, as soon as they are there."""
        pieces, self.buffered = [self.buffered[:size]], self.buffered[size:]
        missing = size - len(pieces[0])
        while missing:
            data = self.socket.recv(min(missing, 1 << 20))
            if not data:
                raise EOFError(f"{missing} bytes are missing")
            pieces.append(data)
            missing -= len(data)
        return b"".join(pieces)

    def some(self):
        """What is there, at least a byte; empty at the end."""
        if not self.buffered:
            self._more()
        data, self.buffered = self.buffered, b""
        return data

    def _chunks(self):
        pieces = []
        while piece := self.piece():
            pieces.append(piece)
        return b"".join(pieces)

    def piece(self):
        """The data of the next chunk; empty at the end of the coding."""
        size = int(self._line(), 16)
        data = self.exactly(size)
        assert self._line() == ""
        return data

    def rest(self):
        """All that comes until the peer has finished sending, or resets the connection."""
        try:
            while self._more():
                pass
        except ConnectionResetError:
            pass
        data, self.buffered = self.buffered, b""
        return data

    def finish(self):
        """Tells the peer that nothing follows."""
        self.socket.shutdown(socket.SHUT_WR)

    def head(self):
        """The next answer's head; its body is still to be read."""
        lines = [self._line()]
        while lines[-1]:
            lines.append(self._line())
        version, status, *_ = lines[0].split(" ", 2)
        assert version in ("HTTP/1.1", "HTTP/1.0"), lines[0]
        fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:-1]]
        return Answer(int(status), fields, b"", "\r\n".join(lines))

    def answer(self, method="POST"):
        """The next answer, interim ones too."""
        found = self.head()
        status, fields = found.status, found.fields
        named = {name.lower(): value for name, value in fields}
        if status < 200 or status in (204, 304) or method == "HEAD":
            body = b""
        elif "transfer-encoding" in named:
            assert named["transfer-encoding"] == "chunked" and "content-length" not in named
            body = self._chunks()
        elif "content-length" in named:
            body = self.exactly(int(named["content-length"]))
        else:
            while self._more():
                pass
            body, self.buffered = self.buffered, b""
        found.body = body
        return found

    def closed(self):
        """True once the peer has finished sending; False if it says something more."""
        if self.buffered:
            return False
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def exchange(address, data, method="POST"):
    """One request on a connection of its own."""
    with Connection(address) as connection:
        connection.send(data)
        return connection.answer(method)

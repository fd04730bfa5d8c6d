# SPDX-License-Identifier: Apache-2.0
"""An upstream that records what it got, byte for byte, and answers as the test says."""

import os
import socket
import threading

PATIENCE = float(os.environ.get("COUNTERSIGN_PATIENCE", "30"))
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"


class Received:
    def __init__(self, head, body):
        self.line, *lines = head.decode("latin-1").split("\r\n")
        self.fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines if line]
        self.body = body

    def field(self, name):
        """The one value of this field, or None; twice is a failure."""
        found = [value for n, value in self.fields if n.lower() == name.lower()]
        assert len(found) <= 1, f"{name} stands there {len(found)} times"
        return found[0] if found else None


def reserved_port():
    """A socket that is bound and does not listen: connecting to it is refused until it does."""
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    return reserved


def read_request(peer, buffered=b""):
    """(Received, bytes behind it), or (None, b"") when the peer has finished."""
    while b"\r\n\r\n" not in buffered:
        data = peer.recv(65536)
        if not data:
            return None, b""
        buffered += data
    head, buffered = buffered.split(b"\r\n\r\n", 1)
    received = Received(head, b"")
    size = int(received.field("content-length") or 0)
    pieces = [buffered[:size]]
    buffered, missing = buffered[size:], size - len(pieces[0])
    while missing:
        data = peer.recv(min(missing, 1 << 20))
        if not data:
            return None, b""
        pieces.append(data)
        missing -= len(data)
    received.body = b"".join(pieces)
    return received, buffered


class Service:
    """Listens on a port of the kernel's choice (or on a socket from reserved_port()) and runs `script(peer, number)`
    for each connection, in a thread of its own; the connection is closed when that returns."""

    def __init__(self, script, listener=None, backlog=1024):
        self.script = script
        self.connections = 0
        self._guard = threading.Lock()
        self._open = set()
        self._listener = listener or socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self._listener.listen(backlog)
        self.local = self._listener.family == socket.AF_UNIX
        self.port = None if self.local else self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def url(self):
        return f"unix:{self._listener.getsockname()}" if self.local else f"http://127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with self._guard:
                self.connections += 1
                number = self.connections
                self._open.add(peer)
            threading.Thread(target=self._run, args=(peer, number), daemon=True).start()

    def _run(self, peer, number):
        if not self.local:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.script(peer, number)
        except OSError:
            pass
        finally:
            with self._guard:
                self._open.discard(peer)
            peer.close()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        with self._guard:
            for peer in self._open:
                try:
                    peer.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Upstream(Service):
    """`reply` is bytes, or a function of (Received, socket) that gives bytes, or None when it has sent, or closed,
    everything itself."""

    def __init__(self, reply=OK, listener=None):
        self.reply = reply
        self.requests = []
        super().__init__(self._serve, listener)

    def _serve(self, peer, _):
        buffered = b""
        while True:
            received, buffered = read_request(peer, buffered)
            if received is None:
                return
            with self._guard:
                self.requests.append(received)
            answer = self.reply(received, peer) if callable(self.reply) else self.reply
            if answer is not None:
                peer.sendall(answer)


class Held:
    """An upstream whose answers wait until they are let go."""

    def __init__(self):
        self.arrived, self.go = threading.Semaphore(0), threading.Event()
        self.service = Upstream(self._reply)

    def _reply(self, *_):
        self.arrived.release()
        self.go.wait(PATIENCE)
        return OK

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.go.set()
        self.service.close()

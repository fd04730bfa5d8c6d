# SPDX-License-Identifier: Apache-2.0
"""TLS before the service, the gateway beside nginx: CPU for a sealed message of 1 KiB on kept connections, and for a
request with a full handshake before it. TLS 1.3, one certificate with an EC key for both; nginx opens nothing."""

import contextlib
import os
import shutil
import ssl
import tempfile

from measure import WARM_UP, Row, cpu
from peers import FOLDER, Kind, Peer, countersign, nginx
from rig import Service

from certificates import Authority  # tests/lib, as rig has found it

KINDS = {
    "gateway": Kind("Countersign", "gateway.yaml", countersign, True, []),
    "nginx": Kind("nginx", "nginx.conf", nginx, False, []),
}
# What makes a listener of each template one with TLS.
LISTENERS = {
    "gateway": ("listen: 127.0.0.1:@port@",
                "listen: {address: 127.0.0.1:@port@, tls: {certificate: @certificate@, key: @key@}}"),
    "nginx": ("listen 127.0.0.1:@port@ backlog=4096;",
              "listen 127.0.0.1:@port@ ssl backlog=4096; ssl_certificate @certificate@; ssl_certificate_key @key@; "
              "ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve X25519:P-256:P-384; ssl_session_cache off; "
              "ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;"),
}
ROW = Row("1KiB", True)
WHAT = {"kept": (), "handshakes": ("--reconnect",)}
TITLES = {"kept": "1 KiB sealed, connections kept", "handshakes": "the same, a handshake for each"}


class Secured(Peer):
    def __init__(self, name, upstream, pair):
        self._pair = pair
        super().__init__(name, upstream, KINDS[name])

    def template(self):
        with open(os.path.join(FOLDER, self.kind.template), encoding="utf-8") as stream:
            text = stream.read()
        plain, secured = LISTENERS[self.name]
        assert plain in text, f"{self.kind.template} has another listener"
        return text.replace(plain, secured).replace("@certificate@", self._pair.certificate).replace(
            "@key@", self._pair.key)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"


def prove(peers):
    """Sentences on each that speaks otherwise than is said."""
    for peer in peers.values():
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with peer.connect() as plain, context.wrap_socket(plain) as one:
            if (one.version(), one.cipher()[0]) != ("TLSv1.3", "TLS_AES_128_GCM_SHA256"):
                yield f"{peer.kind.title} speaks {one.version()} with {one.cipher()[0]}"


@contextlib.contextmanager
def certificate():
    folder = tempfile.mkdtemp(prefix="countersign-tls-")
    try:
        os.chmod(folder, 0o755)
        yield Authority(folder).sign("gateway", ["127.0.0.1"])
    finally:
        shutil.rmtree(folder)


def rounds(given, tell):
    """{what: [{name: what cpu() gave}]} of as many rounds."""
    with certificate() as pair, Service() as service, contextlib.ExitStack() as stack:
        peers = {name: stack.enter_context(Secured(name, service.port, pair)) for name in KINDS}
        if wrong := list(prove(peers)):
            raise SystemExit("\n".join(wrong))
        taken = {what: [] for what in WHAT}
        for number in range(-1, given.rounds):
            tell(f"TLS: round {number + 1} of {given.rounds}")
            for what, more in WHAT.items():
                seconds = given.seconds if number >= 0 else min(WARM_UP, given.seconds)
                found = {name: cpu(peer, peers["gateway"], ROW, seconds, given.connections, *more)
                         for name, peer in peers.items()}
                if number >= 0:
                    taken[what].append(found)
        return taken

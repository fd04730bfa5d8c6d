# SPDX-License-Identifier: Apache-2.0
"""HTTP over TLS by Python's own library, on a socket that says what the gateway really did."""

import re
import socket
import ssl

from gateway import Gateway, basic
from upstream import OK, Upstream
from wire import PATIENCE, Connection

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def client(authority=None, version=None, certificate=None, alpn=None):
    """A client's settings: it trusts `authority` alone (nobody is asked for without one), shows `certificate`."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # Python takes any end for one that was said
    if authority is None:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    else:
        made.load_verify_locations(authority.certificate)
    if version is not None:
        made.minimum_version = made.maximum_version = VERSIONS[version]
    if certificate is not None:
        made.load_cert_chain(certificate.certificate, certificate.key)
    if alpn is not None:
        made.set_alpn_protocols(alpn)
    return made


class Secure(Connection):
    """As Connection. Reading to an end that was not said raises ssl.SSLError."""

    def __init__(self, address, context=None, name="gateway.example", session=None):
        plain = socket.create_connection(address, PATIENCE)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket = (context or client()).wrap_socket(plain, server_hostname=name, session=session,
                                                            suppress_ragged_eofs=False)
        except BaseException:
            plain.close()
            raise
        self.buffered = b""

    def finish(self):
        # An SSLSocket that is shut down forgets that it is one.
        socket.socket.shutdown(self.socket, socket.SHUT_WR)

    @property
    def shown(self):
        """The gateway's certificate, DER."""
        return self.socket.getpeercert(True)


def secured(upstream, tls, more="", workers=1, listen="127.0.0.1:0"):
    """The basic configuration with TLS on its listener; `tls` as in the file."""
    return basic(upstream, workers=workers, more=more).replace(
        "listen: 127.0.0.1:0", f"listen: {{address: {listen}, tls: {tls}}}", 1)


def addresses(gateway: Gateway):
    """Of all listeners, in the configuration's order."""
    found = (re.search(r" listening on (\S+):(\d+)", line) for line in gateway.diagnostics)
    return [(one.group(1), int(one.group(2))) for one in found if one]


class SecureUpstream(Upstream):
    """An upstream that speaks TLS and shows `pair`. With `authority` it demands a certificate that this one signed."""

    def __init__(self, pair, reply=OK, authority=None, version=None, ends=True):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        self.context.load_cert_chain(pair.certificate, pair.key)
        self.context.set_alpn_protocols(["http/1.1"])
        self.context.sni_callback = self._named
        if authority is not None:
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.load_verify_locations(authority.certificate)
        if version is not None:
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.minimum_version = self.context.maximum_version = version
        self.agreed = []  # the SSL sockets of all connections, as they came
        self.resumed = []  # which of them were resumed?
        self.names = []    # by which they asked for us
        self._ends = ends
        super().__init__(reply)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def _named(self, _, name, __):
        self.names.append(name)

    def _serve(self, peer, number):
        with self.context.wrap_socket(peer, server_side=True, suppress_ragged_eofs=False) as secured:
            self.agreed.append(secured)
            self.resumed.append(secured.session_reused)
            try:
                try:
                    super()._serve(secured, number)
                except ConnectionAbortedError:
                    pass  # the script's own way to end
                if self._ends:
                    secured.unwrap()
            except ssl.SSLEOFError:
                pass

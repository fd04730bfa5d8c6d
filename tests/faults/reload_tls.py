#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates that are renewed: a reload takes them up, for whoever connects from then on, and drops nobody."""

import os
import shutil
import signal
import ssl
import tempfile
import threading
import time
import unittest

from certificates import Authority
from gateway import Gateway, basic
from secure import Secure, client, secured
from upstream import Upstream
from wire import Connection

GET = b"GET /open/x HTTP/1.1\r\nHost: gateway.example\r\n\r\n"


class Renewals(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="countersign-tls-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.authority = Authority(self.folder)
        self.pairs = [self.authority.sign(f"made-{n}", ["gateway.example"]) for n in range(2)]
        # What the configuration names is a copy, as a renewal writes over the old one.
        self.certificate, self.key = (os.path.join(self.folder, name) for name in ("live.pem", "live.key"))
        self.renew(self.pairs[0])
        self.service = self.enterContext(Upstream())

    def renew(self, pair, key=None):
        shutil.copyfile(pair.certificate, self.certificate)
        shutil.copyfile((key or pair).key, self.key)
        os.chmod(self.key, 0o600)

    def start(self, workers=1, more=""):
        tls = f"{{certificate: {self.certificate}, key: {self.key}{more}}}"
        self.config = secured(self.service.url, tls, workers=workers)
        self.gateway = self.enterContext(Gateway(self.config))

    def shown(self):
        with Secure(self.gateway.address, client(self.authority)) as connection:
            connection.send(GET)
            self.assertEqual(connection.answer("GET").status, 200)
            return connection.shown

    def expected(self, pair):
        with open(pair.certificate, encoding="ascii") as stream:
            return ssl.PEM_cert_to_DER_cert(stream.read())

    def test_a_new_certificate_is_shown_from_then_on_and_connections_go_on(self):
        self.start()
        with Secure(self.gateway.address, client(self.authority)) as before:
            before.send(GET)
            self.assertEqual(before.answer("GET").status, 200)
            self.assertEqual(self.shown(), self.expected(self.pairs[0]))
            self.renew(self.pairs[1])
            self.assertEqual(self.shown(), self.expected(self.pairs[0]))
            self.assertTrue(self.gateway.reload())
            self.assertEqual(self.shown(), self.expected(self.pairs[1]))
            before.send(GET)
            self.assertEqual(before.answer("GET").status, 200)

    def test_a_handshake_that_has_begun_ends_on_the_certificate_it_began_with(self):
        self.start()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        talk = client(self.authority).wrap_bio(incoming, outgoing, server_hostname="gateway.example")
        with self.assertRaises(ssl.SSLWantReadError):
            talk.do_handshake()
        hello = outgoing.read()
        with Connection(self.gateway.address) as raw:
            raw.send(hello[:10])
            while self.gateway.metrics()["countersign_connections"] < 1:
                pass
            self.renew(self.pairs[1])
            self.assertTrue(self.gateway.reload())
            raw.send(hello[10:])
            while True:
                try:
                    talk.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    incoming.write(raw.some())
            self.assertEqual(talk.getpeercert(True), self.expected(self.pairs[0]))

    def test_a_bad_one_changes_nothing(self):
        self.start()
        with open(self.pairs[1].certificate, encoding="ascii") as stream:
            good = stream.read()
        for spoil in (lambda: self.renew(self.pairs[1], self.pairs[0]),
                      lambda: self.renew(self.pairs[1]) or os.truncate(self.certificate, len(good) // 2),
                      lambda: self.renew(self.pairs[1]) or os.truncate(self.key, 0),
                      lambda: os.unlink(self.certificate)):
            spoil()
            self.assertFalse(self.gateway.reload())
            self.assertEqual(self.shown(), self.expected(self.pairs[0]))
        self.renew(self.pairs[1])
        self.assertTrue(self.gateway.reload())
        self.assertEqual(self.shown(), self.expected(self.pairs[1]))

    def test_nobody_notices_of_many_renewals_under_load(self):
        self.start(workers=2)
        over, wrong, served = threading.Event(), [], [0] * 4

        def talk(own):
            context = client(self.authority)
            while not over.is_set() and not wrong:
                try:
                    with Secure(self.gateway.address, context) as connection:
                        for _ in range(3):
                            connection.send(GET)
                            answer = connection.answer("GET")
                            if answer.status != 200:
                                wrong.append(answer)
                    served[own] += 1
                except OSError as error:
                    wrong.append(error)

        clients = [threading.Thread(target=talk, args=(own,)) for own in range(len(served))]
        for one in clients:
            one.start()
        try:
            for n in range(20):
                self.renew(self.pairs[n % 2])
                self.assertTrue(self.gateway.reload())
        finally:
            over.set()
            for one in clients:
                one.join()
        self.assertEqual(wrong, [])
        self.assertGreater(min(served), 0)

    def test_another_authority_is_asked_from_then_on(self):
        other = Authority(self.folder, "other")
        mine, theirs = self.authority.sign("mine", usage="clientAuth"), other.sign("theirs", usage="clientAuth")
        trusted = os.path.join(self.folder, "trusted.pem")
        shutil.copyfile(self.authority.certificate, trusted)
        self.start(more=f", client_ca: {trusted}")
        contexts = {"mine": client(self.authority, "1.3", mine), "theirs": client(self.authority, "1.3", theirs)}

        def enters(whose, session=None):
            try:
                with Secure(self.gateway.address, contexts[whose], session=session) as connection:
                    connection.send(GET)
                    connection.answer("GET")
                    return connection.socket.session
            except (ssl.SSLError, ConnectionError):
                return None

        session = enters("mine")
        self.assertIsNotNone(session)
        self.assertIsNone(enters("theirs"))
        shutil.copyfile(other.certificate, trusted)
        self.assertTrue(self.gateway.reload())
        self.assertIsNone(enters("mine", session))
        self.assertIsNotNone(enters("theirs"))

    def test_a_listener_becomes_a_plain_one_and_one_with_tls_again(self):
        self.start()
        for plainly in (True, False, True):
            self.assertTrue(self.gateway.reload(basic(self.service.url) if plainly else self.config))
            if plainly:
                with Connection(self.gateway.address) as connection:
                    connection.send(GET)
                    self.assertEqual(connection.answer("GET").status, 200)
            else:
                self.shown()

    def test_expiry_is_in_the_metrics_and_told_of_at_a_reload(self):
        self.start()
        labels = f'listener="127.0.0.1:0",certificate="{self.certificate}"'
        name = f"countersign_tls_certificate_expiry_timestamp_seconds{{{labels}}}"
        until = self.gateway.metrics()[name]
        self.assertAlmostEqual(until - time.time(), 30 * 86400, delta=86400)
        self.renew(self.authority.sign("soon", ["gateway.example"], days=3))
        self.gateway.signal(signal.SIGHUP)
        self.gateway.wait_for_diagnostic(r"listen\.tls\.certificate: warning: expires on ")
        self.gateway.wait_for_diagnostic("the configuration is in force")
        self.assertLess(self.gateway.metrics()[name], until)


if __name__ == "__main__":
    unittest.main()

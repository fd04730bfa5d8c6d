#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What sslscan, which knows how TLS goes wrong, finds on a listener: nothing that is weak."""

import shutil
import subprocess
import tempfile
import unittest
from xml.etree import ElementTree

from certificates import Authority
from gateway import Gateway
from secure import secured
from upstream import Upstream

STRONG = {
    "TLSv1.3": {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"},
    "TLSv1.2": {f"ECDHE-{{}}-{cipher}" for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")},
}
GROUPS = {"x25519", "secp256r1 (NIST P-256)", "secp384r1 (NIST P-384)"}


class Scan(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="countersign-tls-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.authority = Authority(self.folder)
        self.service = self.enterContext(Upstream())

    def scan(self, kind):
        pair = self.authority.sign(f"of-{kind}", ["gateway.example"], kind=kind)
        with Gateway(secured(self.service.url, pair.tls, workers=2)) as gateway:
            done = subprocess.run(["sslscan", "--no-colour", "--xml=-", "%s:%d" % gateway.address], capture_output=True,
                                  stdin=subprocess.DEVNULL, check=False)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            # It is there still, and as well as before.
            self.assertEqual(gateway.admin_get("/readyz")[0], 200)
        self.assertEqual(self.service.requests, [])
        found = ElementTree.fromstring(done.stdout).find("ssltest")
        self.assertIsNotNone(found, done.stdout.decode())
        return found

    def check(self, kind, signed_by):
        found = self.scan(kind)
        enabled = {(one.get("type"), one.get("version")) for one in found.iter("protocol") if one.get("enabled") == "1"}
        self.assertEqual(enabled, {("tls", "1.2"), ("tls", "1.3")})
        self.assertEqual(found.find("renegotiation").get("supported"), "0")
        self.assertFalse([one for one in found.iter("compression") if one.get("supported") != "0"])
        self.assertTrue(all(one.get("vulnerable") == "0" for one in found.iter("heartbleed")))
        ciphers = {version: {one.get("cipher") for one in found.iter("cipher") if one.get("sslversion") == version}
                   for version in STRONG}
        self.assertEqual(ciphers["TLSv1.3"], STRONG["TLSv1.3"])
        self.assertEqual(ciphers["TLSv1.2"], {name.format(signed_by) for name in STRONG["TLSv1.2"]})
        self.assertEqual({one.get("sslversion") for one in found.iter("cipher")}, set(STRONG))
        self.assertEqual({one.get("name") for one in found.iter("group") if one.get("sslversion") == "TLSv1.3"}, GROUPS)
        self.assertLessEqual({one.get("name") for one in found.iter("group")}, GROUPS)

    def test_with_an_rsa_key(self):
        self.check("RSA", "RSA")

    def test_with_an_ec_key(self):
        self.check("EC", "ECDSA")


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""Certificates of a test's own, made by the openssl command: authorities, and what they sign."""

import os
import subprocess

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[end]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = {usage}
{names}
"""


def openssl(*arguments):
    """What it prints."""
    done = subprocess.run(["openssl", *arguments], check=False, capture_output=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Pair:
    """A certificate and its key, as files."""

    def __init__(self, folder, name):
        self.certificate = os.path.join(folder, name + ".pem")
        self.key = os.path.join(folder, name + ".key")

    @property
    def tls(self):
        """As a listener's `tls`."""
        return f"{{certificate: {self.certificate}, key: {self.key}}}"


class Authority(Pair):
    """Signs certificates; its own is `certificate`."""

    def __init__(self, folder, name="authority"):
        super().__init__(folder, name)
        self.folder = folder
        self._name = name
        self._make(self, name, "authority", "serverAuth", (), None, "EC", ())

    def below(self, name):
        """An authority whose certificate this one has signed."""
        made = Authority.__new__(Authority)
        Pair.__init__(made, self.folder, name)
        made.folder, made._name = self.folder, name
        self._make(made, name, "authority", "serverAuth", (), self, "EC", ())
        return made

    def sign(self, name, names=(), usage="serverAuth", days=30, kind="EC", self_signed=False):
        """A certificate for these DNS names and IP addresses, in NAME.pem; `days` below 0: expired since so many."""
        made = Pair(self.folder, name)
        dates = ("-not_before", "20200101000000Z", "-not_after", "20200201000000Z") if days < 0 else ()
        self._make(made, name, "end", usage, names, None if self_signed else self, kind, dates, days)
        return made

    def _make(self, pair, name, section, usage, names, by, kind, dates, days=30):
        config = pair.certificate + ".cnf"
        alternative = ", ".join(("IP:" if n[0].isdigit() or ":" in n else "DNS:") + n for n in names)
        with open(config, "w", encoding="utf-8") as stream:
            stream.write(CONFIG.format(name=name, usage=usage,
                                       names=f"subjectAltName = {alternative}" if names else ""))
        how = {"EC": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
               "RSA": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
               "RSA-1024": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")}[kind]
        openssl("genpkey", *how, "-out", pair.key)
        os.chmod(pair.key, 0o600)
        signer = by or pair
        request = pair.certificate + ".csr"
        openssl("req", "-new", "-config", config, "-key", pair.key, "-out", request)
        if dates:
            self._with_dates(pair, request, config, section, signer, dates)
            return
        signing = ("-CA", by.certificate, "-CAkey", by.key, "-CAcreateserial") if by else ("-signkey", pair.key)
        openssl("x509", "-req", "-in", request, *signing, "-days", str(days), "-sha256", "-extfile", config,
                "-extensions", section, "-out", pair.certificate)

    def _with_dates(self, pair, request, config, section, signer, dates):
        """`openssl x509` of version 3.0 knows days from now on; `openssl ca` any dates."""
        start, end = dates[1][2:], dates[3][2:]
        database = pair.certificate + ".db"
        with open(database, "w", encoding="ascii"):
            pass
        with open(config, "a", encoding="utf-8") as stream:
            stream.write(f"[ca]\ndefault_ca = one\n[one]\ndatabase = {database}\nnew_certs_dir = {self.folder}\n"
                         "rand_serial = yes\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n")
        signing = ("-cert", signer.certificate, "-keyfile", signer.key) if signer is not pair else \
            ("-selfsign", "-keyfile", pair.key)
        openssl("ca", "-batch", "-notext", "-config", config, "-in", request, *signing, "-startdate", start,
                "-enddate", end, "-extensions", section, "-out", pair.certificate)

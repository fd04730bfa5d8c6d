# SPDX-License-Identifier: Apache-2.0
"""CPU for a request by scheme: one gateway, the same messages of 1 KiB, each scheme in turn, round after round; and
what OpenSSL alone takes to verify a signature, on the same processor in the same round."""

import os
import subprocess
import time

from measure import UNBOUNDED, WARM_UP
from peers import FOLDER, Peer, on_the_proxys_processor
from rig import Load, Service

SIZE = "1KiB"
# How each is asked for: the route, who speaks, and with what.
SCHEMES = {
    "laravel": ("/", "load", ()),
    "rfc9421_jwe": ("/jwe/", "sealer", ()),
    "rfc9421": ("/signed/", "stamper", ()),  # a client of its own: one may have but half of the replay store
    "rfc9421_ed25519": ("/signed/", "signer", ("--private-key", os.path.join(FOLDER, "signer.pem"))),
}
TITLES = {
    "laravel": "Laravel, AES-128-CBC",
    "rfc9421_jwe": "rfc9421 hmac-sha256, JWE A256GCM",
    "rfc9421": "rfc9421 hmac-sha256, not sealed",
    "rfc9421_ed25519": "rfc9421 ed25519, not sealed",
}
PROOF = "20"  # requests


def load(gateway, scheme, *more):
    """(exit status, what it found)."""
    path, client, with_what = SCHEMES[scheme]
    return Load(gateway.url + path, "-c", gateway.config, "--client", client, *with_what, "--size", SIZE,
                *more).result()


def prove():
    """Sentences on each scheme that doesn't forward exactly the message, or takes a wrong signature."""
    with Service("--echo") as service, Peer("gateway", service.port) as gateway:
        for scheme in SCHEMES:
            for what, more in (("forwards something else", ("--body", "echo")),
                               ("takes a wrong signature", ("--spoil", "signature"))):
                if load(gateway, scheme, "--requests", PROOF, *more)[0]:
                    yield f"{TITLES[scheme]}: {what}"


def verification():
    """µs of CPU that OpenSSL takes for one Ed25519 verification, by its own loop."""
    with on_the_proxys_processor():
        done = subprocess.run(["openssl", "speed", "-mr", "-seconds", "1", "ed25519"], capture_output=True, text=True,
                              check=True)
    return verification_of(done.stdout)


def verification_of(said):
    """From `openssl speed -mr`, whose line F6 says: bits, what was measured, signatures and verifications a second."""
    line, = (line for line in said.splitlines() if line.startswith("+F6:"))
    return 1e6 / float(line.split(":")[5])


def cpu(gateway, scheme, seconds, connections):
    """One scheme's part of a round."""
    gateway.forget_log()
    begun, before = time.monotonic_ns(), gateway.cpu_ns()
    status, found = load(gateway, scheme, "--requests", UNBOUNDED, "--seconds", str(seconds), "--connections",
                         str(connections))
    used, taken = gateway.cpu_ns() - before, time.monotonic_ns() - begun
    if status:
        raise SystemExit(f"{TITLES[scheme]}: the load failed: {found if isinstance(found, str) else found['errors']}")
    return {"us": used / found["requests"] / 1e3, "requests": found["requests"], "rate": round(found["rate"]),
            "busy": round(used / taken, 3)}


def rounds(given, tell):
    with Service() as service, Peer("gateway", service.port) as gateway:
        for scheme in SCHEMES:
            cpu(gateway, scheme, min(WARM_UP, given.seconds), given.connections)
        taken = []
        for number in range(given.rounds):
            tell(f"schemes: round {number + 1} of {given.rounds}")
            taken.append({**{scheme: cpu(gateway, scheme, given.seconds, given.connections) for scheme in SCHEMES},
                          "openssl_verify": {"us": verification()}})
        return taken

# SPDX-License-Identifier: Apache-2.0
"""Laravel payloads taken apart and put together again, as no client would write them."""

import base64
import hashlib
import hmac
import json


def b64(raw):
    return base64.b64encode(raw).decode()


def members_of(payload):
    """The members as texts, in order."""
    return json.loads(base64.b64decode(payload))


def payload_of(members):
    """Like PHP writes them; values may be of any JSON type."""
    return b64(json.dumps(members, separators=(",", ":")).encode())


def mac_of(key, *texts):
    return hmac.new(key, "".join(texts).encode(), hashlib.sha256).hexdigest()


def with_mac(members, key):
    """These members with the MAC that a holder of the key would give them."""
    return {**members, "mac": mac_of(key, members["iv"], members["value"])}


def flips(data):
    """(position, bit, data with that bit turned) for each bit."""
    for position in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[position] ^= 1 << bit
            yield position, bit, bytes(changed)

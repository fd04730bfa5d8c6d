# SPDX-License-Identifier: Apache-2.0
"""Before anything is measured: does each peer do what it is said to do? Whoever lets a replay or a forgery through, or
changes a byte of a message, has an easier job than the gateway, and its figures would mean nothing."""

import base64
import json
import time

from laravel import Client
from peers import Peer
from rig import PATIENCE
from upstream import Upstream

CLIENT = Client(token="load", secret=b"0123456789abcdef")
CREDENTIALS = ("timestamp", "version", "token", "signature")
SIZES = (200, 201, 202, 1 << 10, 64 << 10)  # every length of base64's last group


def status_of(peer, request):
    """The status that this request gets, as bytes, on a connection of its own."""
    with peer.connect() as connection:
        connection.settimeout(PATIENCE)
        connection.sendall(request)
        with connection.makefile("rb") as answer:
            return int(answer.readline().split()[1])


def message_of(size):
    """A JSON object of so many bytes, with characters that JSON and base64 could stumble over."""
    message = {"text": 'a "quoted" \\ word, Zoë & co. + 100 %; ', "pad": ""}
    message["pad"] = "x" * (size - len(json.dumps(message)))
    return message


def check_opening(peer, service):
    """What is wrong with one that proves and opens."""
    for size in SIZES:
        message = message_of(size)
        plaintext = json.dumps(message).encode()
        request = CLIENT.request("/", message)
        before = len(service.requests)
        if (status := status_of(peer, request)) != 200 or len(service.requests) != before + 1:
            yield f"a proper message of {size} bytes is answered with {status}"
            continue
        got = service.requests[-1]
        if got.body != plaintext or got.field("content-length") != str(len(plaintext)):
            yield f"of a message of {size} bytes it forwards something else: {got.body[:80]!r}"
        if got.field("content-type") != "application/json" or got.field("x-client-id") != "load":
            yield f"the service is not told what it gets, and from whom: {got.fields}"
        if any(got.field(name) is not None for name in CREDENTIALS):
            yield f"it forwards credentials: {got.fields}"
        if status_of(peer, request) == 200 or len(service.requests) != before + 1:
            yield f"it takes a replay of {size} bytes"
    yield from check_refusals(peer, service)


def members(payload):
    return json.loads(base64.b64decode(payload))


def with_mac_of(payload, other):
    """What it decrypts to is in order: the MAC alone tells."""
    changed = {**members(payload), "mac": members(other)["mac"]}
    return base64.b64encode(json.dumps(changed, separators=(",", ":")).encode()).decode()


def check_refusals(peer, service):
    now = int(time.time())
    payload = CLIENT.payload({"id": 1})
    forged = Client(token="load", secret=b"fedcba9876543210")
    refused = {
        "a wrong signature": CLIENT.request("/", fields=CLIENT.fields(signature="0" * 64)),
        "another's secret": forged.request("/"),
        "a payload sealed with another's secret": CLIENT.request("/", payload=forged.payload({"id": 1})),
        "another MAC": CLIENT.request("/", payload=with_mac_of(payload, CLIENT.payload({"id": 1}))),
        "a stale message": CLIENT.request("/", timestamp=now - 301 - 5),
        "a message of the future": CLIENT.request("/", timestamp=now + 60 + 30),
        "an unknown client": Client(token="nobody", secret=b"0123456789abcdef").request("/"),
        "a message without credentials": CLIENT.request("/", fields={}),
        "what is no payload": CLIENT.request("/", payload="bm9uc2Vuc2U="),
    }
    before = len(service.requests)
    for what, request in refused.items():
        status = status_of(peer, request)
        if not 400 <= status < 500 or len(service.requests) != before:
            yield f"it takes {what} ({status})"
            before = len(service.requests)


def check_plain(peer, service, path="/"):
    """What is wrong with one that only passes on."""
    for size in SIZES:
        body = json.dumps(message_of(size)).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: peer\r\nContent-Type: application/json\r\n"
        before = len(service.requests)
        status = status_of(peer, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        if status != 200 or len(service.requests) != before + 1 or service.requests[-1].body != body:
            yield f"a plain message of {size} bytes does not arrive ({status})"


def check_passing(peer, service):
    """The same for sealed messages: whatever is wrong with them is the service's business."""
    request = CLIENT.request("/", message_of(1 << 10))
    if status_of(peer, request) != 200 or service.requests[-1].body != request.split(b"\r\n\r\n", 1)[1]:
        yield "a sealed message does not arrive as it was sent"


def prove(name):
    """Sentences on what this peer does not do."""
    with Upstream() as service, Peer(name, service.port) as peer:
        if peer.kind.opens:
            yield from check_opening(peer, service)
        else:
            yield from check_passing(peer, service)
        if name != "nginx_lua":
            yield from check_plain(peer, service, "/open/")

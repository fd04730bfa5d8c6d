#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The payload's strictness table, row by row: what an honest client of some Laravel version may write passes, all else
is refused like a bad MAC, even where PHP would take it."""

import base64
import json
import unittest
from urllib.parse import quote_plus

from laravel import Client, open_sealed, seal, serialize
from payloads import b64, mac_of, members_of, payload_of, with_mac
from talk import Refusals, without_its_name

CBC = Client()
GCM = Client("wh-7", bytes(range(32)), "AES-256-GCM")
ABSENT = object()


def sealed(client):
    return members_of(client.payload({"id": 7}))


def changed(members, **others):
    """With these members instead; ABSENT leaves one out."""
    return {name: value for name, value in {**members, **others}.items() if value is not ABSENT}


def remac(members, **others):
    """With these members and a MAC that fits them."""
    return with_mac(changed(members, **others), CBC.secret)


def junk_in(text):
    """(what, text) of texts that PHP's base64_decode() takes for the same bytes."""
    yield "a line break", text[:8] + "\r\n" + text[8:]
    yield "a line break at the end", text + "\r\n"
    yield "a blank", text[:4] + " " + text[4:]
    yield "junk", text[:4] + "*" + text[4:]
    if text.endswith("="):
        yield "no padding", text.rstrip("=")
    if text.endswith("=="):
        yield "half of the padding", text[:-1]
        last = text[-3]
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        yield "other unused bits", text[:-3] + alphabet[alphabet.index(last) + 1] + "=="


class Strictness(Refusals):
    def setUp(self):
        super().setUp()
        bad_mac = changed(sealed(CBC), mac="0" * 64)
        self.as_bad_mac = without_its_name(self.talk.ask(CBC.request(payload=payload_of(bad_mac))))

    def payload_refused(self, client, payload, what):
        """By the very answer that a bad MAC gets."""
        answer = self.refused(client.request(payload=payload), what, 401, "unauthenticated")
        self.assertEqual(without_its_name(answer), self.as_bad_mac, what)

    def payload_passes(self, client, payload, what):
        self.assertEqual(json.loads(self.passes(client.request(payload=payload), what).body), {"id": 7}, what)

    def test_a_mac_is_64_lower_case_hex_digits(self):
        # V33: one MAC has one text.
        members = sealed(CBC)
        mac = members["mac"]
        for other in (mac.upper(), mac + " ", " " + mac, mac + "\n", mac[:-1], mac[:-2], mac + "0", mac + "00", "",
                      "0x" + mac, b64(bytes.fromhex(mac)), mac.replace(mac[0], chr(0xff10 + int(mac[0], 16)), 1)):
            self.payload_refused(CBC, payload_of(changed(members, mac=other)), other)
        self.payload_passes(CBC, payload_of(members), "as it was")

    def test_members_of_other_types_are_refused(self):
        # V17: the answer is that of a bad MAC, never an error page.
        values = (None, True, False, 0, 1, 1.5, [], {}, ["x"], {"a": "b"}, ABSENT)
        for client in (CBC, GCM):
            members = sealed(client)
            for name in ("iv", "value", "mac", "tag"):
                for value in values:
                    if client is CBC and name == "tag" and (value is None or value is ABSENT):
                        continue
                    self.payload_refused(client, payload_of(changed(members, **{name: value})), (name, value))

    def test_the_cipher_is_the_configured_one_whatever_the_message_says(self):
        # V2: CVE-2026-39999. Sealed with the client's own secret, by another cipher of its key size.
        for client, other in ((CBC, "AES-128-GCM"), (GCM, "AES-256-CBC")):
            self.payload_refused(client, seal(serialize('{"id": 7}'), client.secret, other), other)
            members = members_of(seal(serialize('{"id": 7}'), client.secret, other))
            for name in ("alg", "cipher", "algorithm"):
                self.payload_refused(client, payload_of(changed(members, **{name: other})), (name, other))
                foreign = client.request(payload=payload_of(members), more=[f"{name}: {other}"])
                self.refused(foreign, (name, other), 401, "unauthenticated")
        for client in (CBC, GCM):
            for name in ("alg", "cipher", "algorithm"):
                self.payload_passes(client, payload_of(changed(sealed(client), **{name: "none"})), name)

    def test_a_tag_has_no_place_beside_cbc(self):
        # V17: laravel #41479.
        for tag in ("0", "x", " ", b64(bytes(16)), b64(b"")[:0] + "="):
            self.payload_refused(CBC, payload_of(changed(sealed(CBC), tag=tag)), tag)

    def test_a_gcm_tag_has_16_bytes(self):
        # V16: a shorter one, cut off a genuine tag, is easier to guess.
        for size in [*range(16), *range(17, 34)]:
            members = sealed(GCM)
            tag = (base64.b64decode(members["tag"]) + bytes(32))[:size]
            self.payload_refused(GCM, payload_of(changed(members, tag=b64(tag))), size)
        self.payload_passes(GCM, payload_of(sealed(GCM)), 16)

    def test_a_gcm_payload_may_carry_the_mac_of_laravel_8_54_and_no_other(self):
        members = sealed(GCM)
        old = mac_of(GCM.secret, members["tag"], members["iv"], members["value"])
        of_cbc = mac_of(GCM.secret, members["iv"], members["value"])
        for mac in ("x", "0", "0" * 64, of_cbc, old.upper(), old[:-2], old + " "):
            self.payload_refused(GCM, payload_of(changed(members, mac=mac)), mac)
        self.payload_passes(GCM, payload_of(changed(members, mac=old)), "8.54")

    def test_iv_and_value_have_the_lengths_that_the_cipher_wants(self):
        for size in (0, 1, 12, 15, 17, 32):
            self.payload_refused(CBC, payload_of(remac(sealed(CBC), iv=b64(bytes(size)))), ("iv", size))
        for size in (0, 1, 15, 17, 31, 33):
            self.payload_refused(CBC, payload_of(remac(sealed(CBC), value=b64(bytes(size)))), ("value", size))
        for size in (0, 8, 11, 13, 16):
            self.payload_refused(GCM, payload_of(changed(sealed(GCM), iv=b64(bytes(size)))), ("iv", size))

    def test_a_bad_padding_is_answered_like_a_bad_mac(self):
        # V18: no oracle. The MAC is genuine; what was encrypted ends in no padding.
        whole = sealed(Client())
        value = base64.b64decode(whole["value"])
        for cut in (16,):
            self.payload_refused(CBC, payload_of(remac(whole, value=b64(value[:-cut]))), cut)
        for turned in range(8):
            last = value[:-17] + bytes([value[-17] ^ 1 << turned]) + value[-16:]
            if open_fails(remac(whole, value=b64(last))):
                self.payload_refused(CBC, payload_of(remac(whole, value=b64(last))), turned)

    def test_base64_within_the_payload_has_one_text(self):
        # V33: the MAC is over the texts, so a holder of the key could make these; PHP takes them.
        members = sealed(CBC)
        for name in ("iv", "value"):
            for what, text in junk_in(members[name]):
                self.payload_refused(CBC, payload_of(remac(members, **{name: text})), (name, what))
        members = members_of(seal(b'{"n":"\xc3\xbf\xc3\xbf"}', GCM.secret, GCM.cipher))
        for name in ("iv", "value", "tag"):
            for what, text in junk_in(members[name]):
                self.payload_refused(GCM, payload_of(changed(members, **{name: text})), (name, what))

    def test_base64_of_the_url_alphabet_is_refused_within(self):
        iv = bytes([0xfb, 0xff]) * 8
        members = members_of(seal(serialize('{"id":7}'), CBC.secret, iv=iv))
        self.assertTrue(set(members["iv"]) & set("+/"))
        other = members["iv"].replace("+", "-").replace("/", "_")
        self.payload_refused(CBC, payload_of(remac(members, iv=other)), other)
        self.payload_passes(CBC, payload_of(members), "as it was")

    def test_base64_of_the_payload_has_one_text(self):
        # V33
        members = sealed(CBC)  # an extra member's length decides how much padding there is
        payload = next(text for text in (payload_of({**members, "extra": "x" * n}) for n in range(3))
                       if text.endswith("=="))
        for what, text in junk_in(payload):
            self.payload_refused(CBC, text, what)
        self.payload_passes(CBC, payload, "as it was")

    def test_json_of_the_url_alphabet_is_refused(self):
        # A payload's JSON that needs '/' or '+' at all: only an extra member's text can.
        text = json.dumps({**sealed(CBC), "x": "???>>>ÿÿÿ"}, ensure_ascii=False, separators=(",", ":")).encode()
        payload = next(b64(text[:-2] + b" " * pad + text[-2:]) for pad in range(8)
                       if set(b64(text[:-2] + b" " * pad + text[-2:])) & set("+/"))
        self.payload_refused(CBC, payload.replace("+", "-").replace("/", "_"), payload)

    def test_nothing_stands_around_the_json(self):
        for client in (CBC, GCM):
            text = base64.b64decode(payload_of(sealed(client)))
            for other in (text + b"x", text + b"{}", text + b"\0", b"\xef\xbb\xbf" + text, b"[" + text + b"]",
                          b'"' + text + b'"', text[:-1], b"", b"{}", b"null", b"[]"):
                self.payload_refused(client, b64(other) or "=", other)

    def test_a_member_twice_is_refused(self):
        # PHP takes the last: two readers, two messages.
        for client in (CBC, GCM):
            good = sealed(client)
            for name, value in good.items():
                for one in (json.dumps({name: value})[1:-1], '"%s":""' % name,
                            '"\\u%04x%s":""' % (ord(name[0]), name[1:])):
                    text = "{" + one + "," + json.dumps(good)[1:]
                    self.payload_refused(client, b64(text.encode()), (name, one))

    def test_json_nested_beyond_two_is_refused(self):
        self.payload_passes(CBC, payload_of({**sealed(CBC), "extra": [1]}), "two")
        self.payload_refused(CBC, payload_of({**sealed(CBC), "extra": [[1]]}), "three")
        self.payload_refused(CBC, b64(b"[" * 100000), "open brackets")

    def test_what_some_version_of_laravel_writes_passes(self):
        for client in (CBC, GCM):
            text = json.dumps(sealed(client), separators=(",", ":"))
            self.payload_passes(client, b64(text.replace("/", "\\/").encode()), "slashes escaped")
            text = json.dumps(sealed(client), separators=(",", ":"))
            self.payload_passes(client, b64(text.replace("/", "\\u002f").encode()), "slashes as code points")
            members = sealed(client)
            self.payload_passes(client, payload_of(dict(reversed(members.items()))), "members in another order")
            spaced = json.dumps(sealed(client), indent=2) + "\r\n\t "
            self.payload_passes(client, b64(spaced.encode()), "white space")
            self.payload_passes(client, payload_of({**sealed(client), "extra": "x", "n": 1}), "more members")
        for tag in (ABSENT, None, ""):
            self.payload_passes(CBC, payload_of(changed(sealed(CBC), tag=tag)), tag)

    def test_equals_signs_may_stand_as_they_are_in_a_form(self):
        payload = CBC.payload({"id": 7})
        self.passes(CBC.request(body=b"data=" + payload.encode()))
        payload = CBC.payload({"id": 7})
        self.passes(CBC.request(body=b"more=1&data=" + quote_plus(payload).encode() + b"&and=more"))

    def test_the_form_field_stands_there_once(self):
        payload = quote_plus(CBC.payload({"id": 7}))
        for body in (f"data={payload}&data={payload}", f"data=&data={payload}", f"data={payload}&dat%61={payload}",
                     f"data={payload}&data", "data=", "data", "more=1", "&&", f"Data={payload}", f"data[]={payload}",
                     f"data={payload}%", f"data={payload}%zz", f"data={payload[:9]}+{payload[9:]}",
                     f"data={payload};x"):
            answer = self.refused(CBC.request(body=body.encode()), body, 401, "unauthenticated")
            self.assertEqual(without_its_name(answer), self.as_bad_mac, body)
        self.passes(CBC.request(body=f"data={payload}".encode()))


def open_fails(members):
    try:
        open_sealed(payload_of(members), CBC.secret)
        return False
    except ValueError:
        return True


if __name__ == "__main__":
    unittest.main()

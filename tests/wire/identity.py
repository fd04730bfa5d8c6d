#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who a message came from is for the gateway to say: what a client says of it itself never arrives."""

import unittest

from laravel import Client
from talk import Refusals

CLIENT = Client()
# V25 and V27: fields that services believe.
IDENTITY = ["X-Client-Id", "X-Client-Version", "X-Client-Anything", "X-Countersign-Observed", "X-Countersign-X"]
FORWARDED = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port",
             "X-Forwarded-User", "X-Forwarded-Prefix", "X-Real-IP"]
OTHERS = ["X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "Proxy",
          "X-Request-Id"]
HOP_BY_HOP = ["Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Trailer", "Upgrade"]
OURS = {"x-client-id": "billing", "x-client-version": "1.0.0", "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "http", "x-forwarded-host": "gateway"}


def spellings(name):
    return [name, name.upper(), name.lower(), name.swapcase(), name.replace("-", "_"), name.lower().replace("-", "_"),
            name.replace("-", "_", 1)]


class Identity(Refusals):
    def arrived(self, more, path="/api/x"):
        return self.passes(CLIENT.request(path=path, more=more), more)

    def test_of_each_there_is_one_and_it_is_ours(self):
        for name in IDENTITY + FORWARDED + OTHERS:
            for spelled in spellings(name):
                got = self.arrived([f"{spelled}: forged", f"{spelled}: forged too", f"{spelled.title()}: forged"])
                self.assertNotIn("forged", str(got.fields))
                for ours, value in OURS.items():
                    self.assertEqual(got.field(ours), value, spelled)

    def batches(self):
        """Everything forged, as many fields at once as a head may have."""
        lines = [f"{spelled}: forged" for name in IDENTITY + FORWARDED + OTHERS for spelled in spellings(name)]
        for begin in range(0, len(lines), 40):
            yield lines[begin:begin + 40] * 2

    def test_many_at_once_and_twice(self):
        for lines in self.batches():
            got = self.arrived(lines)
            self.assertNotIn("forged", str(got.fields))
            for ours, value in OURS.items():
                self.assertEqual(got.field(ours), value)
            self.assertEqual(sum(name.lower().startswith(("x-client-", "x-countersign-")) for name, _ in got.fields), 2)

    def test_on_a_route_without_a_scheme_nobody_is_anybody(self):
        for lines in self.batches():
            got = self.arrived(lines, path="/open/x")
            self.assertNotIn("forged", str(got.fields))
            self.assertIsNone(got.field("X-Client-Id"))
            self.assertIsNone(got.field("X-Client-Version"))

    def test_connection_can_not_take_ours_away(self):
        # CVE-2026-49231 and its like: a field that Connection lists is dropped, ours is set after that.
        got = self.arrived(["Connection: keep-alive, X-Client-Id, X-Client-Version, X-Forwarded-For, Content-Type"])
        for ours, value in {**OURS, "content-type": "application/json"}.items():
            self.assertEqual(got.field(ours), value)

    def test_what_connection_lists_and_the_hops_own_fields_stay_here(self):
        got = self.arrived(["Connection: keep-alive, X-Mine", "X-Mine: forged"] +
                           [f"{name}: forged" for name in HOP_BY_HOP])
        self.assertNotIn("forged", str(got.fields))

    def test_every_name_with_an_underscore_stays_here(self):
        self.assertNotIn("forged", str(self.arrived(["X_Anything: forged", "_: forged", "a_b: forged"]).fields))

    def test_digests_of_the_sealed_body_stay_here(self):
        got = self.arrived(["Content-Digest: sha-256=:forged:", "content_digest: forged"])
        self.assertNotIn("forged", str(got.fields))

    def test_other_fields_arrive(self):
        got = self.arrived(["Accept: text/x", "X-Shop: 7", "X-Shop: 8", "User-Agent: GuzzleHttp/7"])
        self.assertEqual([value for name, value in got.fields if name == "X-Shop"], ["7", "8"])
        self.assertEqual((got.field("Accept"), got.field("User-Agent")), ("text/x", "GuzzleHttp/7"))

    def test_the_request_id_is_new_and_the_answer_names_it(self):
        answer = self.talk.ask(CLIENT.request(more=["X-Request-Id: mine"]))
        self.assertNotEqual(answer.field("X-Request-Id"), "mine")
        self.assertEqual(self.service.requests[-1].field("X-Request-Id"), answer.field("X-Request-Id"))


if __name__ == "__main__":
    unittest.main()

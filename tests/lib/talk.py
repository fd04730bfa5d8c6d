# SPDX-License-Identifier: Apache-2.0
"""Asks the gateway one thing after the other, and what tests mostly want to know of its answers."""

import json
import re
import unittest

from gateway import Gateway, basic
from upstream import Upstream
from wire import Connection


class Talk:
    """Requests one after the other, on one connection for as long as the gateway keeps it."""

    def __init__(self, address):
        self.address = address
        self.connection = None

    def ask(self, data, method="POST"):
        if self.connection is None:
            self.connection = Connection(self.address)
        self.connection.send(data)
        answer = self.connection.answer(method)
        if answer.field("connection") == "close":
            self.close()
        return answer

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def code(answer):
    """A problem's code; None if the answer is none, or sealed."""
    if answer.field("content-type") != "application/problem+json":
        return None
    return json.loads(answer.body)["code"]


def without_its_name(answer):
    """The answer's text without what each has for itself: the request's id, and the time."""
    request_id = answer.field("x-request-id")
    text = (answer.raw + "\r\n\r\n" + answer.body.decode()).replace(request_id, "ID")
    return re.sub(r"(?m)^Date: .*?$", "Date", text)


class Refusals(unittest.TestCase):
    """A gateway and an upstream of its own for each test. What `refused` asks must never reach the upstream."""

    WORKERS = 1
    MORE = ""

    def config(self, upstream):
        return basic(upstream, workers=self.WORKERS, more=self.MORE)

    def setUp(self):
        self.service = self.enterContext(Upstream())
        self.gateway = self.enterContext(Gateway(self.config(self.service.url)))
        self.talk = self.enterContext(Talk(self.gateway.address))

    def refused(self, data, what="", status=None, word=None, method="POST"):
        """The answer, which is a 4xx (this `status` and `word`) of which the upstream knows nothing."""
        before = len(self.service.requests), self.service.connections
        answer = self.talk.ask(data, method)
        self.assertIn(answer.status, range(400, 500), (what, answer))
        if status is not None:
            self.assertEqual(answer.status, status, (what, answer))
        if word is not None:
            self.assertEqual(code(answer), word, (what, answer))
        self.assertEqual((len(self.service.requests), self.service.connections), before, what)
        return answer

    def settled_metrics(self):
        """/metrics once everything asked so far is counted: with one worker that is so when it answers again."""
        self.assertEqual(self.WORKERS, 1)
        self.talk.ask(b"GET /no/such/route HTTP/1.1\r\nHost: gateway\r\n\r\n", "GET")
        return self.gateway.metrics()

    def passes(self, data, what="", method="POST"):
        """What the upstream got of it."""
        before = len(self.service.requests)
        answer = self.talk.ask(data, method)
        self.assertEqual(answer.status, 200, (what, answer))
        self.assertEqual(len(self.service.requests), before + 1, what)
        return self.service.requests[-1]

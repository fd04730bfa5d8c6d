#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Under signed load one process after the other takes over: all requests pass, and none is said twice."""

import os
import tempfile
import unittest

from gateway import basic
from generations import Line
from laravel import Client
from load import Load, Service
from wire import exchange

TAKE_OVERS = int(os.environ.get("COUNTERSIGN_TAKE_OVERS", "6"))


class TakeOverUnderLoad(unittest.TestCase):
    def test_no_request_fails_and_none_is_taken_twice(self):
        with tempfile.TemporaryDirectory(prefix="countersign-") as folder, Service("--distinct") as service:
            line = Line(basic(service.url, workers=2, more="access_log: {path: 'off'}\n"), folder)
            first = self.enterContext(line.start())
            done, asked = 0, 0
            while done < TAKE_OVERS:
                load = Load(first.url + "/api/", "-c", first.config, "--client", "billing", "--connections", "16",
                            "--seconds", "600", "--requests", "4000")
                asked += 4000
                while load.running(0) and done < TAKE_OVERS:
                    old, message = line.now, Client().request(message={"number": done})
                    self.assertEqual(exchange(old.address, message).status, 200)
                    self.enterContext(line.start("--take-over"))
                    self.assertEqual(old.wait(), 0, old.diagnostics)
                    self.assertEqual(exchange(first.address, message).status, 401)
                    done += 1
                status, found = load.result()
                self.assertEqual((status, found["errors"]["total"], found["statuses"]), (0, 0, {"200": 4000}))
        self.assertEqual((service.counts["requests"], service.counts["repeated"]), (asked + done, 0))


if __name__ == "__main__":
    unittest.main()

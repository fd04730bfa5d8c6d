#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""No message is accepted twice, whatever happens around it; an honest retry of one that never left is not a replay."""

import base64
import hmac
import json
import os
import re
import shutil
import socket
import struct
import tempfile
import threading
import time
import unittest

from gateway import Gateway, basic
from laravel import Client, seal, serialize
from upstream import OK, PATIENCE, Service, Upstream, read_request, reserved_port
from wire import Connection, exchange

ROUTES = """
  - {path: /safe/, scheme: laravel, upstream: orders, bodyless: safe}
  - {path: /each/, scheme: laravel, upstream: orders, bodyless: safe, replay: per_request}
  - {path: /loose/, scheme: laravel, upstream: orders, replay: off, allow_weak: true}
"""


def code(answer):
    return json.loads(answer.body)["code"] if answer.status >= 400 else None


def bodyless(client, path, timestamp, method="GET"):
    lines = [f"{method} {path} HTTP/1.1", "Host: gateway"]
    lines += [f"{name}: {value}" for name, value in client.fields(timestamp).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


class Copies(unittest.TestCase):
    def test_of_a_hundred_parallel_copies_over_two_workers_one_is_forwarded(self):
        with Upstream() as service, Gateway(basic(service.url, workers=2)) as gateway:
            for _ in range(5):
                service.requests.clear()
                request = Client().request()
                start = threading.Barrier(100)
                answers = []

                def say():
                    with Connection(gateway.address) as connection:
                        connection.send(request[:-1])
                        start.wait()
                        connection.send(request[-1:])
                        answers.append(connection.answer())

                threads = [threading.Thread(target=say) for _ in range(100)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                self.assertEqual(sorted(a.status for a in answers), [200] + [401] * 99)
                self.assertEqual({code(a) for a in answers}, {None, "replayed"})
                self.assertEqual(len(service.requests), 1)

    def test_another_text_of_the_same_payload_is_the_same_message(self):
        client = Client()
        payload = client.payload({"id": 7})
        members = json.loads(base64.b64decode(payload))
        moved = dict(reversed(members.items()))
        texts = [json.dumps(moved), json.dumps(members, indent=1), json.dumps({**members, "more": [1]}),
                 json.dumps(members, separators=(",", ":")).replace("/", "\\/")]
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            self.assertEqual(exchange(gateway.address, client.request(payload=payload)).status, 200)
            for text in texts:
                again = client.request(payload=base64.b64encode(text.encode()).decode())
                self.assertEqual(code(exchange(gateway.address, again)), "replayed", text)
            body = json.dumps({"data": payload}).encode()
            request = client.request(body=body).replace(b"application/x-www-form-urlencoded", b"application/json")
            self.assertEqual(code(exchange(gateway.address, request)), "replayed")
            percent = ("data=" + "".join(f"%{byte:02x}" for byte in payload.encode())).encode()
            self.assertEqual(code(exchange(gateway.address, client.request(body=percent))), "replayed")
            self.assertEqual(len(service.requests), 1)

    def test_a_fresh_stamp_makes_no_old_payload_new(self):
        client, now = Client(), int(time.time())
        payload = client.payload({"id": 7})
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            first = exchange(gateway.address, client.request(payload=payload, timestamp=now - 100))
            self.assertEqual(first.status, 200)
            second = exchange(gateway.address, client.request(payload=payload, timestamp=now))
            self.assertEqual(code(second), "replayed")

    def test_the_gcm_payload_is_known_by_iv_and_tag(self):
        client = Client("wh-7", bytes(range(32)), "AES-256-GCM")
        request = client.request()
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            self.assertEqual(exchange(gateway.address, request).status, 200)
            self.assertEqual(code(exchange(gateway.address, request)), "replayed")
            self.assertEqual(exchange(gateway.address, client.request()).status, 200)

    def test_one_message_sealed_by_two_clients_is_two_messages(self):
        # V13: what one client has said is nobody else's.
        # The same plaintext, timestamp and, as far as the ciphers let them, the same iv.
        now, iv = int(time.time()), bytes(range(16))
        one, two = Client(), Client("third", b"fedcba9876543210")
        more = "  - {path: /safe/, scheme: laravel, upstream: orders, bodyless: safe}\n"
        with Upstream() as service:
            config = basic(service.url, more=more).replace(
                "upstreams:", "  third: {token: third, secret: fedcba9876543210}\nupstreams:", 1)
            with Gateway(config) as gateway:
                for client in (one, two):
                    payload = seal(serialize('{"id": 7}'), client.secret, iv=iv)
                    request = client.request(payload=payload, timestamp=now)
                    self.assertEqual(exchange(gateway.address, request).status, 200)
                    self.assertEqual(code(exchange(gateway.address, request)), "replayed")
                # Without a payload the timestamp alone is the message; each client has its own.
                for client in (one, two):
                    request = bodyless(client, "/safe/a", now)
                    self.assertEqual(exchange(gateway.address, request, "GET").status, 200)
                    self.assertEqual(code(exchange(gateway.address, request, "GET")), "replayed")
                self.assertEqual(len(service.requests), 4)

    def test_a_refused_copy_uses_nothing_up(self):
        # V13: only what is proven leaves a mark.
        client = Client()
        payload = client.payload({"id": 7})
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            members = json.loads(base64.b64decode(payload))
            wrong = {**members, "mac": "0" * 64}
            request = client.request(payload=base64.b64encode(json.dumps(wrong).encode()).decode())
            self.assertEqual(code(exchange(gateway.address, request)), "unauthenticated")
            self.assertEqual(code(exchange(gateway.address, client.request(
                payload=payload, fields=client.fields(signature="0" * 64)))), "unauthenticated")
            self.assertEqual(exchange(gateway.address, client.request(payload=payload)).status, 200)

    def test_a_service_that_answered_somebody_who_left_has_had_the_message(self):
        # A sender that repeats what the service failed on gets its mark back for that, and for nothing else.
        arrived, left = threading.Event(), threading.Event()

        def late(peer, _):
            read_request(peer)
            arrived.set()
            left.wait(PATIENCE)
            peer.sendall(OK)

        body = b'{"id": 7}'
        mac = hmac.new(b"0123456789abcdef-hook", body, "sha256").hexdigest()
        request = (f"POST /hook HTTP/1.1\r\nHost: gateway\r\nX-Hub-Signature-256: sha256={mac}\r\n"
                   f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
        with Service(late) as service:
            config = basic(service.url, more="  - {path: =/hook, scheme: github, client: hook, upstream: orders}\n")
            config = config.replace("upstreams:", "  hook: {secret: 0123456789abcdef-hook}\nupstreams:", 1)
            with Gateway(config) as gateway:
                connection = Connection(gateway.address)
                connection.send(request)
                self.assertTrue(arrived.wait(PATIENCE))
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.socket.close()
                left.set()
                self.assertEqual(gateway.next_log_line()["reason"], "client_closed")
                self.assertEqual(code(exchange(gateway.address, request)), "replayed")

    def test_replay_off_remembers_nothing(self):
        with Upstream() as service, Gateway(basic(service.url, more=ROUTES)) as gateway:
            request = Client().request("/loose/x")
            self.assertEqual([exchange(gateway.address, request).status for _ in range(3)], [200] * 3)
            self.assertEqual(gateway.metrics()["countersign_replay_marks"], 0)


class Bodyless(unittest.TestCase):
    def test_strict_takes_one_a_second(self):
        client, now = Client(), int(time.time())
        with Upstream() as service, Gateway(basic(service.url, more=ROUTES)) as gateway:
            self.assertEqual(exchange(gateway.address, bodyless(client, "/safe/a", now), "GET").status, 200)
            second = exchange(gateway.address, bodyless(client, "/safe/b", now), "GET")
            self.assertEqual(code(second), "replayed")
            self.assertEqual(exchange(gateway.address, bodyless(client, "/safe/b", now - 1), "GET").status, 200)

    def test_per_request_takes_each_target_and_method_once(self):
        client, now = Client(), int(time.time())
        with Upstream() as service, Gateway(basic(service.url, more=ROUTES)) as gateway:
            said = [exchange(gateway.address, bodyless(client, path, now), "GET").status
                    for path in ("/each/a", "/each/b", "/each/a?x=1", "/each/a")]
            self.assertEqual(said, [200, 200, 200, 401])
            self.assertEqual(exchange(gateway.address, bodyless(client, "/each/a", now, "HEAD"), "HEAD").status, 200)

    def test_only_where_the_route_says_so(self):
        client, now = Client(), int(time.time())
        with Upstream() as service, Gateway(basic(service.url, more=ROUTES)) as gateway:
            for method, path in (("GET", "/api/a"), ("POST", "/safe/a"), ("PUT", "/each/a"), ("DELETE", "/safe/a")):
                answer = exchange(gateway.address, bodyless(client, path, now, method))
                self.assertEqual((answer.status, code(answer)), (400, "malformed"), f"{method} {path}")
            self.assertEqual(service.connections, 0)


class Retries(unittest.TestCase):
    def test_what_never_left_may_be_said_again(self):
        port = reserved_port()
        request = Client().request()
        with Gateway(basic("http://127.0.0.1:%d" % port.getsockname()[1])) as gateway:
            for _ in range(2):
                answer = exchange(gateway.address, request)
                self.assertEqual((answer.status, code(answer)), (502, "upstream_unreachable"))
            with Upstream(listener=port) as service:
                self.assertEqual(exchange(gateway.address, request).status, 200)
                self.assertEqual(code(exchange(gateway.address, request)), "replayed")
                self.assertEqual(len(service.requests), 1)

    def test_a_service_that_does_not_accept_has_had_nothing(self):
        # A full queue: the kernel answers no further connection, neither yes nor no.
        full = self.enterContext(socket.create_server(("127.0.0.1", 0), backlog=0))
        config = basic("{endpoints: [http://127.0.0.1:%d], timeouts: {connect: 200ms}}" % full.getsockname()[1])
        first = self.enterContext(socket.create_connection(full.getsockname()))
        request = Client().request()
        with Gateway(config) as gateway:
            for _ in range(2):
                answer = exchange(gateway.address, request)
                self.assertEqual((answer.status, code(answer)), (502, "upstream_unreachable"))
            first.close()
            full.accept()[0].close()
            with Upstream(listener=full) as service:
                self.assertEqual(exchange(gateway.address, request).status, 200)
                self.assertEqual(code(exchange(gateway.address, request)), "replayed")
                self.assertEqual(len(service.requests), 1)

    def test_an_answer_that_came_too_late_was_one_to_a_message_that_arrived(self):
        def silent(peer, _):
            read_request(peer)
            peer.recv(1)

        request = Client().request()
        with Service(silent) as service:
            with Gateway(basic("{endpoints: [%s], timeouts: {response: 200ms}}" % service.url)) as gateway:
                answer = exchange(gateway.address, request)
                self.assertEqual((answer.status, code(answer)), (504, "upstream_timeout"))
                self.assertEqual(code(exchange(gateway.address, request)), "replayed")

    def test_what_may_have_arrived_may_not(self):
        def swallow(peer, _):
            read_request(peer)

        request = Client().request()
        with Service(swallow) as service, Gateway(basic(service.url)) as gateway:
            answer = exchange(gateway.address, request)
            self.assertEqual((answer.status, code(answer)), (502, "upstream_invalid"))
            self.assertEqual(code(exchange(gateway.address, request)), "replayed")
            self.assertEqual(service.connections, 1)


class Store(unittest.TestCase):
    def test_a_full_store_refuses_and_no_client_has_more_than_half(self):
        # V13: a store that can't remember lets nothing pass.
        more = "replay: {capacity: 8}\n"
        with Upstream() as service, Gateway(basic(service.url, more=more)) as gateway:
            greedy = [exchange(gateway.address, Client().request()) for _ in range(6)]
            self.assertEqual([a.status for a in greedy], [200] * 4 + [503] * 2)
            self.assertEqual({code(a) for a in greedy[4:]}, {"unavailable"})
            self.assertTrue(all(int(a.field("Retry-After")) > 0 for a in greedy[4:]))
            other = Client("wh-7", bytes(range(32)), "AES-256-GCM")
            self.assertEqual([exchange(gateway.address, other.request()).status for _ in range(5)], [200] * 4 + [503])
            figures = gateway.metrics()
            self.assertEqual(figures["countersign_replay_marks"], 8)
            self.assertEqual(figures["countersign_replay_store_errors_total"], 3)
            full = 'countersign_refusals_total{route="api",client="billing",reason="replay_store_full"}'
            self.assertEqual(figures[full], 2)
            self.assertEqual(len(service.requests), 8)

    def test_messages_that_never_left_take_no_room(self):
        port = reserved_port()
        with Gateway(basic("http://127.0.0.1:%d" % port.getsockname()[1], more="replay: {capacity: 8}\n")) as gateway:
            down = [exchange(gateway.address, Client().request()) for _ in range(20)]
            self.assertEqual({(a.status, code(a)) for a in down}, {(502, "upstream_unreachable")})
            self.assertEqual(gateway.metrics()["countersign_replay_marks"], 0)
            with Upstream(listener=port):
                up = [exchange(gateway.address, Client().request()) for _ in range(5)]
                self.assertEqual([a.status for a in up], [200] * 4 + [503])

    def restart(self, end):
        folder = tempfile.mkdtemp(prefix="countersign-")
        request = Client().request()
        # With a port that is chosen anew each time there would be none.
        more = "replay: {state: %s}\n" % os.path.join(folder, "marks")
        try:
            with Upstream() as service:
                with Gateway(basic(service.url, more=more), keep=folder) as gateway:
                    self.assertEqual(exchange(gateway.address, request).status, 200)
                    end(gateway)
                with Gateway(basic(service.url, more=more), keep=folder) as gateway:
                    self.assertEqual(code(exchange(gateway.address, request)), "replayed")
                    self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                self.assertEqual(len(service.requests), 2)
        finally:
            shutil.rmtree(folder)

    def test_marks_survive_a_restart(self):
        self.restart(lambda gateway: gateway.stop())

    def test_marks_survive_a_kill(self):
        self.restart(lambda gateway: gateway.kill())

    def test_marks_are_found_again_whatever_the_configuration_says_by_then(self):
        """The file has its name from the path of the configuration; it is told where there was none."""
        request = Client().request()
        with Upstream() as service, reserved_port() as port, tempfile.TemporaryDirectory(prefix="countersign-") as home:
            address = "127.0.0.1:%d" % port.getsockname()[1]
            port.close()
            config = basic(service.url).replace("listen: 127.0.0.1:0", f"listen: {address}")
            given = {"environment": {"STATE_DIRECTORY": home}, "keep": home}
            with Gateway(config, **given) as gateway:
                self.assertIn("replay marks begin: " + home, "".join(gateway.diagnostics))
                self.assertEqual(exchange(gateway.address, request).status, 200)
            with Gateway(config.replace(f"listen: {address}", f"listen: [127.0.0.1:0, {address}]"), **given) as gateway:
                self.assertEqual(code(exchange(gateway.address, request)), "replayed")
                self.assertFalse(any("marks begin" in line for line in gateway.diagnostics))
            self.assertEqual(len(service.requests), 1)

    def test_without_a_state_file_what_could_have_been_said_before_is_refused(self):
        more = "replay: {state: none}\n"
        with Upstream() as service, Gateway(basic(service.url, more=more)) as gateway:
            self.assertIn("don't survive a restart", "".join(gateway.diagnostics))
            answer = exchange(gateway.address, Client().request())
            self.assertEqual((answer.status, code(answer)), (503, "unavailable"))
            self.assertEqual(service.connections, 0)

    def test_who_must_refuse_all_is_not_ready(self):
        missing = (r"^replay marks of an earlier process are missing: "
                   r"messages stamped up to \d{10} are refused, \d+ s more$")
        with Upstream() as service:
            with Gateway(basic(service.url, more="replay: {state: none}\n")) as gateway:
                status, text = gateway.admin_get("/readyz")
                self.assertEqual(status, 503)
                self.assertRegex(text, missing)
                self.assertEqual(gateway.admin_get("/livez")[0], 200)
                # A route that leaves no marks misses none.
                self.assertTrue(gateway.reload(basic(service.url, more="replay: {state: none}\n").replace(
                    "scheme: laravel,", "scheme: laravel, mode: observe,")))
                self.assertEqual(gateway.admin_get("/readyz"), (200, "ok\n"))
            # It passes.
            with Gateway(basic(service.url, more="replay: {state: none, future: 0s}\n")) as gateway:
                until = time.monotonic() + PATIENCE
                while gateway.admin_get("/readyz")[0] != 200:
                    self.assertLess(time.monotonic(), until)
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)

    def lost(self, said, environment, lose):
        """Whatever was accepted before `lose` is not accepted again."""
        request = Client().request()
        with Upstream() as service, tempfile.TemporaryDirectory(prefix="countersign-") as folder:
            file = os.path.join(folder, "marks")
            config = basic(service.url, more="replay: {state: %s}\n" % file)
            with Gateway(config, keep=folder) as gateway:
                self.assertEqual(exchange(gateway.address, request).status, 200)
            lose(file)
            with Gateway(config, keep=folder, environment=environment) as gateway:
                self.assertIn(said.format(file), "".join(gateway.diagnostics))
                answer = exchange(gateway.address, request)
                self.assertEqual((answer.status, code(answer)), (503, "unavailable"))
                status, text = gateway.admin_get("/readyz")
                self.assertEqual(status, 503)
                self.assertAlmostEqual(int(re.search(r"(\d+) s more", text)[1]), 60, delta=PATIENCE)
            self.assertEqual(len(service.requests), 1)

    def test_a_state_file_that_is_gone_was_lost(self):
        self.lost("replay state file {} is gone, its marks are lost: messages stamped up to ", None, os.remove)

    def test_where_the_disk_may_be_new_a_state_file_that_is_not_there_may_have_been_lost(self):
        def all_of_it(file):
            os.remove(file)
            os.remove(file + ".begun")

        self.lost("replay state file {} was not there, and there may have been one: messages stamped up to ",
                  {"COUNTERSIGN_EPHEMERAL": "1"}, all_of_it)


if __name__ == "__main__":
    unittest.main()

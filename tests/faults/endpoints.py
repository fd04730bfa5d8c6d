#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Services with several endpoints: requests go where they are served; what fails is left alone, and tried again."""

import json
import socket
import threading
import unittest
from time import monotonic, time

from gateway import Gateway, basic
from laravel import Client
from upstream import OK, PATIENCE, Service, Upstream, read_request, reserved_port
from wire import Connection, exchange

SERVICE = "{{endpoints: [{endpoints}], timeouts: {{connect: 500ms, response: 10s}}, {more}}}"
GET = b"GET /open/x HTTP/1.1\r\nHost: g\r\n\r\n"
POST = b"POST /open/x HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n\r\n{}"


def several(endpoints, more="", workers=1, routes=""):
    urls = ", ".join(one if isinstance(one, str) else one.url for one in endpoints)
    config = basic(SERVICE.format(endpoints=urls, more=more).replace(", }", "}"), workers=workers)
    return config.replace("content: any}", "content: any" + routes + "}")


def url_of(reserved):
    return "http://127.0.0.1:%d" % reserved.getsockname()[1]


class Named(Upstream):
    """Says its name; what probes ask for is answered with `health`."""

    def __init__(self, name, listener=None):
        self.name, self.health, self.probes = name, b"200 OK", 0
        super().__init__(self._say, listener)

    def _say(self, received, _):
        if " /healthz " in received.line:
            self.requests.remove(received)
            self.probes += 1
            return b"HTTP/1.1 " + self.health + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        return b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + self.name.encode()


def listening_again(port):
    again = socket.socket()
    again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    again.bind(("127.0.0.1", port))
    return again


def who(gateway, count, request=GET):
    """Who served the next so many requests; a status instead of a name where nobody did."""
    names = ""
    for _ in range(count):
        answer = exchange(gateway.address, request)
        names += answer.body.decode() if answer.status == 200 else str(answer.status)
    return names


def until(what):
    """Waits for it, asking again and again."""
    end = monotonic() + PATIENCE
    while not what():
        assert monotonic() < end, "in vain"


class Balance(unittest.TestCase):
    def test_turns_go_by_weight(self):
        with Named("a") as a, Named("b") as b:
            heavy = "{url: %s, weight: 3}" % a.url
            with Gateway(several([heavy, b])) as gateway:
                self.assertEqual(who(gateway, 8), "aabaaaba")

    def test_the_least_busy_one_is_taken_whichever_worker_asks(self):
        go = threading.Event()
        arrived = threading.Semaphore(0)

        def slow(*_):
            arrived.release()
            go.wait(PATIENCE)
            return OK

        with Upstream(slow) as busy, Named("b") as idle:
            with Gateway(several([busy, idle], "balance: least_busy", workers=4)) as gateway:
                with Connection(gateway.address) as waiting:
                    waiting.send(GET)
                    self.assertTrue(arrived.acquire(timeout=PATIENCE))
                    for _ in range(40):
                        self.assertEqual(exchange(gateway.address, GET).body, b"b")
                        gateway.next_log_line()  # by then it is not counted any more
                    self.assertEqual(len(busy.requests), 1)
                    go.set()
                    self.assertEqual(waiting.answer("GET").status, 200)

    def test_a_name_leads_to_all_of_its_addresses_and_those_that_refuse_cost_nobody_a_request(self):
        with Named("a") as a:  # on one of those that localhost has
            url = f"http://localhost:{a.port}"
            with Gateway(several([url])) as gateway:
                self.assertEqual(who(gateway, 16), "a" * 16)
                self.assertEqual(a.requests[0].field("Host"), f"localhost:{a.port}")
                self.assertEqual(
                    gateway.metrics()['countersign_upstream_up{upstream="orders",endpoint="%s"}' % url], 1)


class Health(unittest.TestCase):
    PROBED = "health: {path: /healthz, interval: 100ms, timeout: 5s, rise: 1, fall: 2}, slow_start: 0s"

    def test_one_whose_probes_fail_gets_no_requests_until_they_are_good_again(self):
        with Named("a") as a, Named("b") as b:
            with Gateway(several([a, b], self.PROBED)) as gateway:
                self.assertEqual(sorted(who(gateway, 4)), list("aabb"))
                a.health = b"500 Down"
                said = gateway.wait_for_diagnostic("upstream orders: .* is (up|down).*").group(0)
                self.assertIn(f"{a.url} is down: 2 failed probes in a row, the last one: the answer was 500", said)
                self.assertEqual(who(gateway, 4), "bbbb")
                figures = gateway.metrics()
                labels = '{upstream="orders",endpoint="%s"%s}'
                self.assertEqual(figures["countersign_upstream_up" + labels % (a.url, "")], 0)
                self.assertEqual(figures["countersign_upstream_up" + labels % (b.url, "")], 1)
                probes = "countersign_upstream_probes_total"
                self.assertGreaterEqual(figures[probes + labels % (a.url, ',result="failed"')], 2)
                self.assertGreaterEqual(figures[probes + labels % (b.url, ',result="good"')], 1)
                a.health = b"302 Up"
                said = gateway.wait_for_diagnostic("upstream orders: .* is (up|down).*").group(0)
                self.assertIn(f"{a.url} is up: 1 good probes in a row", said)
                self.assertEqual(sorted(who(gateway, 4)), list("aabb"))

    def test_where_none_is_up_requests_are_refused_at_once_and_may_come_again(self):
        silent = Service(lambda peer, _: peer.recv(1 << 16) and peer.recv(1))
        probed = "health: {path: /healthz, interval: 100ms, timeout: 100ms, rise: 1, fall: 1}"
        with silent, Gateway(several([silent], probed)) as gateway:
            gateway.wait_for_diagnostic("is down: .* no answer within 100 ms")
            self.assertEqual(gateway.admin_get("/readyz")[0], 200)
            request = Client().request()
            for _ in range(2):  # its mark was given back
                answer = exchange(gateway.address, request)
                self.assertEqual((answer.status, answer.field("Retry-After")), (503, "5"))
                self.assertEqual(json.loads(answer.body)["code"], "unavailable")
                line = gateway.next_log_line()
                self.assertEqual((line["reason"], line["upstream"]), ("upstream_down", "orders"))
            figures = gateway.metrics()
            refused = 'countersign_upstream_refusals_total{upstream="orders",reason="upstream_down"}'
            self.assertEqual(figures[refused], 2)

    def test_where_none_is_up_nobody_waits_for_a_place(self):
        go, well = threading.Event(), threading.Event()
        well.set()

        def stuck(received, _):
            if received.line.startswith("GET /healthz") and well.is_set():
                return OK
            go.wait(PATIENCE)
            return OK

        with Upstream(stuck) as service:
            health = "{path: /healthz, interval: 100ms, timeout: 100ms, fall: 1, rise: 1}"
            orders = "{endpoints: %s, max_requests: 1, timeouts: {connect: 30s}, health: %s}" % (service.url, health)
            with Gateway(basic(orders)) as gateway, Connection(gateway.address) as first:
                first.send(GET)
                well.clear()
                gateway.wait_for_diagnostic(" is down")
                answer = exchange(gateway.address, GET, "GET")
                self.assertEqual(answer.status, 503)
                self.assertEqual(gateway.next_log_line()["reason"], "upstream_down")
                go.set()
                self.assertEqual(first.answer("GET").status, 200)

    def test_health_survives_a_reload_that_leaves_the_endpoint(self):
        with Named("a") as a, Named("b") as b:
            a.health = b"500 Down"
            config = several([a, b], self.PROBED)
            with Gateway(config) as gateway:
                gateway.wait_for_diagnostic("is down")
                self.assertTrue(gateway.reload(config + "metrics: {clients: 7}\n"))
                self.assertEqual(who(gateway, 4), "bbbb")
                # Who isn't probed any more is up as far as anybody knows.
                self.assertTrue(gateway.reload(several([a, b])))
                until(lambda: "a" in who(gateway, 2))

    def test_an_endpoint_that_a_reload_brings_is_probed(self):
        with Named("a") as a, Named("b") as b:
            b.health = b"500 Down"
            with Gateway(several([a])) as gateway:
                self.assertTrue(gateway.reload(several([a, b], self.PROBED)))
                gateway.wait_for_diagnostic(f"{b.url} is down")
                self.assertEqual(who(gateway, 4), "aaaa")


class Ejection(unittest.TestCase):
    def test_one_that_fails_is_left_alone_and_tried_by_one_request(self):
        down = reserved_port()
        with Named("b") as b:
            config = several([url_of(down), b], "eject: {failures: 3, for: 100ms}, slow_start: 0s")
            with Gateway(config) as gateway:
                self.assertEqual(who(gateway, 20), "b" * 20)
                gateway.wait_for_diagnostic("gets no requests for 100 ms: 3 in a row failed, and the last one took no "
                                            "connection")
                figures = gateway.metrics()
                labels = '{upstream="orders",endpoint="%s"}' % url_of(down)
                self.assertEqual(figures["countersign_upstream_up" + labels], 0)
                self.assertEqual(figures["countersign_upstream_ejections_total" + labels], 1)
                self.assertGreaterEqual(
                    figures['countersign_upstream_retries_total{upstream="orders",reason="not_sent"}'], 3)
                with Named("a", down):
                    until(lambda: "a" in who(gateway, 1))
                    gateway.wait_for_diagnostic("gets requests again")
                    self.assertEqual(sorted(who(gateway, 4)), list("aabb"))

    def test_answers_that_say_that_it_cannot_serve_count_and_others_do_not(self):
        for status, ejected in ((502, True), (503, True), (504, True), (500, False), (404, False)):
            answer = b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status
            with self.subTest(status=status), Upstream(answer) as a, Named("b") as b:
                with Gateway(several([a, b], "eject: {failures: 2, for: 1h}")) as gateway:
                    who(gateway, 12)
                    self.assertEqual(len(a.requests), 2 if ejected else 6)

    def beside_a_dead_one(self, serve, more):
        """A service that answers so, and a gateway that has it and an endpoint where nothing listens."""
        down = reserved_port()
        self.addCleanup(down.close)
        service = self.enterContext(Upstream(serve))
        return service, self.enterContext(Gateway(several([service, url_of(down)], more)))

    def test_answers_begun_before_do_not_speak_for_it_when_they_end(self):
        ends = [threading.Event() for _ in range(6)]
        waiting = iter(ends)

        def serve(received, peer):
            if "/long" not in received.line:
                return b"no HTTP\r\n\r\n"
            end = next(waiting)
            peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
            end.wait(PATIENCE)
            return b"0\r\n\r\n"

        a, gateway = self.beside_a_dead_one(serve, "eject: {failures: 3, for: 1h}")
        open_ones = []
        for _ in ends:
            open_ones.append(self.enterContext(Connection(gateway.address)))
            open_ones[-1].send(GET.replace(b"/x", b"/long"))
            self.assertEqual(open_ones[-1].head().status, 200)
        for end, connection in zip(ends, open_ones):
            who(gateway, 1)
            end.set()
            self.assertEqual(connection.exactly(11), b"1\r\na\r\n0\r\n\r\n")
        gateway.wait_for_diagnostic("3 in a row failed, and the last one broke off")
        self.assertEqual(len(a.requests), 9)

    def test_who_is_tried_by_an_answer_without_end_is_well(self):
        ends = threading.Event()

        def serve(received, peer):
            if len(a.requests) <= 3:
                peer.close()
                raise ConnectionAbortedError("not yet")
            peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            ends.wait(PATIENCE)
            return b"0\r\n\r\n"

        a, gateway = self.beside_a_dead_one(serve, "eject: {failures: 3, for: 100ms}, slow_start: 0s")
        who(gateway, 3)
        gateway.wait_for_diagnostic("the last one broke off")

        def trial():
            connection = self.enterContext(Connection(gateway.address))
            connection.send(GET)
            return connection.head().status == 200

        until(trial)
        gateway.wait_for_diagnostic("gets requests again")
        self.assertTrue(trial())
        ends.set()

    def test_the_last_one_goes_on(self):
        down = reserved_port()
        with Upstream() as a:
            with Gateway(several([a, url_of(down)], "eject: {failures: 2, for: 1h}")) as gateway:
                who(gateway, 4)
                gateway.wait_for_diagnostic("gets no requests")
                a.reply = b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"
                self.assertEqual(who(gateway, 20), "503" * 20)
                self.assertEqual(len(a.requests), 24)
        down.close()


class Retries(unittest.TestCase):
    IDEMPOTENT = ", retry: idempotent"

    def asked(self, script, request=GET, routes=IDEMPOTENT, more="eject: {failures: 0}", two=True):
        """(status, who was asked how often, counted) where the first connection to each of two is treated so."""
        broken = []

        def bad_at_first(peer, number):
            received, _ = read_request(peer)
            if received is None:
                return
            broken.append(received)
            if number == 1:
                script(peer)
                return
            peer.sendall(OK)

        with Service(bad_at_first) as a, Named("b") as b:
            with Gateway(several([a, b] if two else [a], more, routes=routes)) as gateway:
                answer = exchange(gateway.address, request)
                gateway.next_log_line()  # by then it has been counted
                counted = gateway.metrics()[
                    'countersign_upstream_retries_total{upstream="orders",reason="no_answer"}']
                return answer.status, len(broken), len(b.requests), counted

    def test_what_broke_off_is_asked_for_again_elsewhere(self):
        nothing = lambda peer: None
        self.assertEqual(self.asked(nothing), (200, 1, 1, 1))
        for method in (b"PUT", b"DELETE", b"OPTIONS"):
            self.assertEqual(self.asked(nothing, POST.replace(b"POST", method)), (200, 1, 1, 1))
        head = lambda peer: peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
        self.assertEqual(self.asked(head), (200, 1, 1, 1))

    def test_one_that_is_alone_is_asked_again(self):
        self.assertEqual(self.asked(lambda peer: None, two=False), (200, 2, 0, 1))

    def test_what_took_too_long_is_asked_for_again(self):
        impatient = self.IDEMPOTENT + ", timeouts: {response: 200ms}"
        self.assertEqual(self.asked(lambda peer: peer.recv(1), routes=impatient), (200, 1, 1, 1))

    def test_what_may_not_be_sent_twice_is_not(self):
        nothing = lambda peer: None
        self.assertEqual(self.asked(nothing, POST), (502, 1, 0, 0))
        self.assertEqual(self.asked(nothing, POST.replace(b"POST", b"PATCH")), (502, 1, 0, 0))
        self.assertEqual(self.asked(nothing, routes=""), (502, 1, 0, 0))
        self.assertEqual(self.asked(nothing, routes=", retry: never"), (502, 1, 0, 0))
        self.assertEqual(self.asked(nothing, more="retries: 0"), (502, 1, 0, 0))

    def test_an_answer_is_an_answer(self):
        for answer in (b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 504 X\r\nContent-Length: 0\r\n\r\n"):
            status, first, second, counted = self.asked(lambda peer: peer.sendall(answer))
            self.assertEqual((first, second, counted), (1, 0, 0))
        # One that makes no sense too: the service has seen the request.
        self.assertEqual(self.asked(lambda peer: peer.sendall(b"nonsense\r\n\r\n")), (502, 1, 0, 0))

    def test_retries_have_an_end(self):
        with Service(lambda peer, _: read_request(peer)) as a, Service(lambda peer, _: read_request(peer)) as b:
            config = several([a, b], "retries: 3, eject: {failures: 0}", routes=self.IDEMPOTENT)
            with Gateway(config) as gateway:
                self.assertEqual(exchange(gateway.address, GET).status, 502)
                self.assertEqual(a.connections + b.connections, 4)

    def test_a_signed_message_that_was_sent_twice_stays_said(self):
        def once(peer, number):
            if read_request(peer)[0] is not None and number > 1:
                peer.sendall(OK)

        with Service(once) as a:
            signed = "upstream: orders, bodyless: safe, retry: idempotent}"
            config = several([a]).replace("upstream: orders}", signed, 1)
            with Gateway(config) as gateway:
                request = Client().request(method="GET", body=b"")
                self.assertEqual(exchange(gateway.address, request).status, 200)
                self.assertEqual(json.loads(exchange(gateway.address, request).body)["code"], "replayed")
                self.assertEqual(a.connections, 2)

    def test_a_route_has_its_own_time_to_answer(self):
        with Service(lambda peer, _: (read_request(peer), peer.recv(1))) as a:
            with Gateway(several([a], routes=", timeouts: {response: 100ms}")) as gateway:
                self.assertEqual(exchange(gateway.address, POST).status, 504)


class Together(unittest.TestCase):
    CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 2
clients: {{billing: {{token: my_key, secret: 0123456789abcdef}}}}
upstreams:
  orders:
    endpoints: [{a}, {b}]
    balance: least_busy
    health: {{path: /healthz, interval: 1s, timeout: 500ms, rise: 1, fall: 2}}
    timeouts: {{connect: 500ms, response: 5s, idle: 30s}}
    retries: 1
routes:
  - {{name: orders, path: /api/, methods: [POST, GET], scheme: laravel, bodyless: safe, upstream: orders,
     rewrite: {{strip_prefix: /api}}, retry: idempotent}}
"""

    def test_one_of_two_leaves_and_comes_back_and_no_signed_message_is_lost(self):
        now = int(time())

        def get(number):  # without a body, those of one second are the same
            return Client().request(f"/api/{number}", method="GET", body=b"", timestamp=now - number)

        with Named("b") as b:
            a = Named("a")
            port = a.port
            with Gateway(self.CONFIG.format(a=a.url, b=b.url)) as gateway:
                with Connection(gateway.address) as connection:
                    for number in range(6):
                        connection.send(Client().request())
                        self.assertEqual(connection.answer().status, 200)
                    a.close()
                    for number in range(6):
                        connection.send(Client().request())
                        self.assertEqual(connection.answer().body, b"b")
                        connection.send(get(number))
                        self.assertEqual(connection.answer("GET").body, b"b")
                    gateway.wait_for_diagnostic(f"{a.url} is down: 2 failed probes in a row")
                    with Named("a", listening_again(port)) as back:
                        until(lambda: gateway.metrics()[
                            'countersign_upstream_up{upstream="orders",endpoint="%s"}' % a.url] == 1)

                        def reaches_it():
                            connection.send(Client().request())
                            return connection.answer().body == b"a"

                        until(reaches_it)
                        self.assertTrue(back.probes)


if __name__ == "__main__":
    unittest.main()

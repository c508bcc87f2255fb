"""The server of metrics and health, and clients that mean it no good."""

import gzip
import resource
import socket
import threading
import time

from probe import TIMEOUT_S, Answer, Probe, ProbeTest, main, read_all

GET = "GET {} HTTP/1.1\r\nHost: x\r\n\r\n"


class AnswersTest(ProbeTest):
    def test_a_path_has_its_answer_and_others_have_none(self):
        probe = self.start()
        self.assertEqual(probe.get("/metrics").status, 200)
        self.assertEqual(probe.get("/metrics?x=/livez").status, 200)
        self.assertEqual(probe.get("http://x/metrics").status, 200)
        for path in ("/", "/metrics/", "/../metrics", "/%6detrics", "*", "/metricsx"):
            self.assertEqual(probe.get(path).status, 404, path)

    def test_readiness_names_what_is_not_ready(self):
        probe = self.start()
        answer = probe.get("/readyz")
        self.assertEqual((answer.status, answer.text), (503, "not ready\nsource kafka: starting\n"))
        probe.tell("ready")
        answer = probe.get("/readyz")
        self.assertEqual((answer.status, answer.text), (200, "ready\n"))

    def test_a_loop_that_hangs_is_a_service_that_is_not_alive(self):
        probe = self.start()
        self.assertEqual((probe.get("/livez").status, probe.get("/livez").text), (200, "alive\n"))
        probe.tell("hang")
        answer = probe.get("/livez")
        self.assertEqual(answer.status, 503)
        self.assertIn("settling: has not come round for 3600 s\n", answer.text)

    def test_head_is_get_without_its_body(self):
        probe = self.start()
        probe.tell("grow 50000")
        get, head = probe.get("/grown"), probe.get("/grown", "HEAD")
        self.assertEqual(head.status, 200)
        self.assertEqual(head.body, b"")
        self.assertEqual(head.headers["content-length"], str(len(get.body)))
        self.assertEqual(head.headers["content-type"], get.headers["content-type"])

    def test_gzip_where_it_is_accepted(self):
        probe = self.start()
        probe.tell("grow 50000")
        plain = probe.get("/grown")
        self.assertNotIn("content-encoding", plain.headers)
        self.assertEqual(plain.headers["vary"], "Accept-Encoding")
        small = probe.get("/grown", headers="Accept-Encoding: gzip\r\n")
        self.assertEqual(small.headers["content-encoding"], "gzip")
        self.assertEqual(gzip.decompress(small.body), plain.body)
        refused = probe.get("/grown", headers="Accept-Encoding: gzip;q=0\r\n")
        self.assertEqual(refused.body, plain.body)
        short = probe.get("/readyz", headers="Accept-Encoding: gzip\r\n")
        self.assertEqual(short.text, "not ready\nsource kafka: starting\n")

    def test_other_methods_are_refused(self):
        probe = self.start()
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
            answer = probe.get("/metrics", method)
            self.assertEqual(answer.status, 405, method)
            self.assertEqual(answer.headers["allow"], "GET, HEAD")

    def test_a_handler_that_throws_is_a_500_that_says_nothing(self):
        answer = self.start().get("/throws")
        self.assertEqual((answer.status, answer.text), (500, "the answer could not be made\n"))

    def test_a_connection_is_kept_and_pipelined_requests_are_answered_in_order(self):
        probe = self.start()
        with probe.connect() as peer:
            peer.sendall((GET.format("/readyz") * 50 + GET.format("/none")).encode())
            peer.shutdown(socket.SHUT_WR)
            got = read_all(peer)
        self.assertEqual(got.count(b"HTTP/1.1 503"), 50)
        self.assertEqual(got.count(b"HTTP/1.1"), 51)
        self.assertTrue(got.endswith(b"/readyz\n"))

    def test_a_connection_does_not_last_for_ever(self):
        probe = self.start()
        got = probe.exchange(GET.format("/readyz") * 1_500)
        self.assertEqual(got.count(b"HTTP/1.1 503"), 1_000)

    def test_http_1_0_is_answered_and_closed(self):
        got = Answer(self.start().exchange("GET /readyz HTTP/1.0\r\n\r\n"))
        self.assertEqual(got.status, 503)


class AddressTest(ProbeTest):
    def test_ipv6_names_and_every_address(self):
        for listen in ("[::1]:0", "localhost:0"):
            self.assertEqual(self.start(listen).get("/readyz").status, 503, listen)
        probe = self.start(":0")
        for host in ("127.0.0.1", "::1"):
            probe.host = host
            self.assertEqual(probe.get("/readyz").status, 503, host)

    def test_an_address_that_cannot_be_had_is_named(self):
        taken = self.start()
        for listen, why in (
            (taken.address, "already in use"),
            ("192.0.2.1:0", "assign"),
            ("no.such.host.invalid:1", "not found"),
            ("9464", "no port"),
        ):
            with self.assertRaises(AssertionError) as failure:
                Probe(listen)
            self.assertIn(why, str(failure.exception))
            self.assertIn(listen, str(failure.exception))

    def test_the_port_is_free_again_at_once(self):
        first = self.start()
        first.get("/readyz")
        first.tell("stop")
        self.assertEqual(self.start(first.address).get("/readyz").status, 503)


class HostileTest(ProbeTest):
    def test_what_is_no_request_is_refused(self):
        probe = self.start()
        head = "GET /metrics HTTP/1.1\r\nHost: x\r\n"
        for request, status in (
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64, 400),
            (b"\x00" * 100, 400),
            ("GET /metrics HTTP/9.9\r\n\r\n", 400),
            ("GET /metrics\r\n\r\n", 400),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
            ("GET /metrics HTTP/1.1\r\n\r\n", 400),
            (head + "Host: y\r\n\r\n", 400),
            (head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", 400),
            (head + "Content-Length: 4, 5\r\n\r\nabcd", 400),
            (head + "Content-Length: -1\r\n\r\n", 400),
            (head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            (head + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400),
            (head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
            (head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413),
            (head + "Content-Length: 4\r\n\r\nabcd", 413),
            (head + "Content-Length: 99999999999\r\n\r\n", 413),
        ):
            smuggled = request if isinstance(request, bytes) else request.encode()
            got = probe.exchange(smuggled + GET.format("/readyz").encode(), end=True)
            self.assertEqual(Answer(got).status, status, request)
            self.assertEqual(got.count(b"HTTP/1.1 "), 1, request)
        self.assertEqual(probe.get("/metrics").status, 200)

    def test_a_large_header_is_refused(self):
        probe = self.start()
        for request in (
            "GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + "a" * 1_000_000 + "\r\n\r\n",
            "GET /" + "a" * 100_000 + " HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n" + "X: 1\r\n" * 10_000 + "\r\n",
        ):
            with probe.connect() as peer:
                try:
                    peer.sendall(request.encode())
                except (BrokenPipeError, ConnectionResetError):
                    pass  # it has seen enough
                got = read_all(peer)
            if got:
                self.assertEqual(Answer(got).status, 431)
        self.assertEqual(
            Answer(probe.exchange("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a" * 9_000)).status, 431
        )

    def test_slow_requests_are_cut_off_and_hold_nobody_up(self):
        probe = self.start(times_ms=(500, 700, 500))
        slow = [probe.connect() for _ in range(40)]
        begin = time.monotonic()
        open_still = set(slow)
        while open_still and time.monotonic() - begin < TIMEOUT_S:
            for peer in list(open_still):
                try:
                    peer.send(b"G")
                    peer.setblocking(False)
                    if peer.recv(1) == b"":
                        open_still.remove(peer)
                except BlockingIOError:
                    pass
                except OSError:
                    open_still.remove(peer)
            self.assertEqual(probe.get("/metrics").status, 200)
        self.assertFalse(open_still)
        self.assertGreater(time.monotonic() - begin, 0.4)
        for peer in slow:
            peer.close()

    def test_an_idle_connection_is_closed(self):
        probe = self.start(times_ms=(5_000, 300, 5_000))
        with probe.connect() as peer:
            peer.sendall(GET.format("/readyz").encode())
            begin = time.monotonic()
            self.assertIn(b"HTTP/1.1 503", read_all(peer))
        self.assertGreater(time.monotonic() - begin, 0.2)
        self.assertLess(time.monotonic() - begin, 4)

    def test_a_reader_that_does_not_read_is_cut_off(self):
        probe = self.start(times_ms=(5_000, 5_000, 500))
        probe.tell("grow 100000000")
        before = probe.descriptors()
        with probe.connect() as peer:
            peer.sendall(GET.format("/grown").encode())
            peer.recv(1)
            self.assertEqual(probe.get("/metrics").status, 200)
            self.assertGreater(probe.descriptors(), before)
            end = time.monotonic() + TIMEOUT_S
            while probe.descriptors() > before and time.monotonic() < end:
                pass
            self.assertEqual(probe.descriptors(), before)
            self.assertLess(len(read_all(peer)), 100_000_000)

    def test_a_client_that_has_said_all_is_answered(self):
        probe = self.start()
        got = probe.exchange(GET.format("/readyz"), end=True)
        self.assertEqual(Answer(got).status, 503)
        self.assertEqual(probe.exchange("GET /readyz HT", end=True), b"")
        self.assertEqual(probe.exchange("", end=True), b"")

    def test_a_thousand_connections_leave_room_for_one(self):
        probe = self.start()
        peers = []
        for i in range(1_000):
            peers.append(probe.connect())
            if i % 100 == 99:
                self.assertEqual(probe.get("/metrics").status, 200)
        with open(f"/proc/{probe.process.pid}/status") as text:
            rss_kib = next(int(line.split()[1]) for line in text if line.startswith("VmRSS"))
        self.assertLess(rss_kib, 64 * 1024)
        for peer in peers:
            peer.close()
        self.assertEqual(probe.get("/metrics").status, 200)

    def test_running_out_of_descriptors_passes(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))

        probe = self.start(preexec_fn=few)
        peers = [probe.connect() for _ in range(200)]
        self.assertEqual(probe.get("/metrics").status, 200)
        for peer in peers:
            peer.close()
        self.assertEqual(probe.get("/metrics").status, 200)

    def test_many_clients_at_once_are_all_answered(self):
        probe = self.start()
        seen = []

        def scrape():
            for _ in range(50):
                seen.append(probe.get("/metrics").status)

        threads = [threading.Thread(target=scrape) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(seen, [200] * 800)

    def test_it_stops_whatever_its_clients_do(self):
        probe = self.start()
        probe.tell("grow 100000000")
        peers = [probe.connect() for _ in range(30)]
        for peer in peers[:10]:
            peer.sendall(b"GET /met")
        for peer in peers[10:20]:
            peer.sendall(GET.format("/grown").encode())
            peer.recv(1)
        begin = time.monotonic()
        probe.tell("stop")
        self.assertLess(time.monotonic() - begin, 2)
        with self.assertRaises(ConnectionRefusedError):
            probe.connect()
        for peer in peers:
            read_all(peer)
            peer.close()


if __name__ == "__main__":
    main()

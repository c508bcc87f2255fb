"""The HTTP client: TLS, time, bounds, connections that are used again."""

import socket
import ssl
import threading
import time

from net_harness import NetTest, answer, drop, hang, main, raw, reset


class Client(NetTest):
    def open(self, **options):
        self.must("open_http", **options)

    def get(self, server, path="/", **command):
        return self.do("send", url=server.url(path), **command)

    def fails(self, fault, server, *parts, host="127.0.0.1", **command):
        got = self.do("send", url=server.url("/secret-path", host), **command)
        self.assertEqual(got.get("fault"), fault, got)
        for part in parts:
            self.assertIn(part, got["message"])
        self.assertNotIn("secret", got["message"])
        return got


class Plain(Client):
    def test_sends_what_it_was_told_and_says_what_came(self):
        server = self.server(answer(201, b"made", [("X-Kind", "a b")]))
        self.open()
        got = self.get(server, "/a?b=c", method="POST", headers={"X-A": "1"}, body="text")
        self.assertEqual((got["status"], got["body"], got["headers"]["X-Kind"]),
                         (201, "made", "a b"))
        request = server.requests[0]
        self.assertEqual((request.method, request.target), ("POST", "/a?b=c"))
        self.assertEqual(request.body, b"text")
        self.assertEqual(request.headers["x-a"], "1")
        self.assertEqual(request.headers["host"], f"127.0.0.1:{server.port}")

    def test_uses_a_connection_again(self):
        server = self.server(answer(200, b"x"))
        self.open()
        for _ in range(5):
            self.assertEqual(self.get(server)["status"], 200)
        self.assertEqual((len(server.requests), server.connections), (5, 1))

    def test_a_server_that_says_close_gets_another_connection(self):
        server = self.server(answer(200, b"x", [("Connection", "close")], close=True))
        self.open()
        for _ in range(3):
            self.assertEqual(self.get(server)["status"], 200)
        self.assertEqual(server.connections, 3)

    def test_a_kept_connection_that_is_closed_without_an_answer_is_tried_anew_once(self):
        server = self.server(answer(200, b"1"), drop, answer(200, b"2"), drop, drop, answer())
        self.open()
        self.assertEqual(self.get(server)["body"], "1")
        self.assertEqual(self.get(server, method="POST", body="b")["body"], "2")
        self.assertEqual(server.connections, 2)
        self.fails("closed", server, "without an answer")
        self.assertEqual((len(server.requests), server.connections), (5, 3))

    def test_a_new_connection_that_is_closed_is_not_tried_again(self):
        server = self.server(drop, answer())
        self.open()
        self.fails("closed", server, "without an answer")
        self.assertEqual(len(server.requests), 1)

    def test_a_kept_connection_that_broke_within_an_answer_is_not_tried_again(self):
        server = self.server(answer(200, b"1"), raw(b"HTTP/1.1 20"), answer())
        self.open()
        self.get(server)
        self.fails("closed", server, "in the middle of its answer")
        self.assertEqual(len(server.requests), 2)

    def test_a_cut_body_has_the_status(self):
        head = b"HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\n12345"
        chunked = b"HTTP/1.1 203 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"
        server = self.server(raw(head), raw(chunked), reset(head))
        self.open()
        self.assertEqual(self.fails("closed", server, "in the middle")["status"], 202)
        self.assertEqual(self.fails("closed", server, "in the middle")["status"], 203)
        self.fails("closed", server)

    def test_a_body_without_a_length_ends_with_the_connection(self):
        server = self.server(raw(b"HTTP/1.1 200 OK\r\n\r\nto the end"))
        self.open()
        self.assertEqual(self.get(server)["body"], "to the end")
        self.assertEqual(self.get(server)["body"], "to the end")

    def test_chunks_are_put_together_and_the_connection_is_kept(self):
        def chunks(peer, request):
            for piece in (b"HTTP/1.1 200 OK\r\nTransfer-", b"Encoding: chunked\r\n\r\n3;a=b\r\nab",
                          b"c\r\n4\r\ndefg\r\n0\r\nTrailer: x\r\n", b"\r\n"):
                peer.sendall(piece)
            return True

        server = self.server(chunks)
        self.open()
        for _ in range(3):
            self.assertEqual(self.get(server)["body"], "abcdefg")
        self.assertEqual(server.connections, 1)

    def test_no_content_and_interim_answers(self):
        interim = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
        server = self.server(
            answer(204), raw(interim + b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!")
        )
        self.open()
        self.assertEqual(self.get(server)["status"], 204)
        self.assertEqual(self.get(server)["body"], "!")
        self.assertEqual(server.connections, 1)

    def test_a_head_has_no_body_whatever_its_length_says(self):
        server = self.server(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"))
        self.open()
        self.assertEqual(self.get(server, method="HEAD")["status"], 200)

    def test_a_huge_body_is_not_read(self):
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        server = self.server(
            answer(200, b"x" * 300_000),
            raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + 5 * chunk),
            answer(200, b"x" * 100_000),
        )
        self.open(body_bytes_max=100_000)
        self.assertEqual(self.fails("too_large", server)["status"], 200)
        self.assertEqual(self.fails("too_large", server)["status"], 200)
        self.assertEqual(len(self.get(server)["body"]), 100_000)

    def test_an_endless_head_is_not_read(self):
        server = self.server(raw(b"HTTP/1.1 200 OK\r\n" + b"X-A: 0123456789\r\n" * 20_000))
        self.open()
        self.fails("too_large", server)

    def test_what_is_no_http(self):
        server = self.server(raw(b"SSH-2.0-OpenSSH_9.2\r\n"))
        self.open()
        self.fails("malformed", server, "no HTTP")

    def test_an_answer_before_all_was_sent_counts(self):
        def early(peer):
            peer.recv(1000)
            peer.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
            peer.shutdown(socket.SHUT_WR)
            hang(peer, None)
            peer.close()

        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        threading.Thread(target=lambda: early(listener.accept()[0]), daemon=True).start()
        self.open()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        got = self.do("send", url=url, method="POST", body="x" * 1000)
        self.assertEqual((got["status"], got["body"]), (413, "big"))

    def test_redirects_are_handed_back(self):
        server = self.server(answer(302, b"", [("Location", "http://127.0.0.1:1/")]))
        self.open()
        self.assertEqual(self.get(server)["status"], 302)
        self.assertEqual(len(server.requests), 1)

    def test_a_slow_answer_is_given_up_in_time(self):
        def drip(peer, request):
            peer.sendall(b"HTTP/1.1 200 OK\r\n")
            return hang(peer, request)

        server = self.server(hang, drip, answer(200, b"back"))
        self.open(request_timeout_ms=300)
        for _ in range(2):
            begin = time.monotonic()
            self.fails("timed_out", server, "took too long")
            self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual(self.get(server)["body"], "back")

    def test_nothing_listens_and_no_such_name(self):
        server = self.server()
        server.stop()
        self.open()
        self.fails("refused", server, f"127.0.0.1:{server.port} refused the connection")
        got = self.fails("unresolved", server, "nowhere.invalid", host="nowhere.invalid")
        self.assertIn("has no address", got["message"])

    def test_a_full_backlog_is_a_connect_that_takes_too_long(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        held = []
        for _ in range(2):  # what the backlog takes
            held.append(socket.socket())
            held[-1].setblocking(False)
            held[-1].connect_ex(listener.getsockname())
            self.addCleanup(held[-1].close)
        self.open(connect_timeout_ms=300)
        got = self.do("send", url=f"http://127.0.0.1:{listener.getsockname()[1]}/")
        self.assertEqual(got["fault"], "timed_out", got)

    def test_requests_that_make_no_sense(self):
        server = self.server()
        self.open()
        self.fails("usage", server, "control character", headers={"A": "secret\r\nB: c"})
        got = self.do("send", url="http://user:secret@127.0.0.1/")
        self.assertEqual(got["fault"], "usage")
        self.assertNotIn("secret", got["message"])
        self.assertEqual(server.connections, 0)


class Tls(Client):
    def test_a_server_that_an_authority_stands_for(self):
        server = self.secure_server(answer(200, b"safe"))
        self.open(ca_file=self.ca_file)
        for host in ("127.0.0.1", "localhost", "localhost"):
            self.assertEqual(self.do("send", url=server.url("/", host))["body"], "safe")
        self.assertEqual(server.connections, 2)

    def test_certificates_that_do_not_do(self):
        self.open(ca_file=self.ca_file)
        for name, *parts in (
            ("elsewhere", "another name than 127.0.0.1"),
            ("alone", "ca_file", "self"),
            ("expired", "expired"),
        ):
            with self.subTest(name):
                server = self.secure_server(name=name)
                self.fails("untrusted", server, "certificate of 127.0.0.1", *parts)
                self.assertEqual(server.requests, [])

    def test_the_name_is_verified_not_only_addresses(self):
        self.open(ca_file=self.ca_file)
        server = self.secure_server(name="elsewhere")
        self.fails("untrusted", server, "another name than localhost", host="localhost")

    def test_without_a_ca_file_the_systems_authorities_count(self):
        self.open()
        self.fails("untrusted", self.secure_server(), "ca_file")

    def test_tls_1_2_is(self):
        context = self.certificates.server_side()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        server = self.server(answer(200, b"x"), tls=context)
        self.open(ca_file=self.ca_file)
        self.assertEqual([self.get(server)["status"] for _ in range(2)], [200, 200])
        self.assertEqual(server.connections, 1)

    def test_a_client_shows_its_certificate(self):
        server = self.secure_server(answer(200, b"known"), wants_client=True)
        self.open(ca_file=self.ca_file)
        self.assertIn("fault", self.get(server))
        files = [self.certificates.path("client" + end) for end in (".pem", ".key")]
        self.open(ca_file=self.ca_file, certificate_file=files[0], key_file=files[1])
        self.assertEqual(self.get(server)["body"], "known")

    def test_files_that_do_not_do(self):
        missing = self.certificates.path("missing.pem")
        for options in ({"ca_file": missing}, {"certificate_file": missing},
                        {"certificate_file": self.certificates.path("client.pem"),
                         "key_file": self.certificates.path("server.key")},
                        {"certificate_file": self.certificates.path("client.pem")}):
            got = self.do("open_http", **options)
            self.assertIn("cannot read", got["error"])
            self.assertIn(".pem" if "key_file" not in options else ".key", got["error"])

    def test_a_server_that_never_shakes_hands(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.open(ca_file=self.ca_file, handshake_timeout_ms=300)
        got = self.do("send", url=f"https://127.0.0.1:{listener.getsockname()[1]}/")
        self.assertEqual(got["fault"], "timed_out", got)
        self.assertIn("TLS", got["message"])

    def test_a_body_that_ends_with_the_connection_must_end_in_order(self):
        server = self.secure_server(raw(b"HTTP/1.1 200 OK\r\n\r\nhalf of it"))
        self.open(ca_file=self.ca_file)
        self.assertEqual(self.fails("closed", server)["status"], 200)

    def test_plain_http_behind_https(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():  # whatever it is sent: that looks like a request now and then
            peer, _ = listener.accept()
            with peer:
                peer.recv(1)
                peer.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        self.open(ca_file=self.ca_file)
        got = self.do("send", url=f"https://127.0.0.1:{listener.getsockname()[1]}/")
        self.assertEqual(got["fault"], "untrusted", got)

    def test_a_proxy_makes_a_tunnel(self):
        target = self.secure_server(answer(200, b"behind"))

        def tunnel(peer, request):
            host, _, port = request.target.partition(":")
            there = socket.create_connection((host, int(port)))
            peer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

            def pump(a, b):
                try:
                    while data := a.recv(65536):
                        b.sendall(data)
                    b.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # the other side went away

            back = threading.Thread(target=pump, args=(there, peer), daemon=True)
            back.start()
            pump(peer, there)
            back.join()
            there.close()
            return False

        proxy = self.server(tunnel)
        at = f"http://us%20er:secret@127.0.0.1:{proxy.port}"
        self.open(ca_file=self.ca_file, https_proxy=at)
        self.assertEqual(self.do("send", url=target.url("/", "localhost"))["body"], "behind")
        self.assertEqual(proxy.requests[0].target, f"localhost:{target.port}")
        self.assertEqual(proxy.requests[0].headers["proxy-authorization"],
                         "Basic dXMgZXI6c2VjcmV0")
        self.open(ca_file=self.ca_file, https_proxy=at, no_proxy="localhost")
        self.assertEqual(self.do("send", url=target.url("/", "localhost"))["body"], "behind")
        self.assertEqual(len(proxy.requests), 1)
        refusing = self.server(answer(407, b"who are you?"))
        self.open(ca_file=self.ca_file, https_proxy=f"http://127.0.0.1:{refusing.port}")
        self.fails("refused", target, "the proxy", "status 407")


class OldTls(Client):
    """On a system whose OpenSSL would speak anything."""

    def setUp(self):
        config = self.certificates.path("openssl.cnf")
        with open(config, "w") as out:
            out.write("openssl_conf = all\n[all]\nssl_conf = parts\n[parts]\n")
            out.write("system_default = any\n[any]\nMinProtocol = TLSv1\n")
            out.write("CipherString = ALL:@SECLEVEL=0\n")
        self.environment = {"OPENSSL_CONF": config}
        super().setUp()

    def test_tls_1_1_is_not_spoken(self):
        context = self.certificates.server_side()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        server = self.server(answer(200, b"old"), tls=context)
        self.open(ca_file=self.ca_file)
        self.fails("untrusted", server, "TLS 1.2")
        self.assertEqual(server.requests, [])


if __name__ == "__main__":
    main()

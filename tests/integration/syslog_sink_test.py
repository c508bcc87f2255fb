"""The syslog sink, against servers of the test's own over UDP, TCP and TLS."""

import json
import re
import socket
import struct
import threading

from net_harness import TIMEOUT_S, NetTest, main


class Receiver:
    """Takes frames of octet counting; keeps what came of each connection, whole or not."""

    def __init__(self, tls=None):
        self.tls, self.frames, self.changed = tls, [], threading.Condition()
        self.peers, self.problems = [], []
        self.frames_a_connection = None  # after so many it closes; None: never
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        try:
            if self.tls:
                peer = self.tls.wrap_socket(peer, server_side=True)
            with self.changed:
                self.peers.append(peer)
                self.changed.notify_all()
            buffered, taken = b"", 0
            while data := peer.recv(65536):
                buffered += data
                while found := re.match(rb"(\d+) ", buffered):
                    end = found.end() + int(found.group(1))
                    if len(buffered) < end:
                        break
                    with self.changed:
                        self.frames.append(buffered[found.end():end].decode())
                        self.changed.notify_all()
                    buffered = buffered[end:]
                    taken += 1
                if taken == self.frames_a_connection:
                    return
        except OSError as problem:
            with self.changed:
                self.problems.append(str(problem))
                self.changed.notify_all()
        finally:
            peer.close()

    def wait(self, condition):
        with self.changed:
            if not self.changed.wait_for(condition, TIMEOUT_S):
                raise AssertionError("it never came to pass")

    def wait_for(self, count):
        self.wait(lambda: len(self.frames) >= count)
        return self.frames

    def stop(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for peer in self.peers:
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Syslog(NetTest):
    def receiver(self, tls=None):
        receiver = Receiver(tls)
        self.addCleanup(receiver.stop)
        return receiver

    def open(self, **options):
        got = self.do("open_sink", kind="syslog", **options)
        self.assertTrue(got.get("ok"), got)

    def deliver(self, *names, **members):
        return self.do("deliver", alerts=[{"event_name": name, **members} for name in names])

    def accepts(self, *names, **members):
        self.assertEqual(self.deliver(*names, **members)["what"], "accepted")

    def names(self, frames):
        return [json.loads(frame[frame.index("] {") + 2:])["event_name"] for frame in frames]

    def test_tcp_frames_count_their_octets(self):
        receiver = self.receiver()
        self.open(port=receiver.port)
        self.accepts("A", "B", "C")
        self.accepts("D\u00e9", user_agent="\u202e\x1b[2J")
        frames = receiver.wait_for(4)
        self.assertEqual(self.names(frames), ["A", "B", "C", "D\u00e9"])
        self.assertTrue(all(f.isascii() and f.isprintable() for f in frames))
        self.assertRegex(frames[0], r"^<107>1 2026-03-04T05:06:08.250Z here trailbell - alert \[")
        self.assertEqual(len(receiver.peers), 1)

    def test_a_server_that_went_away_is_connected_to_anew(self):
        receiver = self.receiver()
        self.open(port=receiver.port, app_name="iam-watch")
        self.accepts("A")
        self.assertIn(" here iam-watch - alert [", receiver.wait_for(1)[0])
        receiver.peers[0].shutdown(socket.SHUT_RDWR)
        self.eventually_accepts("B")
        self.assertEqual(self.names(receiver.wait_for(2)), ["A", "B"])
        self.assertEqual(len(receiver.peers), 2)

    def eventually_accepts(self, name):
        """Where the end of a connection crosses an alert there is one retry, and no more."""
        if self.deliver(name)["what"] == "retry":
            self.accepts(name)

    def test_a_server_that_is_gone_is_a_retry_until_it_is_back(self):
        receiver = self.receiver()
        self.open(port=receiver.port)
        self.accepts("A")
        receiver.wait_for(1)
        receiver.stop()
        got = self.deliver("B")
        self.assertEqual(got["what"], "retry")
        got = self.deliver("B")  # the first may have found the old connection
        self.assertEqual(got["what"], "retry")
        self.assertIn("refused the connection", got["reason"])

    def test_a_server_that_closes_after_each_message_has_had_them(self):
        receiver = self.receiver()
        receiver.frames_a_connection = 1
        self.open(port=receiver.port)
        for name in "ABC":
            self.eventually_accepts(name)
        receiver.wait_for(3)
        self.assertEqual(sorted(set(self.names(receiver.frames))), ["A", "B", "C"])

    def test_idle_notices_a_server_that_left(self):
        receiver = self.receiver()
        self.open(port=receiver.port)
        self.accepts("A")
        receiver.wait_for(1)
        receiver.peers[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        receiver.peers[0].shutdown(socket.SHUT_RDWR)
        self.assertTrue(self.do("idle")["ok"])
        self.eventually_accepts("B")
        self.assertEqual(self.names(receiver.wait_for(2)), ["A", "B"])

    def test_a_server_that_takes_nothing_is_a_retry_in_time(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        self.open(port=listener.getsockname()[1], timeout_ms=500)
        got = self.deliver(*["A"] * 100, user_agent="x" * 50_000)
        self.assertEqual(got["what"], "retry")
        self.assertIn("took too long", got["reason"])

    def test_a_service_that_ends_does_not_wait_for_a_receiver_that_does_not_read(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.open(port=listener.getsockname()[1], timeout_ms=3_600_000)
        large = {"event_name": "A", "user_agent": "x" * (32 << 20)}  # more than the system takes
        self.do("begin_deliver", alerts=[large])
        peer, _ = listener.accept()
        self.addCleanup(peer.close)
        self.assertTrue(peer.recv(1), "it is under way")
        for got in (self.do("hurry"), self.deliver("B")):
            self.assertEqual(got["what"], "retry")
            self.assertIn("given up", got["reason"])

    def test_tls(self):
        receiver = self.receiver(self.certificates.server_side())
        self.open(via="tls", port=receiver.port, host="localhost", ca_file=self.ca_file)
        self.accepts("A", "B")
        self.accepts("C")
        self.assertEqual(self.names(receiver.wait_for(3)), ["A", "B", "C"])
        self.assertEqual(len(receiver.peers), 1)

    def test_tls_with_a_wrong_certificate_sends_nothing(self):
        receiver = self.receiver(self.certificates.server_side("elsewhere"))
        self.open(via="tls", port=receiver.port, ca_file=self.ca_file)
        got = self.deliver("A")
        self.assertEqual(got["what"], "retry")
        self.assertIn("another name", got["reason"])
        self.assertEqual(receiver.frames, [])

    def datagrams(self):
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(receiver.close)
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(TIMEOUT_S)
        return receiver

    def test_udp_has_a_message_a_datagram(self):
        receiver = self.datagrams()
        self.open(via="udp", port=receiver.getsockname()[1])
        self.accepts("A", "B")
        got = [receiver.recv(65536).decode() for _ in range(2)]
        self.assertEqual(self.names(got), ["A", "B"])
        self.assertTrue(got[0].startswith("<107>1 "))

    def test_udp_cuts_what_is_too_large_and_says_so(self):
        receiver = self.datagrams()
        self.open(via="udp", port=receiver.getsockname()[1], datagram_bytes_max=1400)
        self.accepts("A", user_agent="x" * 5000)
        got = receiver.recv(65536).decode()
        self.assertLessEqual(len(got), 1400)
        self.assertTrue(json.loads(got[got.index("] {") + 2:])["cut"])
        self.assertIn('event_name="A"', got)
        self.open(via="udp", port=receiver.getsockname()[1], datagram_bytes_max=100)
        got = self.deliver("A")
        self.assertEqual(got["what"], "refused")
        self.assertIn("datagram_bytes_max", got["reason"])

    def test_udp_beyond_what_the_network_carries_is_refused(self):
        receiver = self.datagrams()
        self.open(via="udp", port=receiver.getsockname()[1], datagram_bytes_max=1_000_000)
        got = self.deliver("A", user_agent="x" * 100_000)
        self.assertEqual(got["what"], "refused")
        self.assertIn("too large", got["reason"])

    def test_what_cannot_be_configured(self):
        for part, options in (("host", {"host": ""}), ("facility 24", {"facility": 24}),
                              ("missing.pem", {"ca_file": "missing.pem"})):
            got = self.do("open_sink", kind="syslog", **options)
            self.assertIn(part, got["error"])


if __name__ == "__main__":
    main()

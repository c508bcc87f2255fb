"""Stands between a client and an HTTP server on 127.0.0.1, and does to single requests what a test
wants: answers in the server's place, cuts the answer, holds it back."""

import http.client
import socket
import struct
import threading


def refuse(status, code):
    """An answer as S3 gives it, in place of the server's."""
    body = f"<Error><Code>{code}</Code><Message>by the test</Message></Error>".encode()
    head = f"HTTP/1.1 {status} Because\r\nContent-Type: application/xml\r\n"
    return lambda peer, forward: peer.sendall(
        f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def cut(body_bytes):
    """So much of the body, then a reset."""

    def act(peer, forward):
        head, body = forward()
        peer.sendall(head + body[:body_bytes])
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionAbortedError

    return act


def hold(gate):
    """Nothing until the gate, a threading.Event, is open."""

    def act(peer, forward):
        gate.wait(60)
        peer.sendall(b"".join(forward()))

    return act


class FaultProxy:
    """`choose(method, target, headers)` names what is done to a request; None: it goes through."""

    def __init__(self, target_port):
        self.target_port = target_port
        self.choose = lambda method, target, headers: None
        self.requests = []  # (method, target)
        self.lock = threading.Lock()
        self.open = set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for peer in self.open:
                try:
                    peer.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def reset(self):
        self.choose = lambda method, target, headers: None
        self.requests.clear()

    def gets(self):
        """Targets of objects that were asked for."""
        return [target for method, target in list(self.requests) if "list-type=2" not in target]

    def lists(self):
        return [target for method, target in list(self.requests) if "list-type=2" in target]

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.open.add(peer)
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        upstream = http.client.HTTPConnection("127.0.0.1", self.target_port, timeout=60)
        try:
            reader = peer.makefile("rb")
            while self.one(peer, reader, upstream):
                pass
            reader.close()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            upstream.close()
            with self.lock:
                self.open.discard(peer)
            peer.close()

    def one(self, peer, reader, upstream):
        line = reader.readline().decode("latin-1").split()
        if len(line) != 3:
            return False
        headers = {}
        while (header := reader.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = header.partition(":")
            headers[name.strip()] = value.strip()
        body = reader.read(int(headers.get("Content-Length", 0)))
        method, target = line[0], line[1]
        self.requests.append((method, target))

        def forward():
            upstream.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                upstream.putheader(name, value)
            upstream.endheaders(body or None)
            got = upstream.getresponse()
            content = got.read()
            kept = [f"{k}: {v}" for k, v in got.getheaders()
                    if k.lower() not in ("content-length", "transfer-encoding", "connection")]
            head = "\r\n".join([f"HTTP/1.1 {got.status} {got.reason}", *kept,
                                f"Content-Length: {len(content)}", "", ""])
            return head.encode("latin-1"), content

        act = self.choose(method, target, headers)
        if act:
            act(peer, forward)
        else:
            peer.sendall(b"".join(forward()))
        return True
